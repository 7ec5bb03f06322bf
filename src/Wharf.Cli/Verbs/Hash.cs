using System.Security.Cryptography;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>hash: calculates hashes, at the server.</summary>
internal sealed class Hash() : Verb("hash", "calculates hashes")
{
    private const int BufferBytes = 256 * 1024;

    private static readonly Option<string> Algorithm = new("--algorithm", "NAME", "sha256 (the default), sha512, sha384, sha1, md5, crc32.", Values.Name)
    {
        Letters = "a", Completes = Completion.Choice, Choices = ["sha256", "sha512", "sha384", "sha1", "md5", "crc32"],
    };

    private static readonly Flag Here = new("--here", "Fetches what the server cannot calculate, and calculates it here.");

    /// <inheritdoc/>
    public override string Details => "The lines are those of sha256sum(1) and its kin, which can check them.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "A file; its path may be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Algorithm, Here];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf hash sftp://host/srv/a.iso", "calculated at the server"),
        new("wharf hash -a md5 --here 'ftp://host/in/*'", "here, if need be"),
    ];

    /// <summary>A hash's name as the library has it: "SHA-256" for sha256.</summary>
    public static string NameOf(string text)
    {
        string name = text.ToUpperInvariant().Replace("_", "-", StringComparison.Ordinal);
        return name.StartsWith("SHA", StringComparison.Ordinal) && name.Length > 3 && char.IsAsciiDigit(name[3]) ? "SHA-" + name[3..] : name;
    }

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string algorithm = NameOf(call.Words.Get(Algorithm) ?? "sha256");
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                string hash = Convert.ToHexStringLower(await HashAsync(call, place, algorithm, cancel));
                await (call.IsJson
                    ? call.Output.JsonAsync(HashLine.Of(place.Path, algorithm, hash), JsonLines.Default.HashLine, cancel)
                    : call.Output.LineAsync($"{hash}  {call.Output.Name(place.Text)}", cancel));
                call.Done();
            },
            cancel);
        return call.ExitCode;
    }

    private static async Task<byte[]> HashAsync(VerbCall call, Place place, string algorithm, CancellationToken cancel)
    {
        try
        {
            return await place.Source.HashAsync(place.Path, algorithm, cancel);
        }
        catch (RemoteException unknown) when (unknown.Error == RemoteError.NotSupported)
        {
            HashAlgorithmName? known = algorithm switch
            {
                "SHA-256" => HashAlgorithmName.SHA256,
                "SHA-512" => HashAlgorithmName.SHA512,
                "SHA-384" => HashAlgorithmName.SHA384,
                "SHA-1" => HashAlgorithmName.SHA1,
                "MD5" => HashAlgorithmName.MD5,
                _ => null,
            };
            if (known is null || !call.Words.Has(Here))
            {
                var offered = (await place.Source.FactsAsync(cancel)).HashAlgorithms;
                string others = offered.Count > 0 ? "it calculates " + FileNames.ForDisplay(string.Join(", ", offered)) : "it calculates none";
                string advice = known is null ? "" : ". --here fetches the file and calculates it here";
                throw new RemoteException(RemoteError.NotSupported, $"The server does not calculate {FileNames.ForDisplay(algorithm)} of {FileNames.ForDisplay(place.Text)}, {others}{advice}", unknown)
                {
                    Path = place.Path, ServerReply = unknown.ServerReply,
                };
            }

            using var hash = IncrementalHash.CreateHash(known.Value);
            await using var stream = await place.Source.OpenReadAsync(place.Path, 0, cancel);
            byte[] buffer = new byte[BufferBytes];
            for (int count; (count = await stream.ReadAsync(buffer, cancel)) > 0;)
            {
                hash.AppendData(buffer, 0, count);
            }

            return hash.GetHashAndReset();
        }
    }
}
