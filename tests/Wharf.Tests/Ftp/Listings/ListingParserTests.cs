using Wharf.Files;
using Wharf.Ftp.Listings.Parsing;

namespace Wharf.Tests.Ftp.Listings;

public sealed class ListingParserTests
{
    private const int LeastLines = 200;

    private static readonly ListingContext Context = new(ListingKind.Lines, new DateTime(2026, 3, 10, 12, 0, 0, DateTimeKind.Utc));

    static ListingParserTests()
    {
        if (Environment.GetEnvironmentVariable("WHARF_APPROVE_LISTINGS") == "1")
        {
            ListingCase.Approve();
        }
    }

    public static TheoryData<string> Listings => [.. ListingCase.All().Select(found => $"{found.File}: {found.Title}")];

    [Theory]
    [MemberData(nameof(Listings))]
    public void A_listing_of_the_corpus_gives_what_stands_beside_its_lines(string listing)
    {
        var found = ListingCase.All().Single(one => $"{one.File}: {one.Title}" == listing);
        Assert.Equal(string.Join('\n', found.Written), string.Join('\n', found.Parsed()));
    }

    [Fact]
    public void The_corpus_is_large_enough() => Assert.True(ListingCase.All().Sum(found => found.Lines) >= LeastLines);

    [Fact]
    public void The_form_is_found_anew_where_a_listing_changes_it()
    {
        var parser = new ListingParser(Context);
        Assert.Null(parser.Parse("total 3"));
        Assert.Equal("unix", parser.Parse("-rw-r--r-- 1 ftp ftp 12 Jan  2 03:04 unix\r")!.Name);
        Assert.Equal("dos", parser.Parse("01-02-26  03:04AM       <DIR>          dos")!.Name);
        Assert.Null(parser.Parse("something else"));
        Assert.Equal("unix", parser.Parse("-rw-r--r-- 1 ftp ftp 12 Jan  2 03:04 unix")!.Name);
        Assert.Equal((1, 0, "something else"), (parser.Unread, parser.Refused, parser.FirstOddLine));
        Assert.Null(parser.End());
    }

    [Fact]
    public void A_line_too_long_is_refused_by_its_length()
    {
        var parser = new ListingParser(Context);
        Assert.Null(parser.Parse("-rw-r--r-- 1 ftp ftp 12 Jan  2 03:04 " + new string('a', 64 * 1024)));
        Assert.Equal(1, parser.Refused);
        Assert.True(parser.FirstOddLine!.Length < 100);
    }

    [Fact]
    public void Mlst_is_about_the_name_that_was_asked_for_whatever_the_server_calls_it()
    {
        var entry = ListingParser.ParseMlst(" Type=cdir;Size=4096;Modify=20260102030405; /some/../where", "here")!;
        Assert.Equal(("here", EntryKind.Directory, 4096), (entry.Name, entry.Kind, entry.Length));
        Assert.Equal("", ListingParser.ParseMlst(" type=dir; /", "")!.Name);
        Assert.Null(ListingParser.ParseMlst(" no facts", "x"));
        Assert.Null(ListingParser.ParseMlst("  /name", "x"));
        Assert.Null(ListingParser.ParseMlst("", "x"));
    }
}
