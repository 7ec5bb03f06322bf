using Wharf.Accounts;
using Wharf.Ssh.Authentication;

namespace Wharf.Ssh.Agent;

/// <summary>A key of an agent as one to log in with; security keys work so too, since the agent asks the token.</summary>
internal sealed class AgentLoginKey(AgentClient agent, AgentKey key) : LoginKey
{
    public override PublicKeyBlob Public => key.Key;

    public override IReadOnlyList<string> SignatureAlgorithms => key.Algorithms;

    /// <summary>It may ask somebody, or want to be touched.</summary>
    public override bool AsksFirst => true;

    public override ValueTask<byte[]?> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
        agent.SignAsync(key.Key, SignatureAlgorithmNames.WithoutCertificate(algorithm), data, cancel);
}
