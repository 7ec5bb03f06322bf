using Wharf.Files;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>
/// The chains of small files with one server (<see cref="BlockChain"/>). Each holds a session of the pool while files are on it, and takes no more
/// of them where somebody else waits for one.
/// </summary>
internal sealed class BlockChains(FtpFiles files, SessionPool<FtpClientSession> pool)
{
    /// <summary>Longest file that goes this way, bytes: longer ones are worth a data connection, and the kernel's help.</summary>
    public const int LongestFile = 256 * 1024;

    /// <summary>How often a file is begun again whose data connection was lost, mostly by the refusal of one before it.</summary>
    private const int MostTries = 4;

    /// <summary>Files on a chain from which another session is worth it. Downloads follow each other, an upload waits for its 125, a round trip.</summary>
    private const int ManyReading = 16;
    private const int ManyWriting = 2;

    /// <summary>Files a chain has had when it makes room for a session that is waited for.</summary>
    private const int ManyServed = 256;

    private readonly Lock _gate = new();
    private readonly List<BlockChain> _chains = [];
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _renting;

    /// <summary>Whether the server is one with which it works.</summary>
    public bool IsOffered { get; set; }

    /// <summary>Whether a file of that length goes this way.</summary>
    public bool Takes(long length) => IsOffered && length is > 0 and <= LongestFile;

    /// <summary>A session for questions that need none of their own: one of a chain's, if there is one.</summary>
    public SessionPool<FtpClientSession>.Lease? ShareOne()
    {
        lock (_gate)
        {
            return _chains.Find(chain => chain.Session.IsAlive)?.Share();
        }
    }

    /// <summary>Fetches a file; null where it must go another way.</summary>
    /// <exception cref="FileException">The server refuses it.</exception>
    /// <exception cref="ConnectionException">The session was lost.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> RetrieveAsync(VirtualPath path, long length, CancellationToken cancel)
    {
        var file = await TransferAsync(() => new("RETR", path, path, (int)length), null, cancel).ConfigureAwait(false);
        return file?.Received.WrittenMemory;
    }

    /// <summary>Stores a file; false where it must go another way.</summary>
    /// <param name="place">Where.</param>
    /// <param name="path">The name it will have, for errors.</param>
    /// <param name="content">All of it; the caller does not touch it any more.</param>
    /// <param name="begun">Told the session, and the task that ends when the command is out: from then on there may be a file.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public async ValueTask<bool> StoreAsync(
        VirtualPath place, VirtualPath path, ReadOnlyMemory<byte> content, Action<FtpClientSession, Task> begun, CancellationToken cancel) =>
        await TransferAsync(() => new("STOR", place, path, content.Length) { Content = content }, begun, cancel).ConfigureAwait(false) is not null;

    /// <summary>A file of a chain is over.</summary>
    public void Leave(BlockChain chain, ChainedFile file)
    {
        lock (_gate)
        {
            chain.Count--;
            chain.Wanted -= file.IsGivenUp ? 0 : 1;
            file.HasLeft = true;
            chain.Bytes -= file.Bytes;
            if (chain.Count == 0)
            {
                _chains.Remove(chain);
                chain.End();
            }

            TellOfRoom();
        }
    }

    private async ValueTask<ChainedFile?> TransferAsync(Func<ChainedFile> make, Action<FtpClientSession, Task>? begun, CancellationToken cancel)
    {
        for (int tries = 0; tries < MostTries; tries++)
        {
            var file = make();
            var chain = await JoinAsync(file, cancel).ConfigureAwait(false);
            if (chain is null)
            {
                return null;
            }

            var sent = chain.BeginAsync(file);
            begun?.Invoke(chain.Session, sent);
            try
            {
                if (await file.Done.WaitAsync(cancel).ConfigureAwait(false))
                {
                    return file;
                }
            }
            catch (OperationCanceledException)
            {
                // Its turn comes all the same; the others behind it are none the worse for it.
                GiveUp(chain, file);
                throw;
            }
        }

        return null;
    }

    private void GiveUp(BlockChain chain, ChainedFile file)
    {
        lock (_gate)
        {
            if (file.HasLeft || file.IsGivenUp)
            {
                return;
            }

            file.IsGivenUp = true;
            chain.Wanted--;
        }

        _ = LookAfterAsync(chain, file);
    }

    /// <summary>A server that says nothing to files which nobody waits for would keep the session from others until the idle time is over.</summary>
    private async Task LookAfterAsync(BlockChain chain, ChainedFile file)
    {
        await ((Task)file.Done.WaitAsync(BlockChain.Patience, files.Clock)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (file.Done.IsCompleted || chain.Wanted > 0)
            {
                return;
            }
        }

        chain.Session.Break(ConnectionError.Lost, $"{chain.Session.Name} does not say what became of {file.Command.Verb}.");
    }

    private async ValueTask<BlockChain?> JoinAsync(ChainedFile file, CancellationToken cancel)
    {
        int many = file.IsUpload ? ManyWriting : ManyReading;
        while (true)
        {
            Task? room = null;
            lock (_gate)
            {
                var best = _chains.Where(chain => HasRoom(chain, file)).MinBy(chain => chain.Count);
                bool mayRent = _chains.Count + _renting < pool.Most && _renting <= _chains.Count;
                if (best is not null && (best.Count < many || !mayRent))
                {
                    Enter(best, file);
                    return best;
                }

                if (mayRent)
                {
                    _renting++;
                }
                else
                {
                    room = _room.Task;
                }
            }

            if (room is null)
            {
                return await BeginOneAsync(file, cancel).ConfigureAwait(false);
            }

            await room.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private bool HasRoom(BlockChain chain, ChainedFile file) =>
        chain.Session.IsAlive && chain.Count < BlockChain.MostAhead && chain.Bytes + file.Bytes <= BlockChain.MostBytesAhead
        && pool.Waiting <= (chain.Served < ManyServed ? _renting : 0);

    private async ValueTask<BlockChain?> BeginOneAsync(ChainedFile file, CancellationToken cancel)
    {
        SessionPool<FtpClientSession>.Lease? lease = null;
        try
        {
            lease = await files.RentAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _renting--;
                TellOfRoom();
            }
        }

        if (!lease.Session.ChainsBlocks)
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        var chain = new BlockChain(this, lease);
        lock (_gate)
        {
            _chains.Add(chain);
            Enter(chain, file);
        }

        chain.Start();
        return chain;
    }

    private static void Enter(BlockChain chain, ChainedFile file)
    {
        chain.Count++;
        chain.Wanted++;
        chain.Served++;
        chain.Bytes += file.Bytes;
    }

    private void TellOfRoom()
    {
        _room.TrySetResult();
        _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
