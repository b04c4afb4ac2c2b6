using System.Diagnostics;
using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Isolation;
using ExchangeHub.IntegrationTests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ExchangeHub.IntegrationTests.Blindness;

/// <summary>
/// The hub knows that a question was asked and whether it was answered in time, never about whom. It and the broker have a server pair of
/// their own here, the node's database lies elsewhere: so whole files, the write-ahead log included, can be searched.
/// </summary>
public sealed class BlindHubTests(TestServers servers) : IDisposable
{
    const string Asker = "330106", Receiver = "510104";
    const int Answered = 5, Returned = 4, Withdrawn = 3;

    static readonly InventedCase[] all = [.. Enumerable.Range(0, Answered + Returned + Withdrawn + 1).Select(n => InventedCase.Of(Receiver, n))];

    readonly InventedCase[] cases = all[..^1];
    readonly UnsealedMessages unsealed = new(all[^1]);
    readonly CapturedLogs logs = new();
    readonly List<Activity> spans = [];
    readonly List<byte[]> onQueues = [];
    string metrics = "";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => logs.Dispose();

    string[] Values => [.. cases.SelectMany(c => c.Values), .. cases.Take(Answered).Select(c => c.CorrectionNote)];

    [Fact]
    public async Task No_plaintext_reaches_the_hubs_database_its_log_the_queues_the_logs_the_traces_or_the_metrics_and_the_same_search_finds_all_of_it_at_the_node()
    {
        Values.Distinct().Count().ShouldBeGreaterThanOrEqualTo(50);
        await using var pair = new PrivatePair();
        var addresses = await pair.StartAsync() with { NodePostgres = servers.Addresses.Postgres };
        await using var world = await World.CreateAsync(addresses, new WorldOptions
        {
            Name = "blind",
            Counties = [Asker, Receiver],
            ConfigureHub = b => Watch(b, exports: true),
            ConfigureNode = b => Watch(b, exports: false), // spans are the process's: one exporter gets all
        }, Cancel);

        var ids = await PlayAsync(world);
        // What a county sends unsealed lies at the broker as it was sent, by its own doing; the hub must keep it nowhere.
        await unsealed.SendAsync(world, Asker, Receiver);
        using (var http = new HttpClient { BaseAddress = world.Installation.HubUrl })
            metrics = await http.GetStringAsync("metrics", Cancel);
        await world.StopNodeAsync(Cancel);
        await world.StopHubAsync(Cancel);

        var atNode = new PlaintextSearch(Values);
        foreach (var (table, text) in await DatabaseContents.RowsAsync(addresses.OfNode.Database(world.Installation.NodeDatabase), Cancel))
            atNode.Search(table, text);
        Values.Except(atNode.Found).ShouldBeEmpty("the node holds them all");

        // What the hub may know, the ids, is searched for beside what it may not: so an empty place would show.
        await ExpectIdsAloneAsync("the hub's rows", ids, async search =>
        {
            foreach (var (table, text) in await DatabaseContents.RowsAsync(addresses.Database(world.Installation.HubDatabase), Cancel))
                search.Search(table, text);
        });
        var inMetrics = new PlaintextSearch([.. Values, .. unsealed.Values]);
        inMetrics.Search("metrics", metrics);
        inMetrics.Places.ShouldBeEmpty();
        metrics.ShouldContain("exchangehub_messages_refused_total");
        foreach (var (where, isThere) in new (string, Func<string, bool>)[] { ("the hub's write-ahead log", IsWal), ("the hub's other files", path => !IsWal(path)) })
            await ExpectIdsAloneAsync(where, ids, async search =>
            {
                await foreach (var (path, bytes) in DatabaseContents.FilesAsync(addresses.Postgres, isThere, Cancel))
                    search.Search(path, bytes);
            });
        await ExpectIdsAloneAsync("the queues", ids, search => { onQueues.ForEach(m => search.Search("a message", m)); return Task.CompletedTask; });
        await ExpectIdsAloneAsync("the traces", ids, search => { spans.ForEach(s => search.Search(s.DisplayName, SpanText.Of(s))); return Task.CompletedTask; });
        await ExpectIdsAloneAsync("the logs", ids, search => { foreach (var line in logs.Lines) search.Search("a line", line); return Task.CompletedTask; });
        // Where an engine runs the pair as containers, its files are theirs; the messages were read from the queues above.
        if (FilesOf(pair) is { } broker)
            await ExpectIdsAloneAsync("the broker's files", ids, search =>
            {
                foreach (var file in Directory.EnumerateFiles(broker, "*", SearchOption.AllDirectories))
                    search.SearchFile(file);
                return Task.CompletedTask;
            }, atBroker: true);
    }

    static bool IsWal(string path) => path.StartsWith("pg_wal/", StringComparison.Ordinal);

    async Task ExpectIdsAloneAsync(string where, IEnumerable<Guid> ids, Func<PlaintextSearch, Task> searchAll, bool atBroker = false)
    {
        string[] secrets = atBroker ? Values : [.. Values, .. unsealed.Values];
        var search = new PlaintextSearch([.. secrets, .. ids.Select(i => i.ToString("D"))]);
        await searchAll(search);
        search.Places.Where(p => secrets.Any(v => p.StartsWith(v, StringComparison.Ordinal))).ShouldBeEmpty(where);
        search.Found.ShouldNotBeEmpty($"{where}: {search.BytesSearched} bytes");
    }

    /// <summary>Every question but the first waits at the hub's intake and at its receiver's queue while the one who reads it is down; then each is answered, returned or withdrawn.</summary>
    async Task<IReadOnlyList<Guid>> PlayAsync(World world)
    {
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var ids = new List<Guid>();
        foreach (var one in cases)
        {
            if (ids.Count == 1) // the first has brought the receiver's key from the hub
            {
                await world.QuietAsync(cancel: Cancel);
                await world.StopHubAsync(Cancel);
            }
            ids.Add((await TakenAsync(asker.PostAsync("requests", one.RequestTo(Receiver)))).Body.GetProperty("exchangeId").GetGuid());
        }
        await ReadQueueAsync(CountyAtBroker.ConnectHubAsync(world), opening: Kinds.CertificateVerificationRequest);
        await world.StopNodeAsync(Cancel);
        await world.StartHubAsync(Cancel);
        await ReadQueueAsync(CountyAtBroker.ConnectAsync(world, Receiver), opening: Kinds.CertificateVerificationRequest);
        await world.StartNodeAsync(Cancel);
        await world.QuietAsync(cancel: Cancel);

        foreach (var (id, one) in ids.Zip(cases).Take(Answered))
            await TakenAsync(receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete", note = one.AnswerNote }));
        foreach (var (id, one) in ids.Zip(cases).Skip(Answered).Take(Returned))
            await TakenAsync(receiver.PostAsync($"exchanges/{id}/return", new { reasonCode = "Insufficient", note = one.AnswerNote }));
        foreach (var (id, one) in ids.Zip(cases).Skip(Answered + Returned))
            await TakenAsync(asker.PostAsync($"exchanges/{id}/withdrawal", new { reasonCode = "SentInError", note = one.AnswerNote }));
        await world.QuietAsync(cancel: Cancel);
        foreach (var (id, one) in ids.Zip(cases).Take(Answered)) // and corrected
            await TakenAsync(receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "NotResident", reasonCode = "LeftCounty", note = one.CorrectionNote }));
        foreach (var id in ids)
            (await receiver.PostAsync($"exchanges/{id}/reveals", new { reason = "核对" })).Status.ShouldBe(HttpStatusCode.OK);
        await world.QuietAsync(cancel: Cancel);
        return ids;
    }

    async Task ReadQueueAsync(Task<CountyAtBroker> connecting, string opening)
    {
        await using var reader = await connecting;
        for (var found = 0; found < cases.Length - 1;)
        {
            var (type, messageId, body) = await reader.NextAsync();
            onQueues.Add([.. System.Text.Encoding.UTF8.GetBytes($"{type} {messageId} "), .. body]);
            if (type == Kinds.TypeOf(opening, 1))
                found++;
        }
    }

    static async Task<Answer> TakenAsync(Task<Answer> posting)
    {
        var answer = await posting;
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer;
    }

    void Watch(WebApplicationBuilder builder, bool exports)
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Trace" });
        builder.Logging.ClearProviders().AddProvider(logs);
        if (exports)
            builder.Services.ConfigureOpenTelemetryTracerProvider(t => t.AddInMemoryExporter(spans));
    }

    /// <summary>The broker's folder, where the pair runs as processes; their data may lie where the servers' users can reach it.</summary>
    static string? FilesOf(PrivatePair pair) =>
        new[] { Path.Combine(pair.Folder, "rabbitmq"), Path.Combine(pair.Folder, "data", "rabbitmq") }.FirstOrDefault(Directory.Exists);
}
