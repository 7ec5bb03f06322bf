using System.Security.Cryptography;
using System.Text;
using Wharf.Ssh;

namespace Wharf.Tests.Ssh.Dialogues;

/// <summary>
/// The same bytes every time, for each length apart: cookies have 16 bytes, ephemeral keys 32, paddings less, and each kind is
/// asked for in the same order, while the kinds may overtake each other.
/// </summary>
internal sealed class DialogueRandomness(string seed) : Randomness
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _times = [];

    public override void Fill(Span<byte> into)
    {
        lock (_gate)
        {
            int times = _times.GetValueOrDefault(into.Length);
            _times[into.Length] = times + 1;
            SHA512.HashData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{seed} {into.Length} {times}"))).AsSpan(0, into.Length).CopyTo(into);
        }
    }
}
