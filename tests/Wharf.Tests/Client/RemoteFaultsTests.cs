using Wharf.Client;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Tests.Client;

public sealed class RemoteFaultsTests
{
    [Theory]
    [InlineData(FileError.NotFound, RemoteError.NotFound)]
    [InlineData(FileError.Exists, RemoteError.Exists)]
    [InlineData(FileError.Denied, RemoteError.Denied)]
    [InlineData(FileError.ReadOnly, RemoteError.Denied)]
    [InlineData(FileError.NotDirectory, RemoteError.NotFound)]
    [InlineData(FileError.IsDirectory, RemoteError.Io)]
    [InlineData(FileError.NotRegular, RemoteError.Io)]
    [InlineData(FileError.NotEmpty, RemoteError.Exists)]
    [InlineData(FileError.NoSpace, RemoteError.NoSpace)]
    [InlineData(FileError.QuotaExceeded, RemoteError.NoSpace)]
    [InlineData(FileError.TooLarge, RemoteError.NoSpace)]
    [InlineData(FileError.NameTooLong, RemoteError.BadName)]
    [InlineData(FileError.BadName, RemoteError.BadName)]
    [InlineData(FileError.LinkLoop, RemoteError.Io)]
    [InlineData(FileError.CrossDevice, RemoteError.Io)]
    [InlineData(FileError.Busy, RemoteError.Io)]
    [InlineData(FileError.TooManyOpen, RemoteError.Io)]
    [InlineData(FileError.NotSupported, RemoteError.NotSupported)]
    [InlineData(FileError.Invalid, RemoteError.Io)]
    [InlineData(FileError.Io, RemoteError.Io)]
    public void What_fails_at_a_file_has_its_word(FileError error, RemoteError told)
    {
        var cause = new FileException(error, "/a\nb") { ServerReply = "550 no\u001b[0m" };
        var failure = RemoteFaults.Translate(cause, "other");
        Assert.Equal((told, "/a\nb", "550 no\u001b[0m"), (failure.Error, failure.Path, failure.ServerReply));
        Assert.Same(cause, failure.InnerException);
        Assert.Equal(error is FileError.Busy or FileError.TooManyOpen, failure.IsTransient);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.Contains("550 no", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectionError.Unreachable, RemoteError.Connection, true)]
    [InlineData(ConnectionError.TimedOut, RemoteError.TimedOut, true)]
    [InlineData(ConnectionError.Lost, RemoteError.Connection, true)]
    [InlineData(ConnectionError.Busy, RemoteError.Connection, true)]
    [InlineData(ConnectionError.Protocol, RemoteError.Protocol, false)]
    [InlineData(ConnectionError.LoginRefused, RemoteError.Login, false)]
    [InlineData(ConnectionError.NotTrusted, RemoteError.NotTrusted, false)]
    [InlineData(ConnectionError.NotOffered, RemoteError.NotSupported, false)]
    public void What_fails_on_the_way_has_its_word(ConnectionError error, RemoteError told, bool passes)
    {
        var failure = RemoteFaults.Translate(new ConnectionException(error, "a sentence") { ServerReply = "421" }, "p");
        Assert.Equal((told, passes, "p", "421", "a sentence"), (failure.Error, failure.IsTransient, failure.Path, failure.ServerReply, failure.Message));
    }

    [Fact]
    public void Other_failures_are_of_the_connection_and_ours_stay_as_they_are()
    {
        Assert.Equal(RemoteError.NotTrusted, RemoteFaults.Translate(new TlsException("no"), null).Error);
        var broken = RemoteFaults.Translate(new IOException("reset"), null);
        Assert.Equal((RemoteError.Connection, true), (broken.Error, broken.IsTransient));
        var own = new RemoteException(RemoteError.Mismatch, "x");
        Assert.Same(own, RemoteFaults.Translate(own, "p"));
        Assert.False(RemoteFaults.IsFault(new InvalidOperationException()));
        Assert.False(RemoteFaults.IsFault(new OperationCanceledException()));
    }
}
