using System.Security.Cryptography;

namespace Wharf.Ssh;

/// <summary>Where cookies, paddings and ephemeral keys come from: an argument, so that a dialogue can be replayed byte for byte.</summary>
public abstract class Randomness
{
    /// <summary>The operating system's generator; the only one outside of tests.</summary>
    public static Randomness System { get; } = new SystemRandomness();

    /// <summary>Fills all of it. Safe from any thread.</summary>
    public abstract void Fill(Span<byte> into);

    private sealed class SystemRandomness : Randomness
    {
        public override void Fill(Span<byte> into) => RandomNumberGenerator.Fill(into);
    }
}
