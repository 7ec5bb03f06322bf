using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 4252's messages. They do not prove that the session sends them at the right time.</summary>
public sealed class Rfc4252Tests
{
    private const string Anna = "00000004 616E6E61";
    private const string Connection = "0000000E 7373682D636F6E6E656374696F6E";

    [Fact]
    public void A_request_by_none_is_these_bytes_both_ways() => Golden.BothWays(
        $"32 {Anna} {Connection} 00000004 6E6F6E65",
        UserauthRequest.Of("anna", "none", default(NoneFields)));

    [Fact]
    public void A_request_by_password_is_these_bytes_both_ways()
    {
        string hex = $"32 {Anna} {Connection} 00000008 70617373776F7264  00 00000006 733363726574";
        var fields = new PasswordFields("s3cret"u8.ToArray(), null);
        Golden.BothWays(hex, UserauthRequest.Of("anna", "password", fields));
        Assert.Equal("s3cret"u8.ToArray(), Fields(hex, PasswordFields.Read).Password.ToArray());
        Assert.Null(Fields(hex, PasswordFields.Read).NewPassword);
    }

    [Fact]
    public void A_request_to_change_a_password_is_these_bytes_both_ways()
    {
        string hex = $"32 {Anna} {Connection} 00000008 70617373776F7264  01 00000003 6F6C64 00000003 6E6577";
        Golden.BothWays(hex, UserauthRequest.Of("anna", "password", new PasswordFields("old"u8.ToArray(), "new"u8.ToArray())));
        Assert.Equal("new"u8.ToArray(), Fields(hex, PasswordFields.Read).NewPassword!.Value.ToArray());
    }

    [Fact]
    public void A_question_about_a_key_is_these_bytes_both_ways()
    {
        string hex = $"32 {Anna} {Connection} 00000009 7075626C69636B6579  00 0000000B 7373682D65643235353139 00000002 ABCD";
        Golden.BothWays(hex, UserauthRequest.Of("anna", "publickey", new PublickeyFields("ssh-ed25519", Golden.Bytes("ABCD"), null, null)));
        Assert.Null(Fields(hex, (ref reader) => PublickeyFields.Read(ref reader, hostBound: false)).Signature);
    }

    [Fact]
    public void A_request_signed_by_a_key_is_these_bytes_both_ways()
    {
        string hex = $"32 {Anna} {Connection} 00000009 7075626C69636B6579  01 0000000B 7373682D65643235353139 00000002 ABCD 00000003 010203";
        Golden.BothWays(
            hex, UserauthRequest.Of("anna", "publickey", new PublickeyFields("ssh-ed25519", Golden.Bytes("ABCD"), null, Golden.Bytes("010203"))));
        Assert.Equal([1, 2, 3], Fields(hex, (ref reader) => PublickeyFields.Read(ref reader, hostBound: false)).Signature!.Value.ToArray());
    }

    [Fact]
    public void A_request_bound_to_the_host_key_is_these_bytes_both_ways()
    {
        string hex = $"32 {Anna} {Connection} 00000023 7075626C69636B65792D686F7374626F756E642D763030406F70656E7373682E636F6D"
            + "01 0000000B 7373682D65643235353139 00000002 ABCD 00000001 EE 00000003 010203";
        Golden.BothWays(hex, UserauthRequest.Of(
            "anna", "publickey-hostbound-v00@openssh.com",
            new PublickeyFields("ssh-ed25519", Golden.Bytes("ABCD"), Golden.Bytes("EE"), Golden.Bytes("010203"))));
        Assert.Equal([0xEE], Fields(hex, (ref reader) => PublickeyFields.Read(ref reader, hostBound: true)).HostKey!.Value.ToArray());
    }

    [Fact]
    public void What_is_signed_is_the_session_id_and_the_request_up_to_the_signature()
    {
        var fields = new PublickeyFields("ssh-ed25519", Golden.Bytes("ABCD"), null, Golden.Bytes("010203"));
        var request = UserauthRequest.Of("anna", "publickey", fields);
        Assert.Equal(
            Golden.Bytes(
                $"00000002 1122  32 {Anna} {Connection} 00000009 7075626C69636B6579 01 0000000B 7373682D65643235353139 00000002 ABCD"),
            fields.SignedData([0x11, 0x22], request));
        Assert.Equal(
            Golden.Bytes(
                $"00000002 1122  32 {Anna} {Connection} 00000009 7075626C69636B6579 01 0000000B 7373682D65643235353139 00000002 ABCD 00000001 EE"),
            (fields with { HostKey = Golden.Bytes("EE") }).SignedData([0x11, 0x22], request));
    }

    [Fact]
    public void A_failure_is_these_bytes_both_ways() => Golden.BothWays(
        "33 00000012 7075626C69636B65792C70617373776F7264 01", new UserauthFailure(["publickey", "password"], PartialSuccess: true));

    [Fact]
    public void A_success_is_one_byte() => Golden.BothWays("34", default(UserauthSuccess));

    [Fact]
    public void A_banner_is_these_bytes_both_ways() => Golden.BothWays("35 00000004 48690D0A 00000002 656E", new UserauthBanner("Hi\r\n", "en"));

    [Fact]
    public void The_answer_about_a_key_is_these_bytes_both_ways() => Golden.BothWays(
        "3C 0000000B 7373682D65643235353139 00000002 ABCD", new UserauthPkOk("ssh-ed25519", Golden.Bytes("ABCD")));

    [Fact]
    public void A_password_that_must_be_changed_is_these_bytes_both_ways() => Golden.BothWays(
        "3C 00000007 45787069726564 00000000", new UserauthPasswdChangereq("Expired", ""));

    [Fact]
    public void No_secret_is_in_a_text_form()
    {
        var request = UserauthRequest.Of("anna", "password", new PasswordFields("s3cret"u8.ToArray(), null));
        Assert.Equal("UserauthRequest password", request.ToString());
        Assert.Equal("PasswordFields ***", new PasswordFields("s3cret"u8.ToArray(), null).ToString());
        Assert.Equal("UserauthInfoResponse ***", new UserauthInfoResponse(["s3cret"]).ToString());
    }

    private delegate TFields FieldReader<TFields>(ref WireReader reader);

    private static TFields Fields<TFields>(string hex, FieldReader<TFields> read)
    {
        var reader = new WireReader(Golden.Read<UserauthRequest>(Golden.Bytes(hex)).Fields);
        var fields = read(ref reader);
        reader.End();
        return fields;
    }
}
