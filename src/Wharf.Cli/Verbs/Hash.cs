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

    private static readonly Flag Here = new("--here", "Fetches the files and calculates here, also what the server can.");
    private static readonly Flag There = new("--there", "Fetches nothing: fails where the server does not calculate it.");

    /// <inheritdoc/>
    public override string Details => "What the server does not calculate is fetched and calculated here, which is said. The lines are those of sha256sum(1) and its kin, which can check them.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "A file; its path may be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Algorithm, Here, There];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf hash sftp://host/srv/a.iso", "calculated at the server"),
        new("wharf hash -a md5 --here 'ftp://host/in/*'", "here, of what comes"),
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
        HashAlgorithmName? known = algorithm switch
        {
            "SHA-256" => HashAlgorithmName.SHA256,
            "SHA-512" => HashAlgorithmName.SHA512,
            "SHA-384" => HashAlgorithmName.SHA384,
            "SHA-1" => HashAlgorithmName.SHA1,
            "MD5" => HashAlgorithmName.MD5,
            _ => null,
        };
        if (call.Words.Has(Here) && known is { } asked)
        {
            return await HashHereAsync(place, asked, cancel);
        }

        try
        {
            return await place.Source.HashAsync(place.Path, algorithm, cancel);
        }
        catch (RemoteException unknown) when (unknown.Error == RemoteError.NotSupported && !Errors.Faults.EndsAll(unknown))
        {
            string what = $"The server does not calculate {FileNames.ForDisplay(algorithm)} of {FileNames.ForDisplay(place.Text)}";
            if (known is { } fallback && !call.Words.Has(There))
            {
                call.Notices.Say($"{what}: it is fetched and calculated here.");
                return await HashHereAsync(place, fallback, cancel);
            }

            var offered = (await place.Source.FactsAsync(cancel)).HashAlgorithms;
            string others = offered.Count > 0 ? "it calculates " + FileNames.ForDisplay(string.Join(", ", offered)) : "it calculates none";
            throw new RemoteException(RemoteError.NotSupported, $"{what}, {others}", unknown) { Path = place.Path, ServerReply = unknown.ServerReply };
        }
    }

    private static async Task<byte[]> HashHereAsync(Place place, HashAlgorithmName algorithm, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        await using var stream = await place.Source.OpenReadAsync(place.Path, 0, cancel);
        byte[] buffer = new byte[BufferBytes];
        for (int count; (count = await stream.ReadAsync(buffer, cancel)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
        }

        return hash.GetHashAndReset();
    }
}
