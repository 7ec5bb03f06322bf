using System.Buffers;
using System.Security.Cryptography;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>check-file-name: digests of a part of the file at a path.</summary>
internal sealed class CheckFileName() : SftpRequest<CheckFile>("check-file-name")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, CheckFile message, CancellationToken cancel)
    {
        var asked = FileDigests.Understand(session, message);
        var file = await session.Files.OpenAsync(session.Resolve(message.File), OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        return await FileDigests.AnswerAsync(session, file, asked, cancel).ConfigureAwait(false);
    }
}

/// <summary>check-file-handle: the same of an open file.</summary>
internal sealed class CheckFileHandle() : HandleRequest<CheckFile>("check-file-handle")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, CheckFile message, CancellationToken cancel)
    {
        var file = session.Handles.File(message.File);
        return FileDigests.AnswerAsync(session, file.Content, FileDigests.Understand(session, message), cancel);
    }
}

/// <summary>What both do: the first algorithm of the client's list that we know, one digest for all or one for each block.</summary>
internal static class FileDigests
{
    private const int BufferBytes = 256 * 1024;
    private const int LeastBlockBytes = 256;

    private static readonly (string Name, HashAlgorithmName Algorithm, int Bytes)[] _algorithms =
    [
        ("md5", HashAlgorithmName.MD5, 16),
        ("sha1", HashAlgorithmName.SHA1, 20),
        ("sha256", HashAlgorithmName.SHA256, 32),
        ("sha384", HashAlgorithmName.SHA384, 48),
        ("sha512", HashAlgorithmName.SHA512, 64),
    ];

    /// <summary>What a request asks for. Throws where it cannot be.</summary>
    public static Asked Understand(SftpServerSession session, in CheckFile message)
    {
        foreach (string name in message.Algorithms.Split(','))
        {
            foreach (var row in _algorithms)
            {
                if (row.Name == name)
                {
                    bool possible = message.Offset <= long.MaxValue && message.Length <= long.MaxValue
                        && (message.BlockBytes is 0 or (>= LeastBlockBytes and <= int.MaxValue));
                    return possible
                        ? new(message.Id, row.Name, row.Algorithm, row.Bytes, (long)message.Offset, (long)message.Length, (int)message.BlockBytes)
                        : throw new SftpException(SftpFailure.InvalidParameter);
                }
            }
        }

        throw new SftpException(SftpFailure.Of(FileError.NotSupported));
    }

    /// <summary>The reply, worked out on another thread.</summary>
    public static async ValueTask<Packet> AnswerAsync(SftpServerSession session, IFile file, Asked asked, CancellationToken cancel)
    {
        byte[] digests = [];
        await session.AwayAsync(
            async stop => digests = await DigestAsync(file, asked, session.Limits.ReadBytes, stop).ConfigureAwait(false), cancel).ConfigureAwait(false);
        return SftpPacket.Of(new CheckFileReply(asked.Id, "check-file", asked.Name, digests), digests.Length + 64);
    }

    private static async ValueTask<byte[]> DigestAsync(IFile file, Asked asked, int mostBytes, CancellationToken cancel)
    {
        long end = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
        if (asked.Length > 0 && asked.Length < end - asked.Offset)
        {
            end = asked.Offset + asked.Length;
        }

        if (asked.Offset > end)
        {
            throw new SftpException(SftpFailure.InvalidParameter);
        }

        long blockBytes = asked.BlockBytes == 0 ? long.MaxValue : asked.BlockBytes;
        if ((end - asked.Offset) / blockBytes >= mostBytes / asked.DigestBytes)
        {
            throw new SftpException(SftpFailure.InvalidParameter); // more digests than a reply can carry
        }

        using var hash = IncrementalHash.CreateHash(asked.Algorithm);
        var digests = new ArrayBufferWriter<byte>(asked.DigestBytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long left = blockBytes;
            long at = asked.Offset;
            while (at < end)
            {
                int wanted = (int)Math.Min(Math.Min(BufferBytes, left), end - at);
                int read = await file.ReadAsync(at, buffer.AsMemory(0, wanted), cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                hash.AppendData(buffer.AsSpan(0, read));
                at += read;
                left -= read;
                if (left == 0)
                {
                    digests.Write(hash.GetHashAndReset());
                    left = blockBytes;
                }
            }

            if (left < blockBytes || digests.WrittenCount == 0)
            {
                digests.Write(hash.GetHashAndReset());
            }

            return digests.WrittenSpan.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A request that makes sense.</summary>
    public readonly record struct Asked(
        uint Id, string Name, HashAlgorithmName Algorithm, int DigestBytes, long Offset, long Length, int BlockBytes);
}
