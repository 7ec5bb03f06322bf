using System.Globalization;
using System.Net;
using System.Text;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>
/// T29: a short session with an upload and a download, cut at every byte it sends or receives. Afterwards the file is the old
/// or the new one and nothing else is there, no port is left open, and the next session works.
/// </summary>
public sealed class CutConnectionTests
{
    private const string Old = "old content";
    private const string New = "new and longer content";

    public enum Cut
    {
        /// <summary>The control connection is reset after so many bytes sent on it; the data connection with it, as for a killed process.</summary>
        Control,

        /// <summary>The control connection alone ends its direction.</summary>
        ControlEnd,

        /// <summary>The data connection is reset after so many bytes of the upload.</summary>
        Upload,

        /// <summary>The data connection is reset after so many bytes of the download.</summary>
        Download,

        /// <summary>The control connection is reset after so many bytes of the upload, while the data connection ends properly.</summary>
        ControlAtUploadByte,
    }

    [Theory]
    [InlineData(Cut.Control)]
    [InlineData(Cut.ControlEnd)]
    [InlineData(Cut.Upload)]
    [InlineData(Cut.Download)]
    [InlineData(Cut.ControlAtUploadByte)]
    public async Task T29_a_cut_at_any_byte_leaves_the_old_or_the_new_file_and_a_server_that_works(Cut cut)
    {
        await using var witness = await FtpPair.StartAsync();
        bool wasCut = true;
        for (int bytes = 0; wasCut; bytes++)
        {
            Assert.InRange(bytes, 0, 2000);
            await witness.PutAsync("/f", Old);
            await using (var ftp = await FtpPair.StartAsync(beside: witness, login: false))
            {
                wasCut = await new Client(ftp, cut, bytes).RunAsync();
                await ftp.Control.FinishAsync(ftp.Token);
                await ftp.Ended.WaitAsync(witness.Token);
            }

            Assert.Equal(["f"], await witness.NamesAsync("/"));
            string content = Encoding.ASCII.GetString((await witness.GetAsync("/f"))!);
            Assert.Contains(content, new[] { Old, New });
            if (cut == Cut.Upload && wasCut)
            {
                Assert.Equal(Old, content);
            }

            Assert.Empty(witness.Network.ListeningPorts);
            Assert.Equal(1, witness.Server.Count);
            Assert.Equal(content, await witness.DownloadAsync("RETR f") is var (back, _) ? Encoding.ASCII.GetString(back) : "");
        }
    }

    /// <summary>A client that stops being one after a number of bytes.</summary>
    private sealed class Client(FtpPair ftp, Cut cut, int left)
    {
        private MemoryConnection? _data;

        /// <summary>Returns whether it was cut.</summary>
        public async Task<bool> RunAsync()
        {
            try
            {
                await CommandAsync("USER alice", 331);
                await CommandAsync("PASS s3cret", 230);
                await CommandAsync("TYPE I", 200);
                await ConnectAsync();
                await CommandAsync("STOR f", 150);
                await UploadAsync();
                await ReplyAsync();
                await ConnectAsync();
                await CommandAsync("RETR f", 150);
                await DownloadAsync();
                await ReplyAsync();
                await CommandAsync("QUIT", 221);
                return false;
            }
            catch (OperationCanceledException) when (left < 0)
            {
                return true;
            }
            finally
            {
                if (_data is not null)
                {
                    await _data.DisposeAsync();
                }
            }
        }

        private async Task CommandAsync(string line, int code)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(line + "\r\n");
            if (cut is Cut.Control or Cut.ControlEnd)
            {
                if (left < bytes.Length)
                {
                    await ftp.Control.SendAsync(bytes.AsMemory(0, left), ftp.Token);
                    await StopAsync();
                }

                left -= bytes.Length;
            }

            await ftp.Control.SendAsync(bytes, ftp.Token);
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }

        private async Task ConnectAsync()
        {
            byte[] bytes = "EPSV\r\n"u8.ToArray();
            if (cut is Cut.Control or Cut.ControlEnd)
            {
                if (left < bytes.Length)
                {
                    await ftp.Control.SendAsync(bytes.AsMemory(0, left), ftp.Token);
                    await StopAsync();
                }

                left -= bytes.Length;
            }

            await ftp.Control.SendAsync(bytes, ftp.Token);
            string reply = await ftp.ReplyAsync();
            int port = int.Parse(reply.Split('|')[3], CultureInfo.InvariantCulture);
            _data = await ftp.Network.DialAsync(ftp.Control.Local.Address, new IPEndPoint(ftp.Control.Remote.Address, port), ftp.Token);
        }

        private async Task UploadAsync()
        {
            byte[] bytes = Encoding.ASCII.GetBytes(New);
            if (cut is Cut.Upload or Cut.ControlAtUploadByte && left <= bytes.Length)
            {
                await _data!.SendAsync(bytes.AsMemory(0, left), ftp.Token);
                if (cut == Cut.Upload)
                {
                    _data.Abort();
                    Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
                    Assert.Equal(221, await ftp.CodeAsync("QUIT"));
                }
                else
                {
                    ftp.Control.Abort();
                    await _data.FinishAsync(ftp.Token);
                }

                left = -1;
                throw new OperationCanceledException();
            }

            await _data!.SendAsync(bytes, ftp.Token);
            await _data.FinishAsync(ftp.Token);
        }

        private async Task DownloadAsync()
        {
            byte[] bytes = new byte[New.Length + 1];
            int most = cut == Cut.Download ? Math.Min(left, bytes.Length) : bytes.Length;
            int count = 0;
            while (count < most && await _data!.ReceiveAsync(bytes.AsMemory(count, most - count), ftp.Token) is > 0 and var more)
            {
                count += more;
            }

            if (cut == Cut.Download && left <= New.Length)
            {
                _data!.Abort();
                Assert.Contains(FtpPair.Code(await ftp.ReplyAsync()), new[] { 226, 426 });
                Assert.Equal(221, await ftp.CodeAsync("QUIT"));
                left = -1;
                throw new OperationCanceledException();
            }

            Assert.Equal(New, Encoding.ASCII.GetString(bytes, 0, count));
        }

        private async Task ReplyAsync() => Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));

        private async Task StopAsync()
        {
            if (cut == Cut.Control)
            {
                ftp.Control.Abort();
                _data?.Abort();
            }
            else
            {
                await ftp.Control.FinishAsync(ftp.Token);
            }

            left = -1;
            throw new OperationCanceledException();
        }
    }
}
