using System.Net;
using Wharf.Net;

namespace Wharf.Tests.Net;

public sealed class AdmissionTests
{
    private static readonly IPAddress Trusted = IPAddress.Parse("10.0.0.1");

    private double _dice = 1;

    [Fact]
    public void Sessions_of_all_and_of_one_source_are_bounded_and_places_come_back()
    {
        var admission = Make(new AdmissionLimits { Sessions = 3, SessionsPerSource = 2 });
        var first = Enter(admission, "192.0.2.1");
        Enter(admission, "192.0.2.1");
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.1")));
        Enter(admission, "192.0.2.2");
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.3")));

        first.Dispose();
        first.Dispose();
        Assert.Equal(2, admission.Count);
        Enter(admission, "192.0.2.1");
    }

    [Fact]
    public void Strangers_of_one_source_are_bounded_until_they_log_in()
    {
        var admission = Make(new AdmissionLimits { UnauthenticatedPerSource = 2 });
        var first = Enter(admission, "192.0.2.1");
        Enter(admission, "192.0.2.1");
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.1")));
        first.LoggedIn();
        first.LoggedIn();
        Enter(admission, "192.0.2.1");
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.1")));
        first.Dispose();
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void T25_A_flood_of_silent_connections_evicts_the_longest_waiting_and_lets_a_client_in()
    {
        var admission = Make(new AdmissionLimits { Unauthenticated = 3, EarlyDropStart = 3 });
        var evicted = new List<int>();
        var tickets = Enumerable.Range(0, 3).Select(number =>
        {
            var ticket = Enter(admission, $"192.0.2.{number}");
            ticket.OnEvicted(() => evicted.Add(number));
            return ticket;
        }).ToList();
        tickets[0].LoggedIn();
        Enter(admission, "192.0.2.10");
        Assert.Empty(evicted);

        Enter(admission, "192.0.2.11");
        Assert.Equal([1], evicted);
        tickets[1].LoggedIn();
        Assert.Equal(5, admission.Count);
        tickets[1].Dispose();
        Assert.Equal(4, admission.Count);

        Enter(admission, "192.0.2.12");
        Assert.Equal([1, 2], evicted);
    }

    [Fact]
    public void Who_is_evicted_before_somebody_listens_hears_it_then_and_once()
    {
        var admission = Make(new AdmissionLimits { Unauthenticated = 1 });
        var first = Enter(admission, "192.0.2.1");
        Enter(admission, "192.0.2.2");
        int heard = 0;
        first.OnEvicted(() => heard++);
        Enter(admission, "192.0.2.3");
        Assert.Equal(1, heard);
    }

    [Fact]
    public void Trusted_networks_are_never_refused_and_never_evicted()
    {
        var admission = Make(new AdmissionLimits
        {
            Sessions = 2, SessionsPerSource = 1, Unauthenticated = 1, UnauthenticatedPerSource = 1, EarlyDropStart = 0, EarlyDropPercent = 100,
        });
        _dice = 0;
        bool evicted = false;
        for (int i = 0; i < 5; i++)
        {
            Enter(admission, Trusted.ToString()).OnEvicted(() => evicted = true);
        }

        Assert.NotNull(admission.TryEnter(Trusted.MapToIPv6()));
        Assert.Equal(6, admission.Count);
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.1")));
        Assert.False(evicted);
    }

    [Theory]
    [InlineData(10, 0.0, true)]
    [InlineData(15, 0.24, false)]
    [InlineData(15, 0.26, true)]
    [InlineData(20, 0.49, false)]
    [InlineData(20, 0.51, true)]
    public void Strangers_are_turned_away_at_random_and_the_more_the_fuller_it_is(int strangers, double dice, bool enters)
    {
        var admission = Make(new AdmissionLimits { Unauthenticated = 20, EarlyDropStart = 10, EarlyDropPercent = 50 });
        for (int i = 0; i < strangers; i++)
        {
            Enter(admission, "192.0.2.1");
        }

        _dice = dice;
        Assert.Equal(enters, admission.TryEnter(IPAddress.Parse("192.0.2.1")) is not null);
    }

    [Fact]
    public void A_source_that_has_nobody_waiting_is_not_turned_away_at_random()
    {
        var admission = Make(new AdmissionLimits { Unauthenticated = 20, EarlyDropStart = 10, EarlyDropPercent = 100 });
        for (int i = 0; i < 20; i++)
        {
            Enter(admission, "192.0.2.1");
        }

        _dice = 0;
        Assert.Null(admission.TryEnter(IPAddress.Parse("192.0.2.1")));
        Enter(admission, "192.0.2.2");
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void A_source_is_an_IPv4_address_or_the_64_bits_one_customer_owns(string address, string source) =>
        Assert.Equal(IPAddress.Parse(source), Admission.SourceOf(IPAddress.Parse(address)));

    private static Admission.Ticket Enter(Admission admission, string address)
    {
        var ticket = admission.TryEnter(IPAddress.Parse(address));
        Assert.NotNull(ticket);
        return ticket;
    }

    private Admission Make(AdmissionLimits limits) => new(limits, address => address.Equals(Trusted), () => _dice);
}
