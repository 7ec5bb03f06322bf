using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>Sessions: whose data connection it is. In memory alone; strict servers and clients of others come in Interop.</summary>
public abstract partial class TlsContract
{
    [Theory]
    [InlineData("TLSv1.2", "ftp.example.test")]
    [InlineData("TLSv1.2", "198.51.100.1")]
    [InlineData("TLSv1.3", "ftp.example.test")]
    [InlineData("TLSv1.3", "198.51.100.1")]
    public async Task T5_every_data_connection_resumes_its_control_connections_session(string version, string name)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var login = await LogInAsync(version, name: name);
        await using var control = login.Control;
        for (int i = 0; i < 6; i++)
        {
            control.Server.RenewTicket();
            await EchoAsync(control);
            await using var data = await login.DataAsync();
            Assert.True(data.Server.Facts.IsResumed);
            Assert.True(data.Client.Facts.IsResumed);
            Assert.Equal(version, data.Server.Facts.Protocol);
            await EchoAsync(data);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_data_connections_side_by_side_resume_each_its_own_logins_session(string version)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var server = Server(version);
        var client = Provider.Client(ClientOptions);
        var logins = new[] { await LogInAsync(version, server, client), await LogInAsync(version, server, client), await LogInAsync(version, server, client) };
        var all = await Task.WhenAll(logins.SelectMany(login => new[] { login.DataAsync(), login.DataAsync(), login.DataAsync() }));
        foreach (var data in all)
        {
            Assert.True(data.Server.Facts.IsResumed);
            await EchoAsync(data);
            await data.DisposeAsync();
        }

        foreach (var login in logins)
        {
            await login.Control.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_another_logins_session_is_not_resumed_and_the_connection_goes_on_in_full(string version)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var server = Server(version);
        var mine = await LogInAsync(version, server);
        var theirs = await LogInAsync(version, server, mine.Client);
        await using var controls = mine.Control;
        await using var others = theirs.Control;
        await using (var stolen = await mine.DataAsync(binding: theirs.Binding))
        {
            Assert.False(stolen.Server.Facts.IsResumed);
            Assert.False(stolen.Client.Facts.IsResumed);
            await EchoAsync(stolen);
        }

        // And whose it is still gets it.
        await using var own = await mine.DataAsync();
        Assert.True(own.Server.Facts.IsResumed);
        await using var ours = await theirs.DataAsync();
        Assert.True(ours.Server.Facts.IsResumed);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_a_fresh_handshake_is_told_from_a_resumed_one(string version)
    {
        Needs(TlsAbilities.BindsSessions);
        var login = await LogInAsync(version);
        await using var control = login.Control;
        await using var fresh = await HandshakeAsync(login.Server, login.Client, acceptance: new TlsAcceptance(login.Binding) { IsData = true });
        Assert.False(fresh.Server.Facts.IsResumed);
        await EchoAsync(fresh);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_an_old_session_on_a_new_control_connection_falls_back_to_a_full_handshake(string version)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var login = await LogInAsync(version);
        await using var control = login.Control;
        await using var again = await HandshakeAsync(
            login.Server, login.Client, new TlsRequest("ftp.example.test") { SessionOf = control.Client }, new TlsAcceptance(new TlsBinding()));
        Assert.False(again.Server.Facts.IsResumed);
        await EchoAsync(again);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_another_servers_session_is_not_resumed(string version)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var login = await LogInAsync(version);
        await using var control = login.Control;
        await using var elsewhere = await login.DataAsync(server: Server(version));
        Assert.False(elsewhere.Server.Facts.IsResumed);
        await EchoAsync(elsewhere);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_a_session_of_a_certificate_that_SNI_chose_is_resumed(string version)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var server = Provider.Server(ServerOptions(version) with { Certificates = [TestCertificates.Server, TestCertificates.Second] });
        var login = await LogInAsync(version, server, name: "second.example.test");
        await using var control = login.Control;
        await using var data = await login.DataAsync();
        Assert.True(data.Server.Facts.IsResumed);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T5_a_resumed_connection_needs_no_client_certificate_again_and_knows_it(string version)
    {
        Needs(TlsAbilities.BindsSessions | TlsAbilities.OffersSessions);
        var login = await LogInAsync(version, ServerAsking(version, ClientCertificates.Required), ClientWith(Alice));
        await using var control = login.Control;
        await using var data = await login.DataAsync();
        Assert.True(data.Server.Facts.IsResumed);
        Assert.Equal(Alice.Leaf.RawData, data.Server.Facts.PeerCertificate.ToArray());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_data_connection_is_served_whatever_the_engine_knows_of_sessions(string version)
    {
        var login = await LogInAsync(version);
        await using var control = login.Control;
        for (int i = 0; i < 3; i++)
        {
            await using var data = await login.DataAsync();
            await EchoAsync(data);
            await EchoAsync(control);
        }
    }

    [Fact]
    public async Task A_fresh_ticket_goes_out_with_the_next_bytes()
    {
        Needs(TlsAbilities.RenewsTickets);
        await using var ends = await HandshakeAsync("TLSv1.3");
        await EchoAsync(ends);
        await ends.Server.SendAsync("227"u8.ToArray(), Cancel);
        int plain = ends.ClientBelow.Available;
        await ReceiveAllAsync(ends.Client, 3);
        ends.Server.RenewTicket();
        Assert.Equal(0, ends.ClientBelow.Available);
        await ends.Server.SendAsync("227"u8.ToArray(), Cancel);
        Assert.True(ends.ClientBelow.Available > plain + 64, "No ticket came along.");
        Assert.Equal("227"u8.ToArray(), await ReceiveAllAsync(ends.Client, 3));
    }

    [Fact]
    public async Task There_are_no_fresh_tickets_in_TLS_1_2()
    {
        await using var ends = await HandshakeAsync("TLSv1.2");
        ends.Server.RenewTicket();
        ends.Client.RenewTicket();
        await EchoAsync(ends);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T6_a_data_connection_carries_no_tickets_that_a_sending_client_would_leave_unread(string version)
    {
        Needs(TlsAbilities.RenewsTickets);
        var login = await LogInAsync(version);
        await using var control = login.Control;
        await using var data = await login.DataAsync();
        await data.Client.SendAsync("a file"u8.ToArray(), Cancel);
        await ReceiveAllAsync(data.Server, 6);
        Assert.Equal(0, data.ClientBelow.Available);
    }

    private protected async Task<LoggedIn> LogInAsync(string version, ITlsServer? server = null, ITlsClient? client = null, string name = "ftp.example.test")
    {
        server ??= Server(version);
        client ??= Provider.Client(ClientOptions);
        var binding = new TlsBinding();
        var control = await HandshakeAsync(server, client, new TlsRequest(name), new TlsAcceptance(binding));
        await EchoAsync(control);
        return new LoggedIn(this, server, client, binding, control, name);
    }

    /// <summary>A control connection and what its data connections are made with.</summary>
    private protected sealed record LoggedIn(TlsContract Contract, ITlsServer Server, ITlsClient Client, TlsBinding Binding, TlsEnds Control, string Name)
    {
        public Task<TlsEnds> DataAsync(TlsBinding? binding = null, ITlsServer? server = null) => Contract.HandshakeAsync(
            server ?? Server,
            Client,
            new TlsRequest(Name) { SessionOf = Control.Client, IsData = true },
            new TlsAcceptance(binding ?? Binding) { IsData = true });
    }
}
