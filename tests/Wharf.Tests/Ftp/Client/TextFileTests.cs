using System.Buffers;
using System.Text;
using Wharf.Files;
using Wharf.Ftp.Client;

namespace Wharf.Tests.Ftp.Client;

public sealed class TextFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "")]
    [InlineData("one\r\ntwo\r\n", "one\ntwo\n")]
    [InlineData("no end", "no end")]
    [InlineData("\r\n\r\n", "\n\n")]
    [InlineData("a\rb\r\n\r", "a\rb\n\r")]
    [InlineData("\r\r\n\r\rx", "\r\n\r\rx")]
    public async Task What_comes_has_its_lines_ended_by_LF_however_it_is_read(string wire, string local)
    {
        foreach (int room in new[] { 1, 2, 3, 100 })
        {
            await using var file = new TextFile(new Wire(wire), VirtualPath.Parse("/x"));
            var text = new StringBuilder();
            byte[] buffer = new byte[room];
            int count;
            while ((count = await file.ReadAsync(text.Length, buffer, Cancel)) > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            Assert.Equal(local, text.ToString());
        }
    }

    [Theory]
    [InlineData("one\ntwo\n", "one\r\ntwo\r\n")]
    [InlineData("one\r\ntwo", "one\r\ntwo")]
    [InlineData("\r\n\n\r", "\r\n\r\n\r")]
    public async Task What_goes_has_its_lines_ended_by_CR_LF_however_it_is_written(string local, string wire)
    {
        foreach (int piece in new[] { 1, 2, 100 })
        {
            var there = new Wire("");
            await using var file = new TextFile(there, VirtualPath.Parse("/x"));
            for (int at = 0; at < local.Length; at += piece)
            {
                await file.WriteAsync(at, new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(local.Substring(at, Math.Min(piece, local.Length - at)))), Cancel);
            }

            Assert.Equal(wire, there.Text);
        }
    }

    [Fact]
    public async Task It_goes_from_beginning_to_end_and_has_no_length()
    {
        await using var file = new TextFile(new Wire("one\r\n"), VirtualPath.Parse("/x"));
        Assert.False((await file.StatAsync(Cancel)).Known.HasFlag(EntryFacts.Length));
        await Assert.ThrowsAsync<FileException>(async () => await file.ReadAsync(1, new byte[4], Cancel));
    }

    /// <summary>What lies on the wire; steps back or forth would be another transfer, and fail.</summary>
    private sealed class Wire(string text) : IFile
    {
        private long _at;

        public string Text { get; private set; } = text;

        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => new(new Entry { Name = "x", Kind = EntryKind.File, Length = Text.Length });

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            Assert.Equal(_at, offset);
            int count = (int)Math.Min(into.Length, Text.Length - offset);
            Encoding.ASCII.GetBytes(Text.AsSpan((int)offset, count), into.Span);
            _at += count;
            return new(count);
        }

        public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            Assert.Equal(Text.Length, offset);
            Text += Encoding.ASCII.GetString(bytes);
            return default;
        }

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => default;

        public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
