using System.Runtime.InteropServices;

namespace Wharf.Bench.Load;

/// <summary>
/// What a download does with its bytes. Which one is chosen decides who wins: with sendfile the dropping receiver never touches
/// the pages, while the copying one reads them cold. Measure both.
/// </summary>
internal abstract unsafe class Drain : IDisposable
{
    /// <summary>Takes what is there; 0 at the end of the stream.</summary>
    public abstract int Take(TcpSocket data);

    /// <summary>Bytes until the end of the stream.</summary>
    public long TakeAll(TcpSocket data)
    {
        long total = 0;
        for (int taken; (taken = Take(data)) > 0;)
        {
            total += taken;
        }

        return total;
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Dropped in the kernel: recv with MSG_TRUNC of 1 MiB.</summary>
    public sealed class InKernel : Drain
    {
        private const int MostBytes = 1 << 20;

        public override int Take(TcpSocket data) => data.Drop(MostBytes);
    }

    /// <summary>Received into one buffer of 256 KiB, over and over.</summary>
    public sealed class IntoMemory : Drain
    {
        private const int BufferBytes = 256 << 10;

        private void* _buffer = NativeMemory.AlignedAlloc(BufferBytes, 4096);

        public override int Take(TcpSocket data) => data.Receive(new Span<byte>(_buffer, BufferBytes));

        public override void Dispose()
        {
            NativeMemory.AlignedFree(_buffer);
            _buffer = null;
            base.Dispose();
        }
    }
}
