using System.Globalization;

namespace Wharf.Cli.Listing;

/// <summary>Sizes as people read them.</summary>
internal static class Sizes
{
    /// <summary>"512", "1.5K", "23M": powers of 1024, rounded up as ls -h does.</summary>
    public static string Human(long bytes)
    {
        const string Units = "KMGTPE";
        if (bytes < 1024)
        {
            return bytes.ToString(CultureInfo.InvariantCulture);
        }

        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        // Rounding up may reach the next unit: 1023.9K is 1.0M.
        if (Math.Ceiling(value) >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return (value < 10 ? (Math.Ceiling(value * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture)
            : Math.Ceiling(value).ToString("0", CultureInfo.InvariantCulture)) + Units[unit];
    }
}
