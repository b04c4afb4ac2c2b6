using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace ExchangeHub.Cli.Load;

/// <summary>A world for load: hubs in processes of their own on clocks that can jump, the node host and its clerks in this one.</summary>
sealed class SimulationBench : IAsyncDisposable
{
    /// <summary>What one office sends is on the other's screen within 3 s, and an open worklist looks every 2 s (look.js): so much is left for the way.</summary>
    static readonly TimeSpan OfficeToOfficeMax = TimeSpan.FromSeconds(3) - TimeSpan.FromSeconds(2);
    static readonly TimeSpan EachWithin = TimeSpan.FromMinutes(2);
    /// <summary>Beyond every default deadline, the long holidays included, and before a snapshot is too old.</summary>
    static readonly TimeSpan BeyondDeadlines = TimeSpan.FromDays(21);
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    const int Warming = 20;

    readonly World world;
    readonly IReadOnlyList<(AppProcess Process, Uri Address)> hubs;
    readonly NpgsqlDataSource nodeData;
    readonly SimulationPlan plan;
    readonly Action<string> say;
    readonly ConcurrentQueue<(SimulatedQuestion Question, Guid Id)> late = new();
    readonly ConcurrentBag<Guid> asked = [];
    readonly string[] counties;
    readonly AbsentCounty? absent;
    int answered, returned, answeredLate, failed, slow;
    string? firstFailure;

    SimulationBench(World world, IReadOnlyList<(AppProcess, Uri)> hubs, AbsentCounty? absent, SimulationPlan plan, Action<string> say)
    {
        (this.world, this.hubs, this.absent, this.plan, this.say) = (world, hubs, absent, plan, say);
        counties = [.. world.Counties.Where(c => c != absent?.Code)];
        nodeData = NpgsqlDataSource.Create(world.Servers.Database(world.Installation.NodeDatabase));
    }

    public static async Task<SimulationBench> CreateAsync(ServerAddresses servers, SimulationPlan plan, Terminal terminal, CancellationToken cancel)
    {
        var made = await World.CreateAsync(servers, new WorldOptions
        {
            Name = "simulate",
            Counties = CountiesFor(plan.Waiting > 0 ? plan.Counties + 1 : plan.Counties),
            RealClock = true,
            StartNode = false,
            ConfigureNode = builder =>
            {
                builder.Services.RemoveAll<Clocks>(); // it follows the hub, whose clock jumps
                builder.Configuration["Node:FollowHubClock"] = "true";
            },
        }, cancel);
        var started = new List<(AppProcess Process, Uri Address)>();
        try
        {
            await made.StopHubAsync(cancel);
            for (var n = 0; n < plan.Hubs; n++)
                started.Add(await StartHubAsync(made, n == 0 ? made.Installation.HubUrl : new($"http://127.0.0.1:{Ports.Free()}/"), n, terminal, cancel));
            var away = plan.Waiting > 0 ? AbsentCounty.TakeAway(made, made.Counties[^1]) : null;
            await made.StartNodeAsync(cancel);
            return new SimulationBench(made, started, away, plan, terminal.Say);
        }
        catch
        {
            foreach (var hub in started)
                await hub.Process.DisposeAsync();
            await made.DisposeAsync();
            throw;
        }
    }

    static async Task<(AppProcess, Uri)> StartHubAsync(World world, Uri address, int number, Terminal terminal, CancellationToken cancel) =>
        (await AppProcess.StartAsync("ExchangeHub.Hub", new Dictionary<string, string>(world.Installation.HubSettings(world.Servers))
        {
            ["Urls"] = address.ToString().TrimEnd('/'),
            ["Hub:DemoClock"] = "true",
            ["Logging:LogLevel:Default"] = "Warning",
        }, user: null, world.Installation.HubFolder, Path.Combine(world.Installation.Folder, $"hub{number}.log"), address, terminal.Say, cancel), address);

    /// <summary>Plays the plan and measures it; a few exchanges before it warm everything up and are not counted.</summary>
    public async Task<SimulationResult> RunAsync(Action<int, int> progress, CancellationToken cancel)
    {
        await using var watch = new NodeWatch(nodeData);
        watch.Start();
        await EachAsync(new SimulationPlan(plan.Counties, Warming, 0, Warming, plan.Seed + 1, 0, 0), watch, firstPerson: 90_000, () => { }, cancel);
        (answered, returned, failed, slow) = (0, 0, 0, 0);
        asked.Clear();

        var processors = new ProcessorTimes([.. hubs.Select(h => h.Process.Id)]);
        var alone = (await StretchAsync(watch, progress, cancel)).Read(Beside.Nothing);
        var (cpu, stretches, catchingUp) = (processors.Since(alone.Full), new List<StretchResult> { alone }, (CatchingUp?)null);
        if (absent is not null)
        {
            var waited = await absent.AskAsync(counties, Commands, plan, progress, cancel);
            stretches.Add((await StretchAsync(watch, progress, cancel)).Read(Beside.QuestionsWait));
            var back = absent.ComeBackAsync(plan.Waiting, nodeData, cancel);
            stretches.Add((await StretchAsync(watch, progress, cancel)).Read(Beside.CountyCatchesUp));
            catchingUp = new(plan.Waiting, waited.TotalSeconds, (await back).TotalSeconds);
        }
        var footprint = await Footprints.ReadAsync(world, [.. hubs.Select(h => h.Process.Id)], cancel);
        if (!late.IsEmpty)
            await AnswerLateAsync(watch, cancel);
        if (firstFailure is not null)
            say($"{failed} exchanges failed; the first: {firstFailure}");
        await using var hubData = NpgsqlDataSource.Create(world.Servers.Database(world.Installation.HubDatabase));
        // After the jump the hub may have closed some that were answered long ago.
        Guid[] ids = [.. asked];
        var settled = await Task.WhenAll(
            CountAsync(hubData, "select count(*) from hub.exchanges where id = any($1) and phase in ('Answered', 'Returned', 'Closed')", ids, cancel),
            CountAsync(nodeData, "select count(*) from node.exchanges where id = any($1) and side = 'Asker' and phase in ('Answered', 'Returned', 'Closed')", ids, cancel));
        var lateAtHub = await CountAsync(hubData, "select count(*) from hub.obligations where exchange_id = any($1) and duty = 'feedback' and ended_at is null and fulfilled_at >= due_at", ids, cancel);
        return new SimulationResult(plan, ids.Length, answered, returned, answeredLate, failed, ids.Length - settled.Min(), lateAtHub, stretches, catchingUp, slow == 0, cpu, footprint);
    }

    Task<Stretch> StretchAsync(NodeWatch watch, Action<int, int> progress, CancellationToken cancel)
    {
        var (started, done) = (Stopwatch.GetTimestamp(), 0);
        return EachAsync(plan, watch, firstPerson: 10_000, () =>
        {
            var ended = Interlocked.Increment(ref done);
            if (plan.DurationSeconds is { } limit)
                progress((int)Math.Min(limit, Stopwatch.GetElapsedTime(started).TotalSeconds), limit);
            else
                progress(ended, plan.Count);
        }, cancel);
    }

    static async Task<int> CountAsync(NpgsqlDataSource source, string sql, Guid[] ids, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = ids });
        return (int)(long)(await command.ExecuteScalarAsync(cancel))!;
    }

    async Task<Stretch> EachAsync(SimulationPlan of, NodeWatch watch, int firstPerson, Action one, CancellationToken cancel)
    {
        var stretch = new Stretch();
        using var places = new SemaphoreSlim(of.InFlight);
        var running = new ConcurrentDictionary<int, Task>();
        var started = Stopwatch.GetTimestamp();
        foreach (var question in of.Questions(counties))
        {
            if (of.Rate > 0 && TimeSpan.FromSeconds(question.Number / of.Rate) - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } early)
                await Task.Delay(early, cancel);
            await places.WaitAsync(cancel);
            // A timer may wake a little early: the plan's own time counts, too.
            if (of.DurationSeconds is { } limit && (Stopwatch.GetElapsedTime(started).TotalSeconds >= limit || (of.Rate > 0 && question.Number / of.Rate >= limit)))
                break;
            running[question.Number] = Task.Run(async () =>
            {
                try
                {
                    await CountedAsync(() => OneAsync(question, watch, stretch, firstPerson, cancel));
                }
                finally
                {
                    running.TryRemove(question.Number, out _);
                    places.Release();
                    one();
                }
            }, cancel);
        }
        await Task.WhenAll(running.Values);
        return stretch;
    }

    async Task CountedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or HttpRequestException or NpgsqlException)
        {
            Interlocked.Increment(ref failed);
            Interlocked.CompareExchange(ref firstFailure, e.Message, null);
        }
    }

    async Task OneAsync(SimulatedQuestion question, NodeWatch watch, Stretch stretch, int firstPerson, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        asked.Add(id);
        var appeared = watch.AppearedAsync(question.To, id);
        var started = Stopwatch.GetTimestamp();
        Check(await Commands.SendAsync(Clerk(question.From), Question(question.To, firstPerson + (question.Number % 80_000), id), cancel));
        await appeared.WaitAsync(EachWithin, cancel);
        var arrived = Stopwatch.GetElapsedTime(started);
        stretch.Arrived(arrived);
        if (arrived > OfficeToOfficeMax)
            Interlocked.Increment(ref slow);
        if (question.Fate == Fate.Returned)
        {
            Check(await Commands.DoAsync(Clerk(question.To), id, new Return(ReturnReasons.Insufficient), cancel));
        }
        else
        {
            Check(await Commands.DoAsync(Clerk(question.To), id, new Acknowledge(), cancel));
            if (question.Fate == Fate.AnsweredLate)
            {
                late.Enqueue((question, id));
                return;
            }
            Check(await Commands.DoAsync(Clerk(question.To), id, Same, cancel));
        }
        await watch.EndedAsync(question.From, id).WaitAsync(EachWithin, cancel);
        stretch.Ended(Stopwatch.GetElapsedTime(started));
        _ = question.Fate == Fate.Returned ? Interlocked.Increment(ref returned) : Interlocked.Increment(ref answered);
    }

    /// <summary>Business time jumps beyond the deadlines, then the questions held back are answered.</summary>
    async Task AnswerLateAsync(NodeWatch watch, CancellationToken cancel)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await world.OperatorTokenAsync(cancel));
        var then = Clocks.Real.Now + BeyondDeadlines;
        using var answer = await http.PutAsJsonAsync(new Uri(hubs[0].Address, "api/v1/time"), new HubTime(WireTime.Format(then)), cancel);
        answer.EnsureSuccessStatusCode();
        // Each process follows within its next beat.
        foreach (var (_, address) in hubs)
            while ((await http.GetFromJsonAsync<HubTime>(new Uri(address, "api/v1/time"), cancel))!.Now is var now && WireTime.TryParse(now, out var at) && at < then)
                await Task.Delay(LookEvery, cancel);
        await Parallel.ForEachAsync(late, cancel, async (held, stop) => await CountedAsync(async () =>
        {
            Check(await Commands.DoAsync(Clerk(held.Question.To), held.Id, Same, stop));
            await watch.EndedAsync(held.Question.From, held.Id).WaitAsync(EachWithin, stop);
            Interlocked.Increment(ref answeredLate);
        }));
    }

    static Reply Same { get; } = new(Outcomes.Match, null, AskedFields.All.ToDictionary(f => f, _ => FieldMatch.Same));

    ExchangeCommands Commands => world.Node.Services.GetRequiredService<ExchangeCommands>();

    internal static SendRequest Question(string to, int person, Guid exchange)
    {
        var about = InventedPerson.Of(to, person).Ask();
        return new(to, about.CertificateType, about.CertificateNumber, about.HolderName, about.HolderId,
            about.IssuedOn?.ToString("O", CultureInfo.InvariantCulture), about.ValidUntil?.ToString("O", CultureInfo.InvariantCulture), about.Purpose, about.LegalBasis, ExchangeId: exchange);
    }

    internal static Author Clerk(string county) => new(county, $"clerk-{county}", $"{county} simulation");

    internal static void Check(CommandResult result)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException($"The node refused: {string.Join(", ", result.Errors.Select(e => e.Code + " " + e.Field))}");
    }

    // Every k-th county of the table: all scopes occur. Codes ending in 01 of a city stand for its districts together and take no part.
    static string[] CountiesFor(int count)
    {
        using var table = ShippedFiles.Open("divisions.csv");
        var all = table.ReadToEnd().Split('\n').Select(l => l.Split(',')).Where(c => c is [_, _, "county", ..] && c[1] != "市辖区").Select(c => c[0]).Where(Party.IsCounty).ToList();
        return [.. Enumerable.Range(0, count).Select(n => all[n * all.Count / count])];
    }

    public async ValueTask DisposeAsync()
    {
        await world.StopNodeAsync();
        foreach (var hub in hubs)
            await hub.Process.DisposeAsync();
        await nodeData.DisposeAsync();
        await world.DisposeAsync();
    }
}
