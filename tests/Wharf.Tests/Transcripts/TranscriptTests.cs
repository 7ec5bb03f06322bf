using System.Globalization;
using System.Net;
using System.Text;
using Wharf.Ftp;
using Wharf.Ftp.Commands;
using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Transcripts;

/// <summary>Runs the dialogues. They show what is said and in which order, not what another implementation understands.</summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Names => [.. Transcript.All.Select(transcript => transcript.ToString())];

    public static TheoryData<Phase> EveryPhase => [.. Enum.GetValues<Phase>()];

    [Theory]
    [MemberData(nameof(EveryPhase))]
    public void Every_command_has_a_transcript_in_every_phase(Phase phase)
    {
        var said = Transcript.All.Where(transcript => transcript.Phase == phase)
            .SelectMany(transcript => transcript.Steps).Where(step => step.Who == "C:")
            .Select(step => CommandTable.Split(step.Text).Verb).ToHashSet();
        Assert.Equal([], CommandTable.Rows.Select(row => row.Verb).Except(said));
    }

    [Fact]
    public void Every_word_of_SITE_has_a_transcript()
    {
        var said = Transcript.All.SelectMany(transcript => transcript.Steps).Where(step => step.Who == "C:")
            .Select(step => string.Join(' ', step.Text.ToUpperInvariant().Split(' ').Take(2))).ToHashSet();
        Assert.Equal([], SiteTable.Rows.Select(row => "SITE " + row.Name).Except(said));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Dialogue(string name)
    {
        var transcript = Transcript.All.Single(one => one.ToString() == name);
        var tls = TlsProviders.Default.Server(FtpTls.Rules());
        var options = new FtpServerOptions
        {
            Limits = new() { KilledClient = TimeSpan.Zero },
            Tls = () => tls,
            ClearCommandChannel = true,
            SecureFxp = FtpTls.Client(),
        };
        await using var ftp = await FtpPair.StartAsync(options, login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        await ftp.PutAsync("/f", "content\n");
        await ftp.PutAsync("/e", "");
        await ftp.MakeDirectoryAsync("/d");
        await ftp.PutAsync("/d/inner", "x");
        await using var client = new Client(ftp);
        foreach (var step in Before(transcript.Phase))
        {
            await client.DoAsync(step, transcript);
        }

        foreach (var step in transcript.Steps)
        {
            await client.DoAsync(step, transcript);
        }

        Assert.Equal(0, ftp.Control.Available);
    }

    private static IEnumerable<Step> Before(Phase phase)
    {
        var lines = new List<(string Who, string Text)>();
        if (phase >= Phase.BetweenUserAndPass)
        {
            lines.AddRange([("C:", "USER alice"), ("S:", "331 *")]);
        }

        if (phase >= Phase.LoggedIn)
        {
            lines.AddRange([("C:", "PASS s3cret"), ("S:", "230 *")]);
        }

        if (phase >= Phase.DuringATransfer)
        {
            lines.AddRange([("C:", "EPSV"), ("S:", "229 *"), ("P:", ""), ("C:", "STOR /up"), ("S:", "150 *")]);
        }

        return lines.Select(line => new Step(line.Who, line.Text, 0));
    }

    private sealed class Client(FtpPair ftp) : IAsyncDisposable
    {
        private string _lastReply = "";
        private MemoryConnection? _data;
        private IConnection? _wire;
        private IListener? _listener;

        public async Task DoAsync(Step step, Transcript transcript)
        {
            string where = $"{transcript.File}:{step.Line}";
            switch (step.Who)
            {
                case "C:":
                    await ftp.WriteAsync(step.Text + "\r\n");
                    break;
                case "S:":
                    _lastReply = await ftp.ReplyAsync();
                    Assert.True(Transcript.Fits(step.Text, _lastReply), $"{where}: expected {step.Text}, came {_lastReply}");
                    break;
                case "T:" when step.Text == "data":
                    ftp.Protects = true;
                    _wire = await ftp.ProtectAsync(_data!);
                    break;
                case "T:":
                    await ftp.BeginTlsAsync();
                    break;
                case "U:":
                    await ftp.EndTlsAsync();
                    break;
                case "P:":
                    await LeaveAsync();
                    _wire = _data = await ftp.Network.DialAsync(ftp.Control.Local.Address, new IPEndPoint(ftp.Control.Remote.Address, Port()), ftp.Token);
                    break;
                case "L:":
                    _listener = ftp.Network.Listen(ftp.Control.Local.Address, new(int.Parse(step.Text, CultureInfo.InvariantCulture), int.Parse(step.Text, CultureInfo.InvariantCulture)), 1);
                    break;
                case "A:":
                    await LeaveAsync();
                    _wire = _data = (MemoryConnection)await _listener!.AcceptAsync(ftp.Token);
                    break;
                case "D>":
                    await _wire!.SendAsync(Encoding.Latin1.GetBytes(step.Text), ftp.Token);
                    break;
                case "D.":
                    await _wire!.FinishAsync(ftp.Token);
                    break;
                case "D!":
                    _data!.Abort();
                    break;
                case "D<":
                    string came = Encoding.Latin1.GetString(await MemoryConnection.ReadToEndAsync(_wire!, ftp.Token));
                    Assert.True(Transcript.Fits(step.Text, came), $"{where}: expected {step.Text}, came {came}");
                    break;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await LeaveAsync();
            if (_listener is not null)
            {
                await _listener.DisposeAsync();
            }
        }

        /// <summary>227 ends with two numbers for the port, 229 has it between bars.</summary>
        private int Port()
        {
            if (_lastReply.StartsWith("229 ", StringComparison.Ordinal))
            {
                return int.Parse(_lastReply.Split('|')[3], CultureInfo.InvariantCulture);
            }

            string[] numbers = _lastReply[(_lastReply.IndexOf('(', StringComparison.Ordinal) + 1).._lastReply.IndexOf(')', StringComparison.Ordinal)].Split(',');
            return (int.Parse(numbers[4], CultureInfo.InvariantCulture) << 8) | int.Parse(numbers[5], CultureInfo.InvariantCulture);
        }

        private async ValueTask LeaveAsync()
        {
            if (_data is not null)
            {
                await _data.DisposeAsync();
                _data = null;
            }
        }
    }
}
