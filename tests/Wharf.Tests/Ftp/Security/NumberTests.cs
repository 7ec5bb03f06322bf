using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T9: numbers from the wire are digits, within range, or refused.</summary>
public sealed class NumberTests
{
    public static TheoryData<string, string> Bad
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string command in new[] { "REST {0}", "ALLO {0}", "ALLO 1 R {0}", "RANG {0} 5", "RANG 0 {0}", "EPSV {0}" })
            {
                foreach (string number in new[]
                {
                    "-1", "+1", "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "1e3", "0x10", "1,000", "1.5",
                    "\u00d9\u00a1", "\u00ef\u00bc\u0091", "\u00b2", "--1", "1 2 3", " ", "NaN", "1\t",
                })
                {
                    data.Add(command, number);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task T9_what_is_not_plain_digits_within_range_is_refused(string command, string number)
    {
        await using var ftp = await FtpPair.StartAsync();
        string line = command.Replace("{0}", number, StringComparison.Ordinal);
        if (Wharf.Ftp.Commands.CommandTable.Find(line.Split(' ')[0]) is null)
        {
            return;
        }

        Assert.InRange(await ftp.CodeAsync(line), 500, 599);
        Assert.Equal(257, await ftp.CodeAsync("PWD"));
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775806")]
    [InlineData("4611686018427387904")]
    public async Task T9_the_largest_positions_fail_in_a_reply_and_change_nothing(string position)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "0123456789");
        await ftp.SendAsync("TYPE I");
        Assert.Equal(350, await ftp.CodeAsync("REST " + position));
        Assert.InRange(FtpPair.Code((await ftp.DownloadAsync("RETR f")).Closing), 500, 599);
        Assert.Equal(350, await ftp.CodeAsync("REST " + position));
        Assert.InRange(FtpPair.Code(await ftp.UploadAsync("STOR f", [1, 2, 3])), 426, 599);
        Assert.Equal("0123456789"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(257, await ftp.CodeAsync("PWD"));
    }

    [Theory]
    [InlineData("RANG 0 9223372036854775806", "0123456789")]
    [InlineData("RANG 4 9223372036854775806", "456789")]
    [InlineData("RANG 9 9", "9")]
    [InlineData("RANG 9 12", "9")]
    public async Task T9_a_range_ends_where_the_file_does(string range, string expected)
    {
        await using var ftp = await FtpPair.StartAsync();
        if (Wharf.Ftp.Commands.CommandTable.Find("RANG") is null)
        {
            return;
        }

        await ftp.PutAsync("/f", "0123456789");
        await ftp.SendAsync("TYPE I");
        Assert.Equal(350, await ftp.CodeAsync(range));
        var (bytes, closing) = await ftp.DownloadAsync("RETR f");
        Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(bytes));
    }

    [Theory]
    [InlineData("RANG 5 2")]
    [InlineData("RANG 1 0")]
    public async Task T9_a_range_that_ends_before_it_begins_sends_nothing_unexpected(string range)
    {
        await using var ftp = await FtpPair.StartAsync();
        if (Wharf.Ftp.Commands.CommandTable.Find("RANG") is null)
        {
            return;
        }

        await ftp.PutAsync("/f", "0123456789");
        await ftp.SendAsync("TYPE I");
        int code = await ftp.CodeAsync(range);
        if (code < 500)
        {
            // "RANG 1 0" takes a range back (draft-bryan-ftp-range): the whole file again.
            Assert.Equal("0123456789"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
        }
    }

    [Fact]
    public async Task T9_a_position_counts_for_one_transfer_command_and_a_listing_spends_it()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "0123456789");
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("REST 4");
        Assert.Equal("456789"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
        Assert.Equal("0123456789"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
        await ftp.SendAsync("REST 4");
        Assert.Equal("f\r\n"u8.ToArray(), (await ftp.DownloadAsync("NLST")).Bytes);
        Assert.Equal("0123456789"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }
}
