using Wharf.Wire;

namespace Wharf.Tests.Wire;

public sealed class SharedBufferTests
{
    [Fact]
    public void It_has_at_least_the_room_that_was_asked_for_and_one_holder()
    {
        var buffer = SharedBuffer.Rent(5000);
        Assert.True(buffer.Memory.Length >= 5000);
        Assert.True(buffer.IsHeldOnce);
        buffer.Release();
    }

    [Fact]
    public void It_stays_until_the_last_holder_releases_it()
    {
        var buffer = SharedBuffer.Rent(16);
        buffer.Memory.Span[0] = 42;
        buffer.Hold();
        Assert.False(buffer.IsHeldOnce);
        buffer.Release();
        Assert.True(buffer.IsHeldOnce);
        Assert.Equal(42, buffer.Memory.Span[0]);
        buffer.Release();
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
    }

    [Fact]
    public void One_release_too_many_gives_nothing_back_twice()
    {
        var buffer = SharedBuffer.Rent(16);
        buffer.Release();
        buffer.Release();
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
    }

    [Fact]
    public async Task Holders_on_many_threads_lose_no_count()
    {
        var buffer = SharedBuffer.Rent(16);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                buffer.Hold();
                buffer.Release();
            }
        })));
        Assert.True(buffer.IsHeldOnce);
        buffer.Release();
    }
}
