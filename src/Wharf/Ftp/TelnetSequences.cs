namespace Wharf.Ftp;

/// <summary>What a byte of a control connection is.</summary>
internal enum TelnetByte
{
    /// <summary>A byte of the text.</summary>
    Data,

    /// <summary>A part of a Telnet sequence: no text.</summary>
    Taken,

    /// <summary>A byte of the text, and the 0xFF before it is one too: the peer does not double the 0xFF of a name in a national code page.</summary>
    DataBehindIac,
}

/// <summary>
/// Takes the Telnet of RFC 854 out of a control connection, at either end of it: options are refused as RFC 1123 section 4.1.2.12 allows
/// (DO is answered WONT and WILL is answered DONT), everything else (IP, DM, AYT …) is silence, and a doubled 0xFF is one byte of the text.
/// </summary>
internal struct TelnetSequences
{
    private const byte Iac = 255, Dont = 254, Do = 253, Wont = 252, Will = 251, FirstCommand = 240;

    private byte _before;
    private byte[]? _refusal;

    /// <summary>What a byte is, given those before it.</summary>
    public TelnetByte Take(byte b)
    {
        byte before = _before;
        _before = 0;
        switch (before)
        {
            case 0 when b != Iac:
                return TelnetByte.Data;
            case 0:
                _before = Iac;
                return TelnetByte.Taken;
            case Do or Will:
                // One refusal a read is enough for any peer that negotiates; a flood of options gets no flood of answers.
                _refusal ??= [Iac, before == Do ? Wont : Dont, b];
                return TelnetByte.Taken;
            case Dont or Wont:
                return TelnetByte.Taken;
        }

        if (b is Do or Dont or Will or Wont)
        {
            _before = b;
            return TelnetByte.Taken;
        }

        return b switch
        {
            Iac => TelnetByte.Data,
            >= FirstCommand => TelnetByte.Taken,
            _ => TelnetByte.DataBehindIac,
        };
    }

    /// <summary>What is to be sent back, once; null for nothing.</summary>
    public byte[]? TakeRefusal()
    {
        byte[]? refusal = _refusal;
        _refusal = null;
        return refusal;
    }

    /// <summary>Forgets a sequence that has begun, and what would be sent back.</summary>
    public void Forget() => this = default;
}
