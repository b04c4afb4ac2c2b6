using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Relay;
using ExchangeHub.IntegrationTests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Every durable write, failed and done-but-reported-failed: nothing lost, nothing doubled.</summary>
public sealed class DurableWriteTests(DurableWriteTests.FaultyHub faulty) : IClassFixture<DurableWriteTests.FaultyHub>
{
    readonly HubWorld hub = faulty.World;

    public static TheoryData<string, bool> Faults => new(
        from write in new[] { HubWrites.Batch, HubWrites.Publish, HubWrites.Confirmed, HubWrites.Quarantine }
        from done in new[] { false, true }
        select (write, done));

    [Theory, MemberData(nameof(Faults))]
    public async Task A_write_that_fails_or_only_seems_to_costs_nothing(string write, bool done)
    {
        var quarantined = await QuarantinedAsync();
        var happened = faulty.Write.Next(write, done);
        var question = hub.Asker.Ask("510104");
        if (write == HubWrites.Quarantine)
            await hub.Asker.PublishAsync(hub.Asker.Ask("510104"), "nobody's"u8.ToArray(), p => p.UserId = null);
        await hub.Asker.SendAsync(question);
        await happened.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop);

        var receipt = await hub.Asker.AcceptedAsync(question);
        (await hub.Receiver.DeliveryAsync(question.MessageId)).Statement.ShouldBe(receipt);
        foreach (var (table, rows) in new[] { ("events.mt_events where stream_id", 1), ("hub.deliveries where exchange_id", 1), ("hub.obligations where exchange_id", 2) })
            (await hub.ScalarAsync<long>($"select count(*) from {table} = $1", question.ExchangeId)).ShouldBe(rows, table);
        (await hub.ScalarAsync<long>("select count(*) from hub.submissions where message_id = $1", question.MessageId)).ShouldBe(1);
        if (write == HubWrites.Quarantine)
            (await QuarantinedAsync()).ShouldBeGreaterThan(quarantined);
        if (write == HubWrites.Confirmed && !done)
        {
            await hub.ExecuteAsync("update hub.pending set since = since - interval '1 minute'"); // its process is thought dead
            await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        }
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending") == 0);
        (await hub.ScalarAsync<bool>("select confirmed_at is not null from hub.deliveries where exchange_id = $1", question.ExchangeId)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_dead_process_left_pending_any_other_publishes()
    {
        var question = await hub.AskAsync();
        await hub.Asker.AcceptedAsync(question);
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending") == 0);
        await hub.ExecuteAsync("""
            insert into hub.pending (batch, index, addressee, leaf, since)
            select batch, index, addressee, null, now() - interval '31 seconds' from hub.deliveries where exchange_id = $1
            """, question.ExchangeId);
        await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending") == 0);
        await HubWorld.Eventually(() => Task.FromResult(hub.Receiver.DeliveriesOf(question.MessageId) == 2));
    }

    [Fact]
    public async Task A_county_without_a_queue_is_parked_and_nobody_else_waits()
    {
        using var channel = await hub.AdminChannelAsync();
        await channel.QueueUnbindAsync("node.420581", "node.deliver", "420581", cancellationToken: HubWorld.Stop);
        try
        {
            var unreachable = hub.Asker.Ask("420581");
            await hub.Asker.SendAsync(unreachable);
            await hub.Asker.AcceptedAsync(unreachable);
            await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending where addressee = '420581' and failed = 'Returned' and not_before is not null") == 1);
            await hub.AskAsync();
            using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
            (await hub.Third.Hub(http).GetDeliveriesAsync(unreachable.ExchangeId, 1, HubWorld.Stop)).Items.ShouldHaveSingleItem(); // the feed has it at once
        }
        finally
        {
            await hub.ExecuteAsync("delete from hub.pending where addressee = '420581'");
            await channel.QueueBindAsync("node.420581", "node.deliver", "420581", cancellationToken: HubWorld.Stop);
        }
    }

    Task<long> QuarantinedAsync() => hub.ScalarAsync<long>("select count(*) from hub.quarantine");

    /// <summary>A hub whose next durable write of a name fails on demand.</summary>
    public sealed class FaultyHub(TestServers servers) : IAsyncLifetime
    {
        HubWorld? world;

        public HubWorld World => world ?? throw new InvalidOperationException("The hub is not started.");

        public FaultyWrite Write { get; } = new();

        public async ValueTask InitializeAsync() => world = await HubWorld.CreateAsync(servers, b => b.Services.AddSingleton<DurableWrite>(Write));

        public async ValueTask DisposeAsync()
        {
            if (world is not null)
                await world.DisposeAsync();
        }
    }
}
