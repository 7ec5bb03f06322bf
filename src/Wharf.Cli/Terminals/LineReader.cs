using Wharf.Files;

namespace Wharf.Cli.Terminals;

/// <summary>Lines of input as they come, from a pipe, a file, or a terminal that edits them itself. LF and CR LF end a line.</summary>
/// <param name="device">Where they come from.</param>
/// <param name="longest">Most bytes of a line; what is longer is an error.</param>
internal sealed class LineReader(ITerminalDevice device, int longest = LineReader.LongestLine)
{
    /// <summary>Most bytes of one line of a script.</summary>
    public const int LongestLine = 1 << 20;

    private readonly byte[] _buffer = new byte[4096];
    private readonly List<byte> _line = [];
    private int _at;
    private int _end;

    /// <summary>The next line without its end; null at the end of input. <see cref="InvalidDataException"/>: it is too long.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (_at == _end)
            {
                _at = 0;
                _end = await device.ReadAsync(_buffer, cancel);
                if (_end == 0)
                {
                    return _line.Count > 0 ? Take() : null;
                }
            }

            int end = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
            int count = end < 0 ? _end - _at : end;
            if (_line.Count + count > longest)
            {
                throw new InvalidDataException($"A line of input has more than {longest} bytes.");
            }

            _line.AddRange(_buffer.AsSpan(_at, count));
            _at += count;
            if (end >= 0)
            {
                _at++;
                return Take();
            }
        }
    }

    private string Take()
    {
        byte[] line = [.. _line];
        _line.Clear();
        return FileNames.Decode(line is [.., (byte)'\r'] ? line.AsSpan(..^1) : line);
    }
}
