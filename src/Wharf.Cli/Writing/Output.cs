using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wharf.Files;

namespace Wharf.Cli.Writing;

/// <summary>
/// What a verb was asked for: lines of text, JSON objects, or a file's bytes. Names go out as the bytes they are; on a terminal, where a
/// name could do harm, as <see cref="FileNames.ForDisplay"/> shows them. Not for two writers at once.
/// </summary>
/// <param name="stream">Standard output. Lent.</param>
/// <param name="isTerminal">Whether people look at it directly.</param>
internal sealed class Output(Stream stream, bool isTerminal)
{
    private const int BufferBytes = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes);

    /// <summary>Whether people look at it directly.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>Whether another program reads it.</summary>
    public bool IsPipe => !isTerminal && !stream.CanSeek;

    /// <summary>A name as it may stand in a line.</summary>
    public string Name(string name) => isTerminal ? FileNames.ForDisplay(name) : name;

    /// <summary>Writes a line.</summary>
    public ValueTask LineAsync(string text, CancellationToken cancel = default) => TextAsync(text + '\n', cancel);

    /// <summary>Writes text as it is, without an end of line.</summary>
    public async ValueTask TextAsync(string text, CancellationToken cancel = default)
    {
        _buffer.Advance(FileNames.Encode(text, _buffer.GetSpan(FileNames.MaxByteCount(text.Length))));

        // Who looks on sees each line when it comes.
        if (isTerminal || _buffer.WrittenCount >= BufferBytes / 2)
        {
            await FlushAsync(cancel);
        }
    }

    /// <summary>Writes an object as a line.</summary>
    public async ValueTask JsonAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancel = default)
    {
        using (var json = new Utf8JsonWriter(_buffer))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        _buffer.Write("\n"u8);

        // A program may wait for it.
        await FlushAsync(cancel);
    }

    /// <summary>For bytes of a file; what was written before has gone out.</summary>
    public async ValueTask<Stream> BytesAsync(CancellationToken cancel = default)
    {
        await FlushAsync(cancel);
        return stream;
    }

    /// <summary>Sends out what waits.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel = default)
    {
        if (_buffer.WrittenCount > 0)
        {
            try
            {
                await stream.WriteAsync(_buffer.WrittenMemory, cancel);
                await stream.FlushAsync(cancel);
            }
            catch (IOException closed)
            {
                throw new OutputClosedException(closed);
            }
            finally
            {
                _buffer.ResetWrittenCount();
            }
        }
    }
}

/// <summary>Who read the output does so no longer, or the disk it goes to is full.</summary>
internal sealed class OutputClosedException(IOException cause) : Exception($"The output cannot be written: {cause.Message.TrimEnd('.')}.", cause)
{
    /// <summary>Whether it is the disk, or the quota.</summary>
    public bool IsFull => Errors.DiskFull.Is(cause);
}
