using System.Globalization;
using Wharf.Bench.Load;
using Wharf.Bench.Measures;
using Wharf.Bench.Peers;

namespace Wharf.Bench;

/// <summary>
/// One run of a suite: every measurement against every server, round by round, so that what the machine does meanwhile
/// hits all of them. What it makes (tmpfs folder, system user, processes) is gone afterwards, also after SIGINT or SIGTERM.
/// </summary>
internal sealed class BenchRun(Suite suite, Options options) : IDisposable
{
    private readonly Stack<IDisposable> _made = new();
    private readonly Lock _gate = new();

    /// <returns>0 when everything ran, 1 when a server failed; missed goals are no failure of the bench.</returns>
    public int Run(TextWriter to)
    {
        var site = Keep(new Site(options.Scale));
        var user = BenchUser.TryCreate(site);
        if (user is not null)
        {
            Keep(user);
        }

        var servers = suite.Rack(options, Places.Peers, user);
        foreach (var server in servers.OfType<IDisposable>())
        {
            Keep(server);
        }

        var rack = new Rack(servers, site);
        var invited = suite.Contenders(options, Places.Peers, user).Where(c => options.Servers.Count == 0 || options.Servers.Contains(c.Name)).ToList();
        Directory.CreateDirectory(Places.Peers);
        foreach (var contender in invited.OfType<IDisposable>())
        {
            Keep(contender);
        }

        var reasons = invited.Select(c => (Contender: c, Reason: c.Prepare())).ToList();
        List<IContender> contenders = [.. reasons.Where(r => r.Reason is null).Select(r => r.Contender)];
        var report = new Report(options, contenders, [.. reasons.Where(r => r.Reason is not null).Select(r => (r.Contender, r.Reason!))]);
        report.Head(to);

        var failed = false;
        foreach (var measure in suite.Measures.Where(m => options.Only.Count == 0 || options.Only.Contains(m.Name)))
        {
            if ((measure.Missing(options) ?? measure.Needs.Select(rack.Missing).FirstOrDefault(r => r is not null)) is { } reason)
            {
                report.Skip(measure, reason, to);
                continue;
            }

            var results = Run(measure, contenders, site, rack);
            report.Add(results, to);
            failed |= results.Failures.Count > 0;
        }

        report.Close(to, Places.Report(suite.Name));
        return failed ? 1 : 0;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_made.TryPop(out var made))
            {
                made.Dispose();
            }
        }
    }

    private Results Run(IMeasure measure, List<IContender> contenders, Site site, Rack rack)
    {
        var results = new Results(measure, measure.Title(site.Scale))
        {
            LoadAverage = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
        };
        List<Turn> turns = [];
        Keep(rack);
        foreach (var contender in contenders)
        {
            try
            {
                turns.Add(new(contender, contender is IServer server ? Keep(server.Start(site)) : null, rack, site, options, 0, made => Keep(made)));
            }
            catch (Exception refused) when (refused is IOException or TimeoutException)
            {
                results.Failures.Add($"{contender.Name}: {refused.Message}");
            }
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            // Nobody is always the first, who finds the caches cold, or always follows the same one.
            for (var i = 0; i < turns.Count; i++)
            {
                var turn = turns[(i + round) % turns.Count];
                var before = _made.Count;
                try
                {
                    results.Add(turn.Contender.Name, measure.Run(turn with { Round = round }));
                }
                catch (Exception broken) when (broken is IOException or TimeoutException)
                {
                    results.Failures.Add($"{turn.Contender.Name}, round {round + 1}: {broken.Message}");
                }
                finally
                {
                    DropTo(before);
                }
            }
        }

        foreach (var server in turns.Select(t => t.Running).OfType<RunningServer>())
        {
            Drop(server);
        }

        Drop(rack);

        return results;
    }

    private T Keep<T>(T made)
        where T : IDisposable
    {
        lock (_gate)
        {
            _made.Push(made);
        }

        return made;
    }

    /// <summary>Ends what was kept since there were so many.</summary>
    private void DropTo(int count)
    {
        lock (_gate)
        {
            while (_made.Count > count)
            {
                _made.Pop().Dispose();
            }
        }
    }

    /// <summary>Ends what was kept last in first out; the servers of a measurement are always on top.</summary>
    private void Drop(IDisposable made)
    {
        lock (_gate)
        {
            var others = _made.Where(m => m != made).Reverse().ToList();
            _made.Clear();
            others.ForEach(_made.Push);
        }

        made.Dispose();
    }
}
