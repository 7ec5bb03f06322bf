namespace Wharf.Cli.Shell.Line;

/// <summary>A line of a batch without what stands before its command: "-" ignores its failure, "@" hides its echo, in any order (sftp(1), -b).</summary>
/// <param name="Command">The rest.</param>
/// <param name="IgnoresFailure">Whether the batch goes on where it fails.</param>
/// <param name="IsHidden">Whether it is not echoed.</param>
internal readonly record struct BatchLine(string Command, bool IgnoresFailure, bool IsHidden)
{
    public static BatchLine Read(string line)
    {
        bool ignores = false, hidden = false;
        int at = 0;
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }

        for (; at < line.Length && line[at] is '-' or '@'; at++)
        {
            ignores |= line[at] == '-';
            hidden |= line[at] == '@';
        }

        return new BatchLine(line[at..].TrimStart(' ', '\t', '\r'), ignores, hidden);
    }
}
