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

/// <summary>A world for load: the hub in a process of its own on a clock that can jump, the node host and its clerks in this one.</summary>
sealed class SimulationBench : IAsyncDisposable
{
    /// <summary>What one office sends is on the other's screen within 3 s, and an open worklist looks every 2 s (look.js): so much is left for the way.</summary>
    static readonly TimeSpan OfficeToOfficeMax = TimeSpan.FromSeconds(3) - TimeSpan.FromSeconds(2);
    static readonly TimeSpan EachWithin = TimeSpan.FromMinutes(2);
    /// <summary>Beyond every default deadline, the long holidays included, and before a snapshot is too old.</summary>
    static readonly TimeSpan BeyondDeadlines = TimeSpan.FromDays(21);
    const int Warming = 20;

    readonly World world;
    readonly AppProcess hub;
    readonly NpgsqlDataSource nodeData;
    readonly SimulationPlan plan;
    readonly Action<string> say;
    readonly ConcurrentQueue<(SimulatedQuestion Question, Guid Id)> late = new();
    readonly ConcurrentBag<Guid> asked = [];
    readonly LatencyRecorder whole = new(), toOffice = new();
    int answered, returned, answeredLate, failed, slow;
    string? firstFailure;

    SimulationBench(World world, AppProcess hub, SimulationPlan plan, Action<string> say) =>
        (this.world, this.hub, this.plan, this.say, nodeData) = (world, hub, plan, say, NpgsqlDataSource.Create(world.Servers.Database(world.Installation.NodeDatabase)));

    public static async Task<SimulationBench> CreateAsync(ServerAddresses servers, SimulationPlan plan, Terminal terminal, CancellationToken cancel)
    {
        var made = await World.CreateAsync(servers, new WorldOptions
        {
            Name = "simulate",
            Counties = CountiesFor(plan.Counties),
            RealClock = true,
            StartNode = false,
            ConfigureNode = builder =>
            {
                builder.Services.RemoveAll<Clocks>(); // it follows the hub, whose clock jumps
                builder.Configuration["Node:FollowHubClock"] = "true";
            },
        }, cancel);
        try
        {
            await made.StopHubAsync(cancel);
            var hubProcess = await AppProcess.StartAsync("ExchangeHub.Hub", new Dictionary<string, string>(made.Installation.HubSettings(servers)) { ["Hub:DemoClock"] = "true", ["Logging:LogLevel:Default"] = "Warning" },
                user: null, made.Installation.HubFolder, Path.Combine(made.Installation.Folder, "hub.log"), made.Installation.HubUrl, terminal.Say, cancel);
            await made.StartNodeAsync(cancel);
            return new SimulationBench(made, hubProcess, plan, terminal.Say);
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Plays the plan and measures it; a few exchanges before it warm everything up and are not counted.</summary>
    public async Task<SimulationResult> RunAsync(Action<int, int> progress, CancellationToken cancel)
    {
        await using var watch = new NodeWatch(nodeData);
        watch.Start();
        await EachAsync(new SimulationPlan(plan.Counties, Warming, 0, Warming, plan.Seed + 1, 0, 0), watch, new LatencyRecorder(), new LatencyRecorder(), firstPerson: 90_000, () => { }, cancel);
        (answered, returned, failed, slow) = (0, 0, 0, 0);
        asked.Clear();

        var processors = new ProcessorTimes(hub.Id);
        var started = Stopwatch.GetTimestamp();
        var done = 0;
        await EachAsync(plan, watch, whole, toOffice, firstPerson: 10_000, () =>
        {
            var ended = Interlocked.Increment(ref done);
            if (plan.DurationSeconds is { } limit)
                progress((int)Math.Min(limit, Stopwatch.GetElapsedTime(started).TotalSeconds), limit);
            else
                progress(ended, plan.Count);
        }, cancel);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = processors.Since(answered + returned);
        var full = answered + returned;
        if (!late.IsEmpty)
            await AnswerLateAsync(watch, cancel);
        if (firstFailure is not null)
            say($"{failed} exchanges failed; the first: {firstFailure}");
        await using var hubData = NpgsqlDataSource.Create(world.Servers.Database(world.Installation.HubDatabase));
        Guid[] ids = [.. asked];
        var settled = await Task.WhenAll(
            CountAsync(hubData, "select count(*) from hub.exchanges where id = any($1) and phase in ('Answered', 'Returned')", ids, cancel),
            CountAsync(nodeData, "select count(*) from node.exchanges where id = any($1) and side = 'Asker' and phase in ('Answered', 'Returned')", ids, cancel));
        var lateAtHub = await CountAsync(hubData, "select count(*) from hub.obligations where exchange_id = any($1) and duty = 'feedback' and ended_at is null and fulfilled_at >= due_at", ids, cancel);
        return new SimulationResult(plan, ids.Length, answered, returned, answeredLate, failed, ids.Length - settled.Min(), lateAtHub, seconds, full / seconds,
            whole.Read(), toOffice.Read(), slow == 0, cpu);
    }

    static async Task<int> CountAsync(NpgsqlDataSource source, string sql, Guid[] ids, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = ids });
        return (int)(long)(await command.ExecuteScalarAsync(cancel))!;
    }

    async Task EachAsync(SimulationPlan of, NodeWatch watch, LatencyRecorder exchange, LatencyRecorder office, int firstPerson, Action one, CancellationToken cancel)
    {
        using var places = new SemaphoreSlim(of.InFlight);
        var running = new ConcurrentDictionary<int, Task>();
        var started = Stopwatch.GetTimestamp();
        foreach (var question in of.Questions(world.Counties))
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
                    await CountedAsync(() => OneAsync(question, watch, exchange, office, firstPerson, cancel));
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

    async Task OneAsync(SimulatedQuestion question, NodeWatch watch, LatencyRecorder exchange, LatencyRecorder office, int firstPerson, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        asked.Add(id);
        var about = InventedPerson.Of(question.To, firstPerson + (question.Number % 80_000)).Ask();
        var appeared = watch.AppearedAsync(question.To, id);
        var started = Stopwatch.GetTimestamp();
        Check(await Commands.SendAsync(Clerk(question.From), new SendRequest(question.To, about.CertificateType, about.CertificateNumber, about.HolderName, about.HolderId,
            about.IssuedOn?.ToString("O", CultureInfo.InvariantCulture), about.ValidUntil?.ToString("O", CultureInfo.InvariantCulture), about.Purpose, about.LegalBasis, ExchangeId: id), cancel));
        await appeared.WaitAsync(EachWithin, cancel);
        var arrived = Stopwatch.GetElapsedTime(started);
        office.Record(arrived);
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
        exchange.Record(Stopwatch.GetElapsedTime(started));
        _ = question.Fate == Fate.Returned ? Interlocked.Increment(ref returned) : Interlocked.Increment(ref answered);
    }

    /// <summary>Business time jumps beyond the deadlines, then the questions held back are answered.</summary>
    async Task AnswerLateAsync(NodeWatch watch, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await world.OperatorTokenAsync(cancel));
        using var answer = await http.PutAsJsonAsync("api/v1/time", new HubTime(WireTime.Format(Clocks.Real.Now + BeyondDeadlines)), cancel);
        answer.EnsureSuccessStatusCode();
        await Parallel.ForEachAsync(late, cancel, async (held, stop) => await CountedAsync(async () =>
        {
            Check(await Commands.DoAsync(Clerk(held.Question.To), held.Id, Same, stop));
            await watch.EndedAsync(held.Question.From, held.Id).WaitAsync(EachWithin, stop);
            Interlocked.Increment(ref answeredLate);
        }));
    }

    static Reply Same { get; } = new(Outcomes.Match, null, AskedFields.All.ToDictionary(f => f, _ => FieldMatch.Same));

    ExchangeCommands Commands => world.Node.Services.GetRequiredService<ExchangeCommands>();

    static Author Clerk(string county) => new(county, $"clerk-{county}", $"{county} simulation");

    static void Check(CommandResult result)
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
        await hub.DisposeAsync();
        await nodeData.DisposeAsync();
        await world.DisposeAsync();
    }
}
