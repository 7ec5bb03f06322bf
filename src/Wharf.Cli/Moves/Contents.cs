using Wharf.Client;

namespace Wharf.Cli.Moves;

/// <summary>Compares what is in two files.</summary>
internal static class Contents
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>By hashes that both sides calculate; null where they have none in common.</summary>
    public static async Task<bool?> HashesAsync(RemoteSource one, string path, RemoteSource other, string otherPath, CancellationToken cancel)
    {
        var mine = (await one.FactsAsync(cancel)).HashAlgorithms;
        var its = (await other.FactsAsync(cancel)).HashAlgorithms;
        if (mine.FirstOrDefault(its.Contains) is not { } algorithm)
        {
            return null;
        }

        try
        {
            var hash = one.HashAsync(path, algorithm, cancel);
            byte[] second = await other.HashAsync(otherPath, algorithm, cancel);
            byte[] first = await hash;
            return first.AsSpan().SequenceEqual(second);
        }
        catch (RemoteException cannot) when (cannot.Error == RemoteError.NotSupported)
        {
            return null;
        }
    }

    /// <summary>Byte by byte.</summary>
    public static async Task<bool> BytesAsync(RemoteSource one, string path, RemoteSource other, string otherPath, CancellationToken cancel)
    {
        await using var first = await one.OpenReadAsync(path, 0, cancel);
        await using var second = await other.OpenReadAsync(otherPath, 0, cancel);
        byte[] mine = new byte[PieceBytes], its = new byte[PieceBytes];
        while (true)
        {
            var reading = first.ReadAtLeastAsync(mine, mine.Length, throwOnEndOfStream: false, cancel).AsTask();
            int count = await second.ReadAtLeastAsync(its, its.Length, throwOnEndOfStream: false, cancel);
            if (await reading != count || !mine.AsSpan(0, count).SequenceEqual(its.AsSpan(0, count)))
            {
                return false;
            }

            if (count < its.Length)
            {
                return true;
            }
        }
    }

    /// <summary>By hashes where that is possible, else byte by byte.</summary>
    public static async Task<bool> AreSameAsync(RemoteSource one, string path, RemoteSource other, string otherPath, CancellationToken cancel) =>
        await HashesAsync(one, path, other, otherPath, cancel) ?? await BytesAsync(one, path, other, otherPath, cancel);
}
