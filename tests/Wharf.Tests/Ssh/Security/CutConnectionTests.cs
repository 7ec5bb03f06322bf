using System.Text;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Security;

/// <summary>
/// T29: a session from its first byte to an upload over SFTP, cut at every byte the client sends or receives, in two ways.
/// Afterwards no session, channel or file is open, what was written is a part of what was sent, and the next session works.
/// </summary>
public sealed class CutConnectionTests
{
    private const string Content = "what goes up";

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task T29_a_cut_at_any_byte_leaves_nothing_open(bool whileReceiving, bool aborts)
    {
        await using var pair = SshPair.Start();
        long whole = await RunAsync(pair, long.MaxValue, whileReceiving, aborts);
        for (long cut = 0; cut < whole; cut++)
        {
            await RunAsync(pair, cut, whileReceiving, aborts);
            Assert.Equal(1, pair.Server.Count);
            if (await pair.Files.StatAsync(VirtualPath.Parse("/f"), LinkHandling.Self, pair.Token) is { } file)
            {
                Assert.InRange(file.Length, 0, Content.Length);
                await pair.Files.RemoveFileAsync(VirtualPath.Parse("/f"), pair.Token);
            }
        }

        Assert.Equal(whole, await RunAsync(pair, long.MaxValue, whileReceiving, aborts));
        Assert.All(pair.Log.Texts.Where(line => line.Contains(" closed: ", StringComparison.Ordinal)), line =>
            Assert.True(line.Contains("Left", StringComparison.Ordinal) || line.Contains("Broken", StringComparison.Ordinal), line));
    }

    /// <summary>A client that is cut off; how many bytes it sent or received.</summary>
    private static async Task<long> RunAsync(SshPair pair, long cut, bool whileReceiving, bool aborts)
    {
        var (connection, serving) = pair.Connect();
        using var client = new RawSshClient(connection, pair.Token)
        {
            CutAt = whileReceiving ? long.MaxValue : cut, DeafAt = whileReceiving ? cut : long.MaxValue, CutsByAbort = aborts,
        };
        bool isWhole = false;
        try
        {
            await client.LogInAsync();
            uint channel = await client.OpenAsync("sftp");
            await SayAsync(SftpPair.Bytes(new Init(3, default)));
            await SayAsync(SftpPair.Bytes(new Open<Attributes>(1, "/f"u8.ToArray(), OpenFlags.Write | OpenFlags.Create, default)));
            await SayAsync(SftpPair.Bytes(new Write(2, new byte[8], 0, Encoding.ASCII.GetBytes(Content))));
            await SayAsync(SftpPair.Bytes(new Close(3, new byte[8])));
            await client.SendAsync(new ChannelEof(channel));
            await client.NextAsync<ChannelClose>();
            await client.SendAsync(new ChannelClose(channel));
            await client.SendAsync(new Disconnect(11, "Done.", ""));
            isWhole = true;

            async Task SayAsync(byte[] request)
            {
                await client.SendAsync(new ChannelData(channel, request));
                await client.NextAsync<ChannelData>();
            }
        }
        catch (EndOfStreamException)
        {
            Assert.NotEqual(long.MaxValue, cut);
        }

        if (!isWhole)
        {
            await DrainAsync(connection, pair.Token);
        }

        await connection.DisposeAsync();
        await serving.WaitAsync(pair.Token);
        return whileReceiving ? client.Received : client.Sent;
    }

    private static async Task DrainAsync(MemoryConnection connection, CancellationToken cancel)
    {
        try
        {
            await connection.ReadToEndAsync(cancel);
        }
        catch (IOException)
        {
            // Cut off for good.
            return;
        }
    }
}
