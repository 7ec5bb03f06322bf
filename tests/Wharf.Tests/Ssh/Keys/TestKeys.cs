using System.Text;
using Wharf.Accounts;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Keys;

/// <summary>Keys that ssh-keygen of OpenSSH 9.2 made for these tests and nothing else.</summary>
internal static class TestKeys
{
    /// <summary>-t ed25519 -C golden@wharf</summary>
    public const string Ed25519File =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
        QyNTUxOQAAACAitHT+NLP5GnMJLb0XpAuei9HC74i2F5gShyL3hIMxDAAAAJDkp8lW5KfJ
        VgAAAAtzc2gtZWQyNTUxOQAAACAitHT+NLP5GnMJLb0XpAuei9HC74i2F5gShyL3hIMxDA
        AAAECC188nxcUNf4DPeeKht6ON2Eo9z/ZtmA38WQHezOfdJiK0dP40s/kacwktvRekC56L
        0cLviLYXmBKHIveEgzEMAAAADGdvbGRlbkB3aGFyZgE=
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>-t ecdsa -b 256 -C golden@wharf</summary>
    public const string EcdsaFile =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
        1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQRKhpWmvsR270NPOF4Mbwj8lL4xXJ5K
        OLJvnmTLZfJIy7RDe2IKEk4xbSxT+S3qBDdZ9sOTfxek598HNoOKJGeFAAAAqORS3lXkUt
        5VAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEqGlaa+xHbvQ084
        XgxvCPyUvjFcnko4sm+eZMtl8kjLtEN7YgoSTjFtLFP5LeoEN1n2w5N/F6Tn3wc2g4okZ4
        UAAAAgSV/4I96yXMU5oZqjTQslRdhf1SYhVcnfQEX1VaaeWkcAAAAMZ29sZGVuQHdoYXJm
        AQIDBA==
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>-t ecdsa -b 384 -C golden@wharf</summary>
    public const string Ecdsa384File =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAiAAAABNlY2RzYS
        1zaGEyLW5pc3RwMzg0AAAACG5pc3RwMzg0AAAAYQRExIBCdx8SsJv4eiJoexFwSH7hOVeS
        +Sscs1NyWlic6v8LvFjSsgAkA5EAKD3hGh10Z18PD905XXnYZ3VWJefTCd0H8sLopXMIj+
        t2efNkbQNwJzs0tUdfVydNSXlzCF8AAADY7WALQe1gC0EAAAATZWNkc2Etc2hhMi1uaXN0
        cDM4NAAAAAhuaXN0cDM4NAAAAGEERMSAQncfErCb+HoiaHsRcEh+4TlXkvkrHLNTclpYnO
        r/C7xY0rIAJAORACg94RoddGdfDw/dOV152Gd1ViXn0wndB/LC6KVzCI/rdnnzZG0DcCc7
        NLVHX1cnTUl5cwhfAAAAMQCuwZP/bbp0CFH90qgdz9h2znVTr+f6sRN6V8hF83NZCIa6jz
        ptRRT4muVCYcSuChgAAAAMZ29sZGVuQHdoYXJmAQID
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>-t ecdsa -b 521 -C golden@wharf</summary>
    public const string Ecdsa521File =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAArAAAABNlY2RzYS
        1zaGEyLW5pc3RwNTIxAAAACG5pc3RwNTIxAAAAhQQBFto7EwszsiTiQWRZl0GeQ/wTHGf9
        7MCsIX/9XTTE3sea+WliFYnOszy3wDXrczJNbAiX1NywLLrZo5+e7MXXq94ABYNUWxzTdv
        qJGWewyXBpT1U/HUOrSUX34SE2jWRW07p/79l/OCu+dbgC7pFCFScqxJVh0eGd4LJqjkBe
        Ii00BWkAAAEQbXacI212nCMAAAATZWNkc2Etc2hhMi1uaXN0cDUyMQAAAAhuaXN0cDUyMQ
        AAAIUEARbaOxMLM7Ik4kFkWZdBnkP8Exxn/ezArCF//V00xN7HmvlpYhWJzrM8t8A163My
        TWwIl9TcsCy62aOfnuzF16veAAWDVFsc03b6iRlnsMlwaU9VPx1Dq0lF9+EhNo1kVtO6f+
        /ZfzgrvnW4Au6RQhUnKsSVYdHhneCyao5AXiItNAVpAAAAQgHUNxBRCroytouNo4r34rwA
        rv/OiWcOaRUc73m83YRjHJYP1aptuWSMNl7w616C88S8Fw+Xyo8ZsrHP1eXgk4k2NQAAAA
        xnb2xkZW5Ad2hhcmYBAgMEBQY=
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>-t rsa -b 2048 -C golden@wharf</summary>
    public const string RsaFile =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAABFwAAAAdzc2gtcn
        NhAAAAAwEAAQAAAQEAiREA+jMYsV8G3s/SJdthR2nYPTSApJUgP9WZaTregqdug3u1lhYC
        kx5naapJpWUdl5OrdRdhKF2vWDY9lMaGi4+f8VGPRUoV3HwD7VX9uglAFvftOF9Fl5rNVM
        nLgB7b79nQwc7UMIOj1bWVWmW9dRPdd5KbiXC3q1JgJPNjMMy+OYdCpbjnmf+Bx8aDJJ6X
        MJbPxMqDCu+L/f1aVEcwhhMShK0wI6o5ezlYHQyZsLmNDMlhKhlouB9ufCza5QfzHxghlI
        TiDCpEBpCX8brTAc04OMtHbrufpQd4TC3xKDpLUv4ql0aiNoiyeEyVbEOJx+2RfdXhb0YT
        ev4frtF5FwAAA8hhuWFIYblhSAAAAAdzc2gtcnNhAAABAQCJEQD6MxixXwbez9Il22FHad
        g9NICklSA/1ZlpOt6Cp26De7WWFgKTHmdpqkmlZR2Xk6t1F2EoXa9YNj2UxoaLj5/xUY9F
        ShXcfAPtVf26CUAW9+04X0WXms1UycuAHtvv2dDBztQwg6PVtZVaZb11E913kpuJcLerUm
        Ak82MwzL45h0KluOeZ/4HHxoMknpcwls/EyoMK74v9/VpURzCGExKErTAjqjl7OVgdDJmw
        uY0MyWEqGWi4H258LNrlB/MfGCGUhOIMKkQGkJfxutMBzTg4y0duu5+lB3hMLfEoOktS/i
        qXRqI2iLJ4TJVsQ4nH7ZF91eFvRhN6/h+u0XkXAAAAAwEAAQAAAQABF8AcvoyLWXkaDKkd
        wSaA5cCiGEmQRloX+DF9a8k7XG9en/1eIXXKy3rClmd46Jn4S+aZi+Kr6jdMKj6KcZy//x
        ik2WQdhs4u0FRNr5pSweEfbcGX6faJk2Pgsa0sK9LQEjn+WZJKgrorKYPz0QzWIp7o5aPU
        0C++r2zxznjzeiNrc/+a7rWF0taOUmX/dqWouf40rIynpv3urbTcw/sEJtTg5jF2NAJ4de
        uaX+/nTk1KsnayHzBPayDy8mRXcepwQknG2CZLvn8DZEd/nAcskm5cbm0jMb2s6JOC/NVS
        uYHc7bIQ4YAwHPeataw5eSw74X/saRLn5PwsH8vv8nKFAAAAgGk2qg3aNPvyF659jCKGF9
        e9JunUmFskntAWrKZICN41Pa82546YBUyXHH3SMJhiyydqk6AJU6zOoJYzEw9ysFy8kKhR
        FYS9u3rFhUQQFj8I8JkQfCAmwxgUt0rJwUHjJH37nfBA19NF/a/Guen+Io8ZYqiRlgHsA2
        ZhDaIEf3UrAAAAgQC8W22tjtlyMTr4Y7CVbTkr6Myw6XlInPCyaUg8BDwFHFIaZoR7kQJe
        /gyxGNUshaww9UMQejFI2iqt6JHNk1gk4CHoq8ojWruCyfCCwROO2jdKZ0RFidQxN02EjX
        O/unD1VxBA6i8FSRW59V+jZX/XlaNXnD/vKMwRfyxPvgosZQAAAIEAukosqXTKKuunMtYF
        mn4ALxQGavZiddwpreRBtvJLddIwLG38bs4y6i6XL5GMS/ozhzVJXl0pUkeSF4GOLAVfgr
        Usluo8RL9A0XXOb+K87h54UdYKhpyyFyTYXkdBRIIz24cMDC4pdmkWBKxvjMecZfuLuwcR
        gRyjnvW12thWYcsAAAAMZ29sZGVuQHdoYXJmAQIDBAUGBw==
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>-t rsa -b 1024</summary>
    public const string SmallRsaFile =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcn
        NhAAAAAwEAAQAAAIEAnxpFSlPMLVWDTl5uubEUQVK5sCr3kM8tQspXYncyPC98fzP2kVHC
        qXyXwhxI5B8h+nC1JwqHZ9ncOLhMyd/Rzpl13JsLdbzo/ynMQxQI30yEfNfVA2D6ABfsVp
        wmVG8SyTCShub0dpsFmD7+oOf71AZKnECtscJYDVzDcOr4IJ0AAAIID2RjBg9kYwYAAAAH
        c3NoLXJzYQAAAIEAnxpFSlPMLVWDTl5uubEUQVK5sCr3kM8tQspXYncyPC98fzP2kVHCqX
        yXwhxI5B8h+nC1JwqHZ9ncOLhMyd/Rzpl13JsLdbzo/ynMQxQI30yEfNfVA2D6ABfsVpwm
        VG8SyTCShub0dpsFmD7+oOf71AZKnECtscJYDVzDcOr4IJ0AAAADAQABAAAAgQCBbnq+C8
        vHeZCXeaU0NUWYGrdrBJlf2dslQbyzIurgIXVzeg91iwEEppJC3IXD5zvaJESK3Trolkhc
        cDov5IAl/Tu4ew+7BpIX3mWbS8dvj9SLaoKUp423lxaxwRkKwozwG1PNHqZ6TmkEL98w47
        SoZG2xim4q8LdEcDyCmJ9+wQAAAEEAqANlPEtuDGfTs2qsRwKoHrOcOe0YazcGuorDTMuB
        khez7MyqMg0TsTUc15k63mT4c3ObGHveoV/1PXR4mX/3DwAAAEEAy2PAgwzi6xGwR0YO46
        jLdmgqFyQzygyFz1OGrbpt9wR8T42w2YvRRb+iZb4fj+S53Py1C6Sf+lDoLVQ0TPqqrQAA
        AEEAyEHgwE0FwCQ/aCMx/2Aw6y9AC5KKXkpXRVhHX5Z3s58tZyOX5wa8Tz2pBJl2NuEgWa
        qG8qinxCqYWH0nHCN7sQAAAAxnb2xkZW5Ad2hhcmYBAgMEBQ==
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>-t ed25519 -N secret -a 16</summary>
    public const string EncryptedFile =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABBAtTgQes
        HsShqs5y/zRv27AAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIGtaYdPYfa38cAbJ
        2KCaurylw1iIiK64RAzyxYQo6NbPAAAAkDVWVOWgE9S+y+TyRdcMoW1fmrLVO2How8oVgY
        Ckx/xUS4ec98+ByGsbmEq+7WZmCGAfLSf8bL3RhOATXh44YI8kqzi7tDHpvj+6BfCsT5Sp
        2GsyB5JOlUXoyllEYTrVJc3TQJv0LAYChEFzrynbF9dHd5dS1PWj+GKJUJm1e3G9qITDEp
        yj8MkTNJxa6Fk/Zw==
        -----END OPENSSH PRIVATE KEY-----

        """;

    public const string Ed25519Line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICK0dP40s/kacwktvRekC56L0cLviLYXmBKHIveEgzEM golden@wharf";

    public const string EcdsaLine = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEqGlaa+xHbvQ084XgxvCPyUvjFcnko4sm+eZMtl8kjLtEN7YgoSTjFtLFP5LeoEN1n2w5N/F6Tn3wc2g4okZ4U= golden@wharf";

    public const string RsaLine = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCJEQD6MxixXwbez9Il22FHadg9NICklSA/1ZlpOt6Cp26De7WWFgKTHmdpqkmlZR2Xk6t1F2EoXa9YNj2UxoaLj5/xUY9FShXcfAPtVf26CUAW9+04X0WXms1UycuAHtvv2dDBztQwg6PVtZVaZb11E913kpuJcLerUmAk82MwzL45h0KluOeZ/4HHxoMknpcwls/EyoMK74v9/VpURzCGExKErTAjqjl7OVgdDJmwuY0MyWEqGWi4H258LNrlB/MfGCGUhOIMKkQGkJfxutMBzTg4y0duu5+lB3hMLfEoOktS/iqXRqI2iLJ4TJVsQ4nH7ZF91eFvRhN6/h+u0XkX golden@wharf";

    public static SigningKey Read(string file) => PrivateKeyFile.Read(Encoding.ASCII.GetBytes(file), out _);

    /// <summary>The bytes that such fields are on the wire.</summary>
    public static byte[] Bytes(Writing write)
    {
        using var packet = Packet.Rent();
        write(new WireWriter(packet));
        return packet.Span.ToArray();
    }

    /// <summary>A key of that type with whatever fields.</summary>
    public static PublicKeyBlob Blob(string type, Writing fields) =>
        new(type, Bytes((in WireWriter writer) =>
        {
            writer.Text(type);
            fields(writer);
        }));

    public delegate void Writing(in WireWriter writer);
}
