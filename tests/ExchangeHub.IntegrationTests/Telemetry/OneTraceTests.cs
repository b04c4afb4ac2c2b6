using System.Diagnostics;
using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry.Trace;

namespace ExchangeHub.IntegrationTests.Telemetry;

/// <summary>One exchange followed through: what the exported spans say.</summary>
public sealed class OneTraceTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_hops_of_an_exchange_across_the_broker_are_one_trace_with_the_exchanges_id()
    {
        var exported = new List<Activity>();
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions
        {
            Name = "trace",
            Counties = [Asker, Receiver],
            ConfigureHub = b => b.Services.ConfigureOpenTelemetryTracerProvider(t => t.AddInMemoryExporter(exported)),
        }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 7)); // not in the register: a clerk answers
        await world.QuietAsync(cancel: Cancel);
        (await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "PersonNotFound", reasonCode = "NoRecord" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        await world.StopNodeAsync(Cancel); // ended, the last spans are exported
        await world.StopHubAsync(Cancel);

        // Calls over HTTP and to the database, made for a message, are in its trace as well.
        var trace = exported.Where(s => s.TraceId.ToHexString() == id.ToString("N") && s.Source.Name == Tracing.SourceName).ToList();
        // What is published or delivered twice (at least once on each hop) is the same hop.
        var hops = trace.DistinctBy(s => (s.DisplayName, Tag(s, "messaging.message.id"))).ToList();
        hops.Select(s => (s.DisplayName, s.Kind)).ShouldBe(
        [
            .. Hops(BrokerNames.QueueOf(Receiver)),
            .. Hops(BrokerNames.QueueOf(Asker)),
        ], ignoreOrder: true);
        foreach (var message in hops.GroupBy(s => Tag(s, "messaging.message.id")))
        {
            var made = message.Single(s => s.DisplayName.StartsWith("create", StringComparison.Ordinal));
            foreach (var hop in message.Where(s => s != made))
                hop.ParentSpanId.ShouldBe(made.SpanId, hop.DisplayName);
        }
        foreach (var span in hops)
        {
            (Tag(span, "messaging.system"), Tag(span, "messaging.message.conversation_id")).ShouldBe(("rabbitmq", id.ToString("D")));
            span.DisplayName.ShouldBe($"{Tag(span, "messaging.operation.name")} {Tag(span, "messaging.destination.name")}");
            Tag(span, "messaging.operation.type").ShouldBeOneOf("create", "send", "process");
        }
    }

    [Fact]
    public async Task A_statement_is_traced_within_some_work_and_not_where_it_is_a_background_duty_s()
    {
        var exported = new List<Activity>();
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions
        {
            Name = "trace",
            Counties = [],
            ConfigureHub = b => b.Services.ConfigureOpenTelemetryTracerProvider(t => t.AddInMemoryExporter(exported)),
        }, Cancel);
        foreach (var app in new[] { world.Hub, world.Node })
        {
            await AskAsync(app, "duty");
            using (Tracing.Create("work", Guid.NewGuid(), Guid.NewGuid()))
                await AskAsync(app, "work");
        }
        await world.StopNodeAsync(Cancel);
        await world.StopHubAsync(Cancel);
        exported.Where(s => s.Source.Name == "Npgsql").Select(s => Tag(s, "db.query.text")).Where(t => t?.StartsWith("select 'asked by", StringComparison.Ordinal) == true)
            .ShouldBe(["select 'asked by work'", "select 'asked by work'"]);

        static async Task AskAsync(WebApplication app, string by)
        {
            await using var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"select 'asked by {by}'");
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    [Fact]
    public async Task Hub_and_node_that_share_a_process_export_nothing_for_each_would_tell_the_other_s_spans_again()
    {
        const string endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
        Environment.SetEnvironmentVariable(endpoint, "http://127.0.0.1:9");
        try
        {
            await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "trace", Counties = [] }, Cancel);
            (world.Hub.Configuration[endpoint], world.Node.Configuration[endpoint]).ShouldBe(("", ""));
        }
        finally
        {
            Environment.SetEnvironmentVariable(endpoint, null);
        }
    }

    /// <summary>The hops of one message, by the names that the conventions for messaging give them.</summary>
    static IEnumerable<(string, ActivityKind)> Hops(string queueOfReceiver) =>
    [
        ($"create {BrokerNames.Submit}", ActivityKind.Producer),
        ($"publish {BrokerNames.Submit}", ActivityKind.Producer),
        ($"process {BrokerNames.Intake}", ActivityKind.Consumer),
        ($"publish {BrokerNames.Deliver}", ActivityKind.Producer),
        ($"process {queueOfReceiver}", ActivityKind.Consumer),
    ];

    static string? Tag(Activity span, string name) => span.GetTagItem(name)?.ToString();
}
