using System.Globalization;
using System.Security.Cryptography;
using Wharf.Cli.Listing;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;

namespace Wharf.Cli.Verbs;

/// <summary>bench: measures how fast files go to a server and come back.</summary>
internal sealed class Bench() : Verb("bench", "measures speed")
{
    private const long UsualBytes = 64 * 1024 * 1024;
    private const int UsualFiles = 200;
    private const int SmallBytes = 4 * 1024;

    /// <summary>Longest time spent on removing what was made.</summary>
    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(30);

    private static readonly Option<long> Size = new("--size", "BYTES", "Of the large file. Default: 64M.", Values.Bytes);
    private static readonly Option<int> Files = new("--files", "N", "Small files, of 4 KiB each. Default: 200.", Values.Count);

    /// <inheritdoc/>
    public override string Details => "A large file and many small ones, of random bytes, go up and come back. They lie in a directory of their own, which is removed at the end.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "A directory that may be written to.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Size, Files, Moves.MoveOptions.Jobs, Moves.MoveOptions.Segments];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf bench sftp://host/tmp", "64 MiB and 200 small files"), new("wharf bench --size 1G --files 0 ftp://host/", "a large one alone")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var place = call.Places.There(call.Words.Arguments[0]);
        long bytes = call.Words.Get(Size, UsualBytes);
        int files = call.Words.Get(Files, UsualFiles);
        var options = new TransferOptions { Segments = call.Words.Get(Moves.MoveOptions.Segments, 0), Parallel = call.Words.Get(Moves.MoveOptions.Jobs, 0) };
        string there = Place.Join(place.Path, ".wharf-bench-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        var here = Directory.CreateTempSubdirectory("wharf-bench-");
        bool isMade = false;
        try
        {
            string large = Path.Combine(here.FullName, "large"), small = Path.Combine(here.FullName, "small");
            await WriteAsync(large, bytes, cancel);
            Directory.CreateDirectory(small);
            for (int i = 0; i < files; i++)
            {
                await WriteAsync(Path.Combine(small, i.ToString(CultureInfo.InvariantCulture)), SmallBytes, cancel);
            }

            // The first connection is no part of what is measured.
            await place.Source.MakeDirectoryAsync(there, cancel);
            isMade = true;
            await MeasureAsync(call, "upload", 1, bytes, () => place.Source.UploadAsync(large, there + "/large", options, null, cancel), cancel);
            await MeasureAsync(call, "download", 1, bytes, () => place.Source.DownloadAsync(there + "/large", large + ".back", options, null, cancel), cancel);
            if (files > 0)
            {
                long all = (long)files * SmallBytes;
                await MeasureAsync(call, "upload-small", files, all, () => place.Source.UploadAsync(small, there + "/small", options, null, cancel), cancel);
                await MeasureAsync(call, "download-small", files, all, () => place.Source.DownloadAsync(there + "/small", small + ".back", options, null, cancel), cancel);
            }

            call.Done();
        }
        finally
        {
            here.Delete(recursive: true);
            if (isMade)
            {
                await RemoveAsync(call, place.Source, there);
            }
        }

        return call.ExitCode;
    }

    private static async Task MeasureAsync(VerbCall call, string what, int files, long bytes, Func<Task<TransferResult>> transfer, CancellationToken cancel)
    {
        long begun = call.Clock.GetTimestamp();
        await transfer();
        double seconds = Math.Max(call.Clock.GetElapsedTime(begun).TotalSeconds, 1e-6);
        if (call.IsJson)
        {
            var line = new RateLine
            {
                Measured = what, Files = files, Bytes = bytes, Seconds = Math.Round(seconds, 6),
                BytesPerSecond = Math.Round(bytes / seconds), FilesPerSecond = Math.Round(files / seconds, 3),
            };
            await call.Output.JsonAsync(line, JsonLines.Default.RateLine, cancel);
            return;
        }

        string each = files > 1 ? string.Create(CultureInfo.InvariantCulture, $", {files / seconds:0} files/s") : "";
        await call.Output.LineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{what,-14}  {Sizes.Human(bytes),5} in {seconds:0.00} s, {Sizes.Human((long)(bytes / seconds))}/s{each}"), cancel);
    }

    private static async Task WriteAsync(string path, long bytes, CancellationToken cancel)
    {
        // Random, so that nothing on the way can press it together; the same piece again and again is random enough for that.
        byte[] piece = RandomNumberGenerator.GetBytes((int)Math.Min(bytes, 1024 * 1024));
        await using var file = File.Create(path, bufferSize: 1);
        for (long left = bytes; left > 0; left -= piece.Length)
        {
            await file.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)), cancel);
        }
    }

    /// <summary>Also when it was interrupted, and not for ever.</summary>
    private static async Task RemoveAsync(VerbCall call, RemoteSource source, string path)
    {
        using var soon = new CancellationTokenSource(RemovalTime, call.Clock);
        try
        {
            await source.DeleteAsync(path, recursive: true, soon.Token);
        }
        catch (Exception left) when (left is RemoteException or OperationCanceledException)
        {
            call.Notices.Warn($"{path} could not be removed: {left.Message}");
        }
    }
}
