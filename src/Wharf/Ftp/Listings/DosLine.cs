using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>LIST as the DIR command of DOS writes it: <c>01-02-26  03:04AM       &lt;DIR&gt;          name</c>. Times are UTC.</summary>
internal sealed class DosLine : LineFormat
{
    public override bool Write(LineBuffer into, Entry entry, string prefix, string name, string? target)
    {
        var time = entry.Modified;
        into.Digits(time.Month, 2);
        into.Write((byte)'-');
        into.Digits(time.Day, 2);
        into.Write((byte)'-');
        into.Digits(time.Year, 2);
        into.Write("  "u8);
        into.Digits(((time.Hour + 11) % 12) + 1, 2);
        into.Write((byte)':');
        into.Digits(time.Minute, 2);
        into.Write(time.Hour < 12 ? "AM"u8 : "PM"u8);
        if (entry.IsDirectory)
        {
            into.Write("       <DIR>          "u8);
        }
        else
        {
            into.Right(Math.Max(entry.Length, 0), 21);
            into.Write((byte)' ');
        }

        return into.Name(prefix) && into.Name(name);
    }
}
