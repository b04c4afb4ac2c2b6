using System.Diagnostics;
using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Node;
using Microsoft.Extensions.DependencyInjection;
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
