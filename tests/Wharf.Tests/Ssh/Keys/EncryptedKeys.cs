namespace Wharf.Tests.Ssh.Keys;

/// <summary>Encrypted key files of other programs, made for these tests and nothing else; the passphrase of each is "correct horse".</summary>
internal static class EncryptedKeys
{
    public const string Passphrase = "correct horse";

    /// <summary>Name, file and fingerprint of each; "Putty3" needs Argon2.</summary>
    public static IReadOnlyList<(string Name, string File, string Fingerprint)> All =>
    [
        (nameof(OpenSshEd25519), OpenSshEd25519, "SHA256:v95pjgcDlFshvU4ljT63rFXklFkC3EkqKwnwHMXQjm4"),
        (nameof(OpenSshEcdsa256), OpenSshEcdsa256, "SHA256:B/qYe+3CZKX1wXpWO9+tAEFkG76TVZXr4O2N0D3se1g"),
        (nameof(OpenSshEcdsa384), OpenSshEcdsa384, "SHA256:R9UeQshOR6snWQEQWusMjlr+rRM3EHXUBTtEjUWkox0"),
        (nameof(OpenSshRsa), OpenSshRsa, "SHA256:3sEf74UA89UnzHkMnB36R6FlwDfbDsuAaflMy+hCf1c"),
        (nameof(TraditionalRsa), TraditionalRsa, "SHA256:3sEf74UA89UnzHkMnB36R6FlwDfbDsuAaflMy+hCf1c"),
        (nameof(TraditionalEc), TraditionalEc, "SHA256:pWmhd13tdVJ2FqmTbJilrt1ZqzqyHjoxAqEAuQZxgSI"),
        (nameof(Pkcs8Ec), Pkcs8Ec, "SHA256:B/qYe+3CZKX1wXpWO9+tAEFkG76TVZXr4O2N0D3se1g"),
        (nameof(Pkcs8Ed25519), Pkcs8Ed25519, "SHA256:TZDZ5c1Wux5OD7WmD3uqO7VQ15x0tfsus2XI5veqvjU"),
        (nameof(Putty3Plain), Putty3Plain, "SHA256:op+etargSacgeuGg8m5640CQqExEjnckpfnJgQvPrxE"),
        (nameof(Putty3PlainEcdsa), Putty3PlainEcdsa, "SHA256:B/qYe+3CZKX1wXpWO9+tAEFkG76TVZXr4O2N0D3se1g"),
        (nameof(Putty2), Putty2, "SHA256:op+etargSacgeuGg8m5640CQqExEjnckpfnJgQvPrxE"),
        (nameof(Putty2Rsa), Putty2Rsa, "SHA256:3sEf74UA89UnzHkMnB36R6FlwDfbDsuAaflMy+hCf1c"),
        (nameof(Putty3), Putty3, "SHA256:op+etargSacgeuGg8m5640CQqExEjnckpfnJgQvPrxE"),
    ];

    /// <summary>ssh-keygen -t ed25519 -a 4 -Z aes256-ctr</summary>
    public const string OpenSshEd25519 =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCGsz5lLx
        x2jxbAuy+BgEK5AAAABAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIAQscp2ahtqg4cw6
        0TCcko/tBnR9symvO6sTncSPk6H3AAAAkMKj9BFiik00orv21Oj0ayI0kO634pJ3EM6bXK
        HbnZ/DItouoSUF5sSpEl0H9D4xD+AuDeaYT/3i7IM21u7WoYgSk17KgIT2smNG5El2b0xE
        APGpzHrYeV5xM1CV5hJAMK4iZBDG0IXFzyaJY6fgEB2EFFTmXOaHgrRVpacb/o84Bf/2AO
        KNlVp25GDLUC1gZg==
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>ssh-keygen -t ecdsa -b 256 -a 2 -Z aes256-gcm@openssh.com</summary>
    public const string OpenSshEcdsa256 =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAAFmFlczI1Ni1nY21Ab3BlbnNzaC5jb20AAAAGYmNyeXB0AA
        AAGAAAABDO/EFvjE0aJeIrw/n0WnVeAAAAAgAAAAEAAABoAAAAE2VjZHNhLXNoYTItbmlz
        dHAyNTYAAAAIbmlzdHAyNTYAAABBBFmKrMRf2qcPdsj3dzMTYt1MgdfsKyCkLBHiszOUJz
        4OOPaOU3v7bxbsuojpXVsGG2vNiqRv8iFoyMZiDCQ0NncAAACwa5QrOR1WZA/MwrXK6d+N
        Hp1puJLq3uwtgqwyATJaTqtxJYXhc4pazPtGTn/QcPjV88THB6xgFYuXQ5DvmPqlSsSJbz
        Rky0cYUSaX5uMHaRARSmTsV4FAeB4xBXkw/N0vm5YcoyuWn9y4Oo+Qu9atOictnOJdjk0m
        joxT69RaEX0FiI1j7UsNrTQg0k5REkVI7kvyQDHvw7fLYXIJgLzKjEY0tpgxxikUSOCyXO
        3cFJINS7chGVLKco9X8Ig5vRHZ
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>ssh-keygen -t ecdsa -b 384 -a 1 -Z aes128-cbc</summary>
    public const string OpenSshEcdsa384 =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAACmFlczEyOC1jYmMAAAAGYmNyeXB0AAAAGAAAABC6RIyX8f
        7qCGAPhVgACROvAAAAAQAAAAEAAACIAAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlz
        dHAzODQAAABhBK6FFqfBvMWUXFRWuMzMuTaFSKJI5MnAJLfeo+mFnAZl8Zh/bq3TEJL/J4
        L118ujCYgyQSi360HHp2VNlzD1S2jmxjFw0dLJbGlhhvwaJvOo3JgorsypqBP6cJKevyk/
        EAAAAOBK0/JdNdbjL2qgERmMY06hdXgpmsG4QOTe8UcnN1N05KaQCMMVB0QUTMltN3oNlv
        VSkbXLF0IXcl0kbYzcz1SAuNdDtQ2X1wN/s5l0Ol8qSP28KAXM4Id0JWYJ3y190Hp58OYz
        53tzrTFXYdQoTxTffpuQeFrddYSG7XKMsa5QawvaLlgdR6sUQs1QLy48zkCyFkOp/RTAsv
        FY8VoMXRd5TvNp5tX5udnghpQjKlDSjvyyoDdAK7rw7kZ+9Wk+i0w7wqWOHLe5dYKRSbej
        Ae4oDZKrI8D4z2o3MO5thNNnKw==
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>ssh-keygen -t rsa -b 2048 -a 1 -Z aes192-ctr</summary>
    public const string OpenSshRsa =
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAACmFlczE5Mi1jdHIAAAAGYmNyeXB0AAAAGAAAABBv99yLo6
        faTLk5m/N8ALc1AAAAAQAAAAEAAAEXAAAAB3NzaC1yc2EAAAADAQABAAABAQC5Gmd7Rmdx
        Fhts4iz5bXyp6oc+UX/oHaICtixC39MJ9Vu3ip3IJHlP3wr6wEMwzK8e0aBVBs4+S1z/yr
        ekPF4FXoV1dRdN7vUL1RqTM962Gbe+K5Ho10wHJr3AIyo8W9itMIuhSybgVta6j8eOr5K/
        q0oU/WL7roNVRHmTlb7c3BwLN4DifAoGmP0t+0rn36ixm8k8kv9Rh4NEXamFF+9rv3/7Bj
        Ez+oXLxo5/+OxfNEPR1zpeL2mHfZP4BrpRIco48CeAtjgrerbNtToymxqB3AGmLKUz4g+c
        vsPFwkzYEBQFO+WCfWrDO2N5/2lwzlXUkXHJQkwc6bxrXbEtlViJAAADwHI31X2CHr10AW
        z+IGBH31dtHKR4dZ//rbnmWDpUMiWXQB8DN29V7ypSQukLzvK1CWXZW7WofYRApcJzUMnc
        YcR+5a9c7NnCFSiUXfiiCxHLM0shOy5OU2vdPMBvpU7zFhvgJOvPSX0JcWxWdyRKLXScsH
        fZUzZ3kxai9VjEWgVr1JbFOYToJtbSjq1e6W+qNKQi1Xl5mzVFngPwqsmsGYupljlwE1D3
        y5hIFpZmMXxIy1OkbSfetNHyze5hHCp6/X89sQtA59oGIGLBU5wPsVDPo6jAgsTfriTx49
        rufuB/qbNdp/AOw/l083u1A72ibRKCRhOfvvB3Ll7KN3IXYZiiG2sW9Mdh+qP0WtN63rO+
        DwDkWSm+twv1RQrJknQgVzIG3ImpTCbGqmaraGpCrUFzRa51r8sIVRmzYz607OVAIap8/+
        PCC9hhz1rVxBpLlgvCFAPe+ip0APWa39Zl0pegm29pmQzVSYl1igJnFM/7m0HiMH9Z2dog
        +iL1aS0PvXuqLgCiP8EQQvoowFQAsAE5o0Mh4zlgAaIR6iI5jijRCtoC5I5cfQOL1g5Szj
        txLchXmeQjMUEi0ofweO3zNX2aFjbZCnXj1NwVBzLnkR6hnAumBQFshbtoBoXlvx0rvrlg
        DvU+/ZwoNmtdaclTVGg7ArfUsYm6WF2k7+DoqOMn0oemr7OEYKWuLyIihS1zqz/lVnH6um
        t2g12Jabl3876oJ0qWFPp0b9KUH/Antxh6SeokWeA/t63B8lpslzGn3eKcG7Egqq/A/hhr
        u+vi+J/w3mIeF/4UAme+n+ztf89lhRDivZ7hiKdk/VV58I7usya1s84hQiWcDBtj2foexn
        CdNCmDFben3dSN7bPhozKEMGe+03Xt6ebNQrhpWVL5d3hKvGPLMaNsVcvft54+6UyONrbc
        diq2k16XeswgVAY7DRW4hcX8Gu7F8G34izx6DYXcZYnYldecVXpFvks3qCE7gf72rLkhFm
        8u68sMr0vnoJ3Ocv7Dq5W+aT3Z2Bpv8RNmTtSx75AubFHtNywcr6J7i8AiTpDrixwitA+o
        roYuY/fo40UnLfWIb90UMiG1ZBYEwKfZ4PK7OWolYTvlVwP/DR+asYxFHXxz1sT+pgT+n6
        UP0wLUzcF8ex1b3i6FsTEf0KsymdEn8tpw/abIei+6597o0K8y3my26AjiDGL6OI0+t9xp
        CDOM1Rc5sjm2Bge/Nox4nvt6iJL0MQfziG9GdSqaAe20DWpt6RoTyqKcAgNVsqwFvArzOQ
        EkhpoH+A==
        -----END OPENSSH PRIVATE KEY-----

        """;

    /// <summary>ssh-keygen -p -m PEM: AES-128-CBC by DEK-Info</summary>
    public const string TraditionalRsa =
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,14B0E9554E7B9D8D545402CB8B62637A

        Qu9rRPtztQINcoRneSbWAFgqlex/CpKkEjjWQcE0oL9t3qicNNchXtY+Fg7OZXMI
        ofBYWrBq6YXaAPjpje4Yfv++tQfPIirbk6ARY/PPgAk6HBBg/4UeeAGh9QT6kyJ5
        lq9NEoaT4d9Vre8sh5q7Y43Bxv+BwkL26c7c8NZOFqjhCNNoKHSHFahAd5KzJfZj
        s6CBsKlX0r7yvjNek4vnXAUdpQldAUCyMklY8eJV5oWlAKS5zMyW5BeSKsNGBVEg
        u8o/lTMOllcrUJcCuHc2HN56GGUf4MlFViFVR06ciI7oT4CQew0fHTwLJGbnpMUA
        i8T1QzsPBE3hXEjDtJI1e/feo7JwO/Lct9Xp2qvp7v7D/1px/v17Pi/FcQsGGvVQ
        20qynrIQKOzZjo76SAx6DJZDgVl6smLXPEq3LoZUcx8k4I8/AsWaUpeNf6QwpXbi
        iIWCkg4zOXWqD/4L2Z3rXWcLmTmQC+2BlBWMOm2I8WhEK73mvflfOM94AZi0i/mE
        kW3nQgDCE+1/yZqkASi/ilrH2qB6MEtPD/4T0iwJ8eDjdX7hGgNMm1Uhppd+zaCt
        8d5/Hm66W7MYPkbq2S0iRQB9L0C0H1CNA7iqsHjvhLyPbHdZb7ysrKTemM8rxMzM
        Y2fMcOJLQc+Wti2JN3l6I5ovw8h8Q3am9V9kJMFk58xuIYteG4J0x0BkPC12rW0e
        CEaXL8zEKuGG1KOBZTiFJEUOODGBUMm6LwchWeMCDJtW2Nzslj/DTb7GZeeAhOmr
        W+lacjddQx/0tefZGreGQ6V31jtjGT+LJUeAZYti28OdeG+9nrDR9GjT79NzZbx3
        ktfKJFnt+0o+HmGLpFM0QsqhccrfdqZEYyRrz2jIvYEKxgG9eXqergiRL+FbnEzf
        24Uvowgx8zrGt54NtB/KeHRxnNl3cENK1A0q9Hl7nt2fdqoHOi3+a6AUSYCWY0ee
        kOJDPaDtmJ5Xp//AB6xKhs7Je9JGDiEenH4XZZv2Bkv9uBD1qDCA4JW9dI6mqKGH
        tYK013QYk78YykOSFEI/Bt8Y/GnwNWzW8gvCptG5ObPj4ofK/OqD0a+Gd/cWQU/H
        vFAlEGalM/a/DZFEYCuCzqC4bvaH9YdeMU6cw2vbncxd6hW4GDH5WFqPZVNd8uqu
        P6cT6CnO4WUu3igfSLP9j7bZiS9vLYCqLf7qcm51dgcJAJPJMjRXzsVvFCHjJA4K
        BK6he3WY5aWwWsjhaThi6+ce12kg51cqn5NhZW+PSGEgSoPzJUBdRoyVX++gMnkz
        I9QTO0woEbBTbIy0lvB+nQgkNDlms5PPzM144zfjcZMTGq+SsGyQJt3oGcqhgVlW
        b+sUc0Sg1sLWJrnQfR5axxVUvCzR2J4aUnlC0jsGwKq3vD9NipfDL0RoVdoQqnYv
        Kvsjp7tkz8ShEyILBirkfOehaACp/vDMQuROIKgcFcANX6n2rpuwq2Fs35sFGLYl
        2rh2N7cqS+12VBCBcGN75RLXk+BYiF89765JheytqrOlgQTJ9Ju7upzbRA2xwQWe
        +IJGFKQQhdeFZVrLfP+7+uDZTgzZ9FKgdH3YkbYwjCeMHHU6hA+rywmP9/8+dT/a
        -----END RSA PRIVATE KEY-----

        """;

    /// <summary>openssl ec -des3</summary>
    public const string TraditionalEc =
        """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: DES-EDE3-CBC,FD7D9BB639F23D7D

        FiTTe2k9ouxOBVP56VGja9zxts8/TqD0fzTnFlKFTknTQS171RMJPtS3tK0ab7RG
        uXW1pcK2FThWVFaIQ9aqoa9/+AZ8Z5BuD6whu+TSLzqDEZQsKIQPGEs+EgHIsZFB
        PIctR1lH+z+979Iy2SnpODoUmBvhyhmO5ONKF1iu132KP2uEzUIw5hsxeaXhJYAV
        Vc+Ce7sISis4U31RPMdXzre3WvelxnM8
        -----END EC PRIVATE KEY-----

        """;

    /// <summary>openssl pkcs8 -topk8 -v2 aes256</summary>
    public const string Pkcs8Ec =
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj+ECagbcRO2wICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEA1PWeugo+PASqxy7EEOd1UEgZD7
        JYaTW0nykjwn1LqNavyywM9gO9JREbXROERo3DaDnOnVSluAtwUvaDOex4vZYKG9
        9qkhkO7eD3u9ObvA20NjUEw5C7GqdzFFaGpuI6w+WDJtcnLbDPRv4bhxvR1oykT1
        GcXd17nV43KGZtEf7yGC2MQYGNywNt5DNHhaC913Aq96wjl0Rlogvelx4fV+rC0=
        -----END ENCRYPTED PRIVATE KEY-----

        """;

    /// <summary>openssl pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 1000</summary>
    public const string Pkcs8Ed25519 =
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgmQvl12MjDRQICA+gw
        DAYIKoZIhvcNAgsFADAdBglghkgBZQMEAQIEEGo47wItHbBwVFCSugkF/NIEQJek
        PEulF4kU2dAjEPSib6QtVruJ13iZ78d3Ldiujw/qlm5RkypjPHMEzZzEpvdSpkiA
        o2QH2HYcB2FDAt6v0jo=
        -----END ENCRYPTED PRIVATE KEY-----

        """;

    /// <summary>puttygen, version 3, not encrypted</summary>
    public const string Putty3Plain =
        """
        PuTTY-User-Key-File-3: ssh-ed25519
        Encryption: none
        Comment: plain@wharf
        Public-Lines: 2
        AAAAC3NzaC1lZDI1NTE5AAAAIMUoRjBqHRGQfYwlhXZQ+N750UzQQzxhszS7bkvw
        vT8g
        Private-Lines: 1
        AAAAILYbFOvS+Y3BtFd51E6fRUfxxcn0wa33Uu/QNy76EHA+
        Private-MAC: 88559b2b77bf5ba22b5cec1fa8a79e93d52a69e12196259892507c5dab69bfef

        """;

    /// <summary>puttygen, version 3, not encrypted</summary>
    public const string Putty3PlainEcdsa =
        """
        PuTTY-User-Key-File-3: ecdsa-sha2-nistp256
        Encryption: none
        Comment: enc@wharf
        Public-Lines: 3
        AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFmKrMRf2qcP
        dsj3dzMTYt1MgdfsKyCkLBHiszOUJz4OOPaOU3v7bxbsuojpXVsGG2vNiqRv8iFo
        yMZiDCQ0Nnc=
        Private-Lines: 1
        AAAAIG/2tYTlckjTjbbGtOohqCuAuoVj6Ja5oE0hrUZUKZ+x
        Private-MAC: 5ab55a20b0e1608bb9a32a4d197013dd7cc92de6c4865158d16460b29fe6eca5

        """;

    /// <summary>puttygen, version 2</summary>
    public const string Putty2 =
        """
        PuTTY-User-Key-File-2: ssh-ed25519
        Encryption: aes256-cbc
        Comment: plain@wharf
        Public-Lines: 2
        AAAAC3NzaC1lZDI1NTE5AAAAIMUoRjBqHRGQfYwlhXZQ+N750UzQQzxhszS7bkvw
        vT8g
        Private-Lines: 1
        PEa9ZBFbH/tARMC+GVqAJYLL+94WqcmNEiHiJlx3CcgPM/4lWtcewgilkxcRFBpK
        Private-MAC: 11b50037b23e01bad207f20bb401f0f16082b87d

        """;

    /// <summary>puttygen, version 2</summary>
    public const string Putty2Rsa =
        """
        PuTTY-User-Key-File-2: ssh-rsa
        Encryption: aes256-cbc
        Comment: enc@wharf
        Public-Lines: 6
        AAAAB3NzaC1yc2EAAAADAQABAAABAQC5Gmd7RmdxFhts4iz5bXyp6oc+UX/oHaIC
        tixC39MJ9Vu3ip3IJHlP3wr6wEMwzK8e0aBVBs4+S1z/yrekPF4FXoV1dRdN7vUL
        1RqTM962Gbe+K5Ho10wHJr3AIyo8W9itMIuhSybgVta6j8eOr5K/q0oU/WL7roNV
        RHmTlb7c3BwLN4DifAoGmP0t+0rn36ixm8k8kv9Rh4NEXamFF+9rv3/7BjEz+oXL
        xo5/+OxfNEPR1zpeL2mHfZP4BrpRIco48CeAtjgrerbNtToymxqB3AGmLKUz4g+c
        vsPFwkzYEBQFO+WCfWrDO2N5/2lwzlXUkXHJQkwc6bxrXbEtlViJ
        Private-Lines: 14
        Su3aWf+I57beM7HgSWcwgfv+kdGcgl4ju0kiHedN/8iA7fHMvdVdyFdsKQUAqHy7
        XsyJbUTJ6v16h81WgE63j0pQNmcQ0Iy3sqVsNX1q50prsfI7ZRQFGfUbpbJa5gL/
        VwWx7IYaxWb2sBXzIwh0a0BbMMDlrbzFH/Od5o1MFjsLSOEOVo8UlYCVihjN+0IY
        Lj08317uVUMs1OcG8Nmf+L2rFbfU2wviS3+dRGgruuJ9X3Dm4lqvJ+tdSH7rwa6x
        lD7m1kVDDIPsH/gti22sm2ElnBYzohPIqxqlarIuvyv19PG/wGM7SErEfcizB4tq
        ldNnHrzm4105CFQLW6bVdLE1zb3/cTfPRKQJA1uNhIHK/f0k4qfe5f9K/euwwjFL
        4BCGLegOiMKmB9IqRuvDQv3Mn0Tdh4RM6N1Be3Knn7M+AotpQcdXxOHmei9sc2oD
        d+8DnYnaf7wv95gewm+jSCWfqm4h5AlvHyhz/WyDj4S2sDqv9OaMeO5QsQOnjpeq
        d443cSzHxumOyIJiwQU1Oy5rp8hjGhdiwLeBjn8nNaP7lAlpRC/bY+BLDKgD860V
        abGnnZMNtJkgR3RiEqVuP/nE96nCAHiP3Ay7n+u/Iap7aGIQMIdUtqktyvzwnMS2
        yVXGBt1jDPeoP8gtQjm7I49gUMRfSCrPnOMjP/uKNWK/D+cA3kx3KnEwhFAb2NNd
        yfq5RJ7ksoHN3qyexwhIAg7+w06QwdyWKBSPPX/1K5l4WvUs0Z/4Zy2YeI4+deI3
        fgpLaLVefLjK1+PRMSwyUHWqAg5gt35EL25WvN0ldKY2oT+lXtzjBrvkKQMCmPPy
        nsrhjke4gz6EwLta9wurv+ku0gzgazhSVOJqqXlTEcTijlC0lLBq++0PsA8PbS0B
        Private-MAC: 9b218b9a85ee46d2be76036913e18e78149a563d

        """;

    /// <summary>puttygen, version 3 with memory=64, passes=1</summary>
    public const string Putty3 =
        """
        PuTTY-User-Key-File-3: ssh-ed25519
        Encryption: aes256-cbc
        Comment: plain@wharf
        Public-Lines: 2
        AAAAC3NzaC1lZDI1NTE5AAAAIMUoRjBqHRGQfYwlhXZQ+N750UzQQzxhszS7bkvw
        vT8g
        Key-Derivation: Argon2id
        Argon2-Memory: 64
        Argon2-Passes: 1
        Argon2-Parallelism: 1
        Argon2-Salt: d5df66dcf1e5dd844dc555fad48c0668
        Private-Lines: 1
        vcCSaNCea9A03WkXA6uUpSiTF5Qzpgpp40T7wdZxsQtTht8HNv8sQshPzMLAV9U6
        Private-MAC: 1a18bb229fe7958682b57ac82e28c28556a227900c1fd2352fd622c987664f6f

        """;
}
