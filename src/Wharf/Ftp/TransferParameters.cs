namespace Wharf.Ftp;

/// <summary>TYPE, RFC 959 section 3.1.1.</summary>
internal enum DataType
{
    /// <summary>A: lines end with CRLF on the wire.</summary>
    Ascii,

    /// <summary>E: the code page of the setting.</summary>
    Ebcdic,

    /// <summary>I: bytes as they are.</summary>
    Image,

    /// <summary>L 8: as I, since our bytes have eight bits.</summary>
    Local,
}

/// <summary>STRU, RFC 959 section 3.1.2; P is refused.</summary>
internal enum Structure
{
    /// <summary>F: no inner structure.</summary>
    File,

    /// <summary>R: records; of a text file its lines.</summary>
    Record,
}

/// <summary>How the next transfer represents and sends a file, RFC 959 section 5.1: the defaults are A, N, F and S.</summary>
internal readonly record struct TransferParameters(DataType Type, char Format, Structure Structure, char Mode)
{
    /// <summary>TYPE A N, STRU F, MODE S.</summary>
    public static TransferParameters Default => new(DataType.Ascii, 'N', Structure.File, 'S');

    /// <summary>Whether the wire carries exactly the bytes of the file.</summary>
    public bool IsPlain => Type is DataType.Image or DataType.Local && Structure == Structure.File && Mode == 'S';

    /// <summary>How listings go, whatever TYPE is: as text, in EBCDIC only where that was asked.</summary>
    public TransferParameters ForText => this with { Type = Type == DataType.Ebcdic ? DataType.Ebcdic : DataType.Ascii };
}
