using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;

namespace Wharf.Cli.Verbs;

/// <summary>cat: writes what is in files to standard output.</summary>
internal sealed class Cat() : Verb("cat", "writes files to the output")
{
    private const int PieceBytes = 64 * 1024;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "A file; its path may be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf cat sftp://host/etc/motd", "to the screen"),
        new("wharf cat 'ftp://host/log/*.gz' | zcat", "all of them, one behind the other"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                if (call.IsJson)
                {
                    await PiecesAsync(call, place.Source, place.Path, cancel);
                }
                else
                {
                    var output = await call.Output.BytesAsync(cancel);
                    try
                    {
                        await place.Source.DownloadAsync(place.Path, output, cancel);
                        await output.FlushAsync(cancel);
                    }
                    catch (IOException closed) when (closed is not RemoteException)
                    {
                        throw new OutputClosedException(closed);
                    }
                }

                call.Done();
            },
            cancel);
        return call.ExitCode;
    }

    private static async Task PiecesAsync(VerbCall call, RemoteSource source, string path, CancellationToken cancel)
    {
        await using var stream = await source.OpenReadAsync(path, 0, cancel);
        byte[] piece = new byte[PieceBytes];
        for (long offset = 0; ;)
        {
            int count = await stream.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancel);
            if (count == 0)
            {
                return;
            }

            await call.Output.JsonAsync(ContentLine.Of(path, offset, piece[..count]), JsonLines.Default.ContentLine, cancel);
            offset += count;
        }
    }
}
