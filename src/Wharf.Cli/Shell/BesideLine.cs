using System.Text;
using Wharf.Cli.Shell.Editing;
using Wharf.Files;

namespace Wharf.Cli.Shell;

/// <summary>What commands in the background write: whole lines, above the one that is being typed.</summary>
internal sealed class BesideLineStream(LineEditor editor) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!buffer.IsEmpty)
        {
            // A file's bytes ("cat x &") may be anything: what would move the cursor is shown instead.
            editor.Interject(string.Join('\n', FileNames.Decode(buffer).TrimEnd('\n').Split('\n').Select(static line => FileNames.ForDisplay(line))));
        }
    }
}

/// <summary>The same for notices and errors.</summary>
internal sealed class BesideLineWriter(LineEditor editor) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        if (value is { Length: > 0 })
        {
            editor.Interject(value);
        }
    }
}
