using Wharf.Files.Storage;

namespace Wharf.Tests.Files.Storage;

public sealed class WindowsNamesTests
{
    [Theory]
    [InlineData("C:x")]
    [InlineData("C:")]
    [InlineData("\\\\?\\C:\\x")]
    [InlineData("\\\\.\\PhysicalDrive0")]
    [InlineData("..\\x")]
    [InlineData("a/b")]
    [InlineData("file::$DATA")]
    [InlineData("file:stream")]
    [InlineData("file.")]
    [InlineData("file ")]
    [InlineData("...")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(" ")]
    [InlineData("")]
    [InlineData("CON")]
    [InlineData("con.txt")]
    [InlineData("NUL.tar.gz")]
    [InlineData("aux ")]
    [InlineData("aux .txt")]
    [InlineData("COM1")]
    [InlineData("com9.log")]
    [InlineData("LPT\u00B9")]
    [InlineData("COM0")]
    [InlineData("CONIN$")]
    [InlineData("PROGRA~1")]
    [InlineData("a~12.txt")]
    [InlineData("a*b")]
    [InlineData("a?b")]
    [InlineData("a<b")]
    [InlineData("a\"b")]
    [InlineData("a|b")]
    [InlineData("a\u0001b")]
    [InlineData("a\0b")]
    public void T11_a_name_that_Windows_reads_as_something_else_is_refused(string name) => Assert.False(WindowsNames.IsPlain(name));

    [Fact]
    public void T11_a_lone_surrogate_is_refused() => Assert.False(WindowsNames.IsPlain("a\uDCFFb"));

    [Theory]
    [InlineData("file")]
    [InlineData(".hidden")]
    [InlineData("a.b.c")]
    [InlineData("console")]
    [InlineData("com10")]
    [InlineData("COMA")]
    [InlineData("null")]
    [InlineData("a~b")]
    [InlineData("file~")]
    [InlineData("ä€ 🚀")]
    [InlineData("\uFF0E\uFF0E")]
    [InlineData("-rf")]
    public void T11_a_plain_name_is_taken(string name) => Assert.True(WindowsNames.IsPlain(name));
}
