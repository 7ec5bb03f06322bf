using Wharf.Wire;

namespace Wharf.Tests.Wire;

public sealed class PacketTests
{
    [Fact]
    public void A_packet_of_a_message_is_its_number_and_its_fields()
    {
        using var packet = Packet.Of(new Ping(7));
        Assert.Equal("C800000007", Convert.ToHexString(packet.Span));
        Assert.Equal(5, packet.Length);
    }

    [Fact]
    public void A_body_that_grows_past_its_buffer_keeps_its_bytes_and_its_room_on_both_sides()
    {
        using var packet = Packet.Rent(1);
        byte[] expected = [];
        for (int i = 0; i < 200; i++)
        {
            byte[] part = [.. Enumerable.Repeat((byte)i, 97)];
            part.CopyTo(packet.Append(part.Length));
            expected = [.. expected, .. part];
        }

        Assert.Equal(expected, packet.Span.ToArray());
        packet.Prepend(Packet.HeadRoom).Fill(0xAA);
        packet.AppendTail(Packet.TailRoom).Fill(0xBB);
        Assert.Equal(Packet.HeadRoom + expected.Length + Packet.TailRoom, packet.Length);
        Assert.Equal(expected, packet.Span[Packet.HeadRoom..^Packet.TailRoom].ToArray());
        Assert.Equal(0xAA, packet.Span[0]);
        Assert.Equal(0xBB, packet.Span[^1]);
    }

    [Fact]
    public void A_body_with_something_before_it_may_still_grow()
    {
        using var packet = Packet.Rent(1);
        "body"u8.CopyTo(packet.Append(4));
        "head"u8.CopyTo(packet.Prepend(4));
        packet.Append(100_000).Fill((byte)'x');
        Assert.Equal("headbodyx"u8, packet.Span[..9]);
        packet.Prepend(Packet.HeadRoom - 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Packet.TailRoom)]
    public void However_full_a_body_is_its_tail_has_room(int capacity)
    {
        using var packet = Packet.Rent(capacity);
        packet.Append(capacity);
        Assert.Equal(Packet.TailRoom, packet.AppendTail(Packet.TailRoom).Length);
    }

    [Fact]
    public void More_head_or_tail_than_there_is_room_for_is_a_bug_and_is_said()
    {
        using var packet = Packet.Rent(16);
        packet.Prepend(Packet.HeadRoom);
        Assert.Throws<ArgumentOutOfRangeException>(() => packet.Prepend(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => packet.AppendTail(1 << 20));
        Assert.Equal(Packet.HeadRoom, packet.Length);
    }

    [Fact]
    public void A_body_is_cut_and_never_lengthened_by_cutting()
    {
        using var packet = Packet.Rent();
        "header and body"u8.CopyTo(packet.Append(15));
        packet.Truncate(6);
        Assert.Equal("header"u8, packet.Span);
        Assert.Throws<ArgumentOutOfRangeException>(() => packet.Truncate(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => packet.Truncate(-1));
        "s"u8.CopyTo(packet.Append(1));
        Assert.Equal("headers"u8, packet.Span);
    }

    [Fact]
    public void After_its_end_a_packet_lends_nothing()
    {
        var packet = Packet.Rent();
        packet.Append(1);
        packet.Dispose();
        packet.Dispose();
        Assert.Throws<ObjectDisposedException>(() => packet.Memory);
        Assert.Throws<ObjectDisposedException>(() => packet.Append(1).Length);
        Assert.Throws<ObjectDisposedException>(() => packet.Prepend(1).Length);
        Assert.Throws<ObjectDisposedException>(() => packet.AppendTail(1).Length);
    }

    private readonly record struct Ping(uint Cookie) : IMessage<Ping>
    {
        public static byte Number => 200;

        public static Ping Read(ref WireReader reader) => new(reader.UInt32());

        public void Write(in WireWriter writer) => writer.UInt32(Cookie);
    }
}
