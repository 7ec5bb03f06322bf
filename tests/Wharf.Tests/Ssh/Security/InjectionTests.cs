using System.Text;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Security;

/// <summary>
/// T30: texts of a client that mean something to a terminal, a log, a shell or a database. That no line of the log holds a
/// control character every test of a pair asserts at its end.
/// </summary>
public sealed class InjectionTests
{
    private static readonly string[] Odd =
    [
        "a\r\nssh9 \"root\" logged in", "\u001b[2J\u001b]0;title\u0007", "%n%s{0}{Session}", "'; DROP TABLE users; --", "$(reboot)`reboot`|reboot&", "*)(uid=*",
        "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u2028\u2029\u0085", "..\\..", "\0", new string('x', 30_000),
    ];

    [Fact]
    public async Task T30_last_words_forge_no_line_of_the_log_and_do_not_fill_it()
    {
        foreach (string words in Odd)
        {
            await using var pair = SshPair.Start();
            using var client = pair.Raw();
            await client.ShakeAsync();
            await client.SendAsync(new Disconnect(11, words, ""));
            await client.ReceiveToEndAsync();
            Assert.InRange((await pair.EndAsync()).Length, 1, 2000);
        }
    }

    [Theory]
    [InlineData("SSH-2.0-\u001b[2J")]
    [InlineData("SSH-2.0-a\tb")]
    [InlineData("SSH-2.0-\u00e4")]
    [InlineData("SSH-2.0-a\0")]
    [InlineData("SSH-2.0-a\rb")]
    [InlineData("SSH-1.5-old")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("EHLO mail")]
    [InlineData("")]
    public async Task T30_a_version_line_with_anything_but_printable_characters_or_of_another_protocol_ends_the_session(string line)
    {
        await using var pair = SshPair.Start();
        await pair.Connection.SendAsync(Encoding.Latin1.GetBytes(line + "\r\n"), pair.Token);
        await pair.Connection.ReadToEndAsync(pair.Token);
        await pair.Connection.DisposeAsync();
        Assert.Contains("Offence", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T30_a_version_line_without_end_ends_the_session()
    {
        await using var pair = SshPair.Start();
        await pair.Connection.SendAsync(Encoding.Latin1.GetBytes("SSH-2.0-" + new string('x', 248)), pair.Token);
        await pair.Connection.ReadToEndAsync(pair.Token);
        await pair.Connection.DisposeAsync();
        Assert.Contains("without end", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T30_odd_names_of_users_services_channels_and_requests_are_names_and_nothing_more()
    {
        foreach (string text in Odd)
        {
            await using var pair = SshPair.Start(options => options with { Authentication = new() { Tries = 100, NameBytes = 100_000 } });
            using var client = pair.Raw();
            await client.ShakeAsync();
            await client.AskForLoginAsync();
            await client.SendAsync(RawSshClient.ByPassword(text, text));
            await client.NextAsync<UserauthFailure>();
            await client.SendAsync(UserauthRequest.Of(text, text, default(NoneFields)));
            await client.NextAsync<UserauthFailure>();
            await client.SendAsync(UserauthRequest.Of(text, "publickey", new PublickeyFields(text, SshPair.HostKey.Public.Bytes, null, null)));
            await client.NextAsync<UserauthFailure>();
            await client.SendAsync(RawSshClient.ByPassword(SshPair.User, SshPair.Password));
            await client.NextAsync<UserauthSuccess>();
            await client.SendAsync(new ChannelOpen(text, 0, 1, 1 << 15, default));
            await client.NextAsync<ChannelOpenFailure>();
            await client.SendAsync(new GlobalRequest(text, true, default));
            await client.NextAsync(RequestFailure.Number);
            await client.SendAsync(new ChannelOpen("session", 0, 1, 1 << 15, default));
            uint channel = (await client.NextAsync<ChannelOpenConfirmation>()).Sender;
            await client.SendAsync(RawSshClient.Subsystem(channel, text));
            await client.NextAsync<ChannelFailure>();
            using var extra = Packet.Rent();
            new WireWriter(extra).Text(text);
            await client.SendAsync(new ChannelRequestMessage(channel, "exec", true, extra.Span.ToArray()));
            await client.NextAsync<ChannelFailure>();
            await client.SendAsync(new ChannelRequestMessage(channel, text, true, default));
            await client.NextAsync<ChannelFailure>();
        }
    }

    [Fact]
    public async Task T30_odd_names_of_files_are_names_and_come_back_as_they_are()
    {
        await using var pair = SshPair.Start();
        await using var client = await pair.LogInAsync();
        var sftp = await pair.OpenSftpAsync(client);
        foreach (string text in Odd.Where(text => !text.Contains('\0') && text.Length < 255).Select(text => text.Replace('/', '-')))
        {
            byte[] handle = await sftp.OpenAsync("/" + text, OpenFlags.Write | OpenFlags.Create, pair.Token);
            await sftp.CloseAsync(handle, pair.Token);
            await sftp.AskAsync(id => new Rename(id, SftpPair.Text("/" + text), SftpPair.Text($"/{text}2")), pair.Token);
            List<string> names = [];
            await sftp.ListAsync("/", 1, entry => names.Add(SftpPair.Text(entry.Name)));
            Assert.Contains(text + "2", names);
            await sftp.AskAsync(id => new Remove(id, SftpPair.Text($"/{text}2")), pair.Token);
            var refused = await Assert.ThrowsAsync<SftpStatusException>(() => sftp.OpenAsync("/" + text, OpenFlags.Read, pair.Token));
            Assert.DoesNotContain(refused.Message, char.IsControl);
        }
    }
}
