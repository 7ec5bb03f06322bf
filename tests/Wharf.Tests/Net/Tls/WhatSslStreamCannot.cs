using Wharf.Net.Tls;
using Wharf.Tests.House;

namespace Wharf.Tests.Net.Tls;

/// <summary>What the portable engine cannot do: the tests of the contract skip these, and PROTOCOL.md says what that means.</summary>
public sealed class WhatSslStreamCannot
{
    private static readonly TlsAbilities[] List =
    [
        TlsAbilities.BindsSessions,
        TlsAbilities.RenewsTickets,
        TlsAbilities.RevocationLists,
        TlsAbilities.Staples,
        TlsAbilities.OffersSessions,
    ];

    [Fact]
    public void The_list_is_all_that_it_cannot() =>
        Assert.Equal(List, Enum.GetValues<TlsAbilities>().Where(ability => !TlsProviders.SslStream.Abilities.HasFlag(ability)));

    [Fact]
    public void OpenSsl_can_all_of_it()
    {
        Assert.SkipWhen(TlsProviders.OpenSsl is null, "libssl is not on this machine.");
        Assert.DoesNotContain(Enum.GetValues<TlsAbilities>(), ability => !TlsProviders.OpenSsl.Abilities.HasFlag(ability));
    }

    [Fact]
    public void The_document_says_so_too()
    {
        string document = Repository.Read("PROTOCOL.md");
        Assert.All(List, ability => Assert.Contains($"`{ability}`", document, StringComparison.Ordinal));
    }
}
