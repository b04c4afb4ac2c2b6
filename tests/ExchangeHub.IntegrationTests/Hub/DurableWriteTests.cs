using ExchangeHub.Hub;
using ExchangeHub.Hub.Relay;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Every durable write, failed and done-but-reported-failed: nothing lost, nothing doubled.</summary>
public sealed class DurableWriteTests(FaultyHub faulty) : IClassFixture<FaultyHub>
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

    Task<long> QuarantinedAsync() => hub.ScalarAsync<long>("select count(*) from hub.quarantine");
}
