using System.Collections.Concurrent;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Demo;

/// <summary>The demonstration checks itself: 200 exchanges over the people's interface, half of them answered by registers, and February's known figures.</summary>
sealed class UpCheck(Demonstration demo, NodePeople people, Terminal terminal)
{
    const int Exchanges = 200;
    const int AtOnce = 8;
    const int OnFile = 40;
    static readonly TimeSpan Within = TimeSpan.FromMinutes(3);
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <returns>What is wrong; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(ServerAddresses servers, CancellationToken cancel)
    {
        var wrong = new ConcurrentQueue<string>();
        var (registers, clerks) = await terminal.ProgressAsync($"{Exchanges} exchanges", progress => ExchangeAsync(wrong, progress, cancel));
        terminal.Say($"{registers} answered by registers, {clerks} by clerks over the people's interface");

        try
        {
            await CompareFebruaryAsync(servers, wrong, cancel);
        }
        catch (HttpRequestException e)
        {
            wrong.Enqueue($"The hub gave no figures: {e.Message}");
        }
        return [.. wrong];
    }

    async Task CompareFebruaryAsync(ServerAddresses servers, ConcurrentQueue<string> wrong, CancellationToken cancel)
    {
        var accounts = DemoAccounts.Load(demo.Installation);
        var operators = accounts.First(a => a.Account == DemoAccounts.Operator);
        var hub = new HubInterface(demo.Installation.HubUrl, await HubSignIn.TokenAsync(demo.Installation.HubUrl, operators.Account, operators.Password, cancel));
        var figures = 0;
        foreach (var expected in demo.February.Expect)
        {
            // As of the demonstration's beginning: what visitors do since then does not touch it.
            var compared = new Compared(demo.February.Name, expected, await hub.AskAsync(expected with { AsOf = new LocalInstant(DemoTime.Begin) }, cancel));
            figures++;
            if (!compared.Agrees)
                wrong.Enqueue($"{expected.Indicator} of {expected.County} in February: {compared.Actual}, expected {expected.Numerator}/{expected.Denominator} {expected.Text}");
        }
        terminal.Say($"{figures} figures of February compared with the known ones");
        var names = await DemoAccounts.NamesAsync(servers, demo.Installation, cancel);
        var table = await hub.TableAsync("2026-02", DemoTime.Begin, cancel);
        terminal.Show(table, t => RatesTable.Of(t, names));
    }

    async Task<(int Registers, int Clerks)> ExchangeAsync(ConcurrentQueue<string> wrong, Action<int, int> progress, CancellationToken cancel)
    {
        var (registers, clerks, done) = (0, 0, 0);
        var run = Random.Shared.Next(60_000);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Within);
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, Exchanges), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = limit.Token }, async (n, stop) =>
            {
                var (from, to) = (demo.Counties[n % demo.Counties.Count], demo.Counties[(n + 1 + (n / demo.Counties.Count)) % demo.Counties.Count]);
                var byRegister = n % 2 == 0;
                var id = await people.AskAsync(from, to, InventedPerson.Of(to, byRegister ? n % OnFile : 20_000 + run + n), "RoutineCheck", stop);
                if (!byRegister)
                {
                    await UntilAsync(to, id, "Open", stop);
                    await people.ReplyAsync(to, id, stop);
                }
                await UntilAsync(from, id, "Answered", stop);
                var automatic = await people.AnsweredByRegisterAsync(from, id, stop);
                _ = automatic ? Interlocked.Increment(ref registers) : Interlocked.Increment(ref clerks);
                if (automatic != byRegister)
                    wrong.Enqueue($"{id} was answered by {(automatic ? "a register" : "a clerk")}");
                progress(Interlocked.Increment(ref done), Exchanges);
            });
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            wrong.Enqueue($"Only {done} of {Exchanges} exchanges were answered within {Within.TotalMinutes:0} minutes");
        }
        catch (HttpRequestException e)
        {
            wrong.Enqueue($"After {done} exchanges: {e.Message}");
        }
        return (registers, clerks);
    }

    async Task UntilAsync(string county, Guid exchange, string phase, CancellationToken cancel)
    {
        while (await people.PhaseAsync(county, exchange, cancel) != phase)
            await Task.Delay(LookEvery, cancel);
    }
}
