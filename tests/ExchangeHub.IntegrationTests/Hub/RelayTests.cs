using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Relay;
using RabbitMQ.Client;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>What was committed is published, whoever died or whose queue is missing; nobody pays for it but that county.</summary>
public sealed class RelayTests(FaultyHub faulty) : IClassFixture<FaultyHub>
{
    readonly HubWorld hub = faulty.World;

    [Fact]
    public async Task What_a_dead_process_left_pending_any_other_publishes()
    {
        var question = await hub.AskAsync();
        await hub.Asker.AcceptedAsync(question);
        await NothingPendingAsync();
        await LeaveBehindAsync(question, "31 seconds");
        await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        await NothingPendingAsync();
        await HubWorld.Eventually(() => Task.FromResult(hub.Receiver.DeliveriesOf(question.MessageId) == 2));
    }

    [Theory]
    [InlineData("Returned")] // its queue is not bound
    [InlineData("Refused")] // its queue is full
    public async Task A_county_whose_queue_is_missing_or_full_is_parked_and_nobody_else_waits_and_it_gets_everything_in_the_end(string why)
    {
        using var channel = await hub.AdminChannelAsync();
        if (why == "Refused")
        {
            await channel.QueueDeclareAsync("full", durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "classic", ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }, cancellationToken: HubWorld.Stop);
            await channel.BasicPublishAsync("", "full", new byte[] { 1 }, HubWorld.Stop);
            await channel.QueueBindAsync("full", BrokerNames.Deliver, "420581", cancellationToken: HubWorld.Stop);
        }
        await channel.QueueUnbindAsync("node.420581", BrokerNames.Deliver, "420581", cancellationToken: HubWorld.Stop);

        var unreachable = hub.Asker.Ask("420581");
        await hub.Asker.SendAsync(unreachable);
        await hub.Asker.AcceptedAsync(unreachable);
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending where addressee = '420581' and failed = $1 and not_before is not null", why) == 1);
        await hub.AskAsync();
        using (var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl })
            (await hub.Third.Hub(http).GetDeliveriesAsync(unreachable.ExchangeId, 1, HubWorld.Stop)).Items.ShouldHaveSingleItem(); // the feed has it at once
        hub.Third.DeliveriesOf(unreachable.MessageId).ShouldBe(0);

        await channel.QueueDeleteAsync("full", cancellationToken: HubWorld.Stop);
        await channel.QueueBindAsync("node.420581", BrokerNames.Deliver, "420581", cancellationToken: HubWorld.Stop);
        await hub.ExecuteAsync("update hub.pending set not_before = null, since = since - interval '1 minute' where addressee = '420581'");
        await ForgetParkingAsync();
        await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        await hub.Third.DeliveryAsync(unreachable.MessageId);
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending where addressee = '420581'") == 0);
    }

    [Fact]
    public async Task More_than_a_sweep_s_worth_for_a_parked_county_keeps_nobody_else_s_from_being_swept()
    {
        var left = await hub.AskAsync();
        using var channel = await hub.AdminChannelAsync();
        await channel.QueueUnbindAsync("node.420581", "node.deliver", "420581", cancellationToken: HubWorld.Stop);
        try
        {
            var first = hub.Asker.Ask("420581");
            await hub.Asker.SendAsync(first);
            await HubWorld.Eventually(async () => await ParkedAsync("failed = 'Returned'") == 1);
            for (var more = 0; more < 201; more++)
                await hub.Asker.SendAsync(hub.Asker.Ask("420581"));
            await HubWorld.Eventually(async () => await ParkedAsync("failed is null") == 201);
            await hub.ExecuteAsync("update hub.pending set since = since - interval '1 hour' where addressee = '420581'");
            await LeaveBehindAsync(left, "31 seconds");
            (await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop)).ShouldBe(1);
            await HubWorld.Eventually(() => Task.FromResult(hub.Receiver.DeliveriesOf(left.MessageId) == 2));
        }
        finally
        {
            await hub.ExecuteAsync("delete from hub.pending where addressee = '420581'");
            await channel.QueueBindAsync("node.420581", "node.deliver", "420581", cancellationToken: HubWorld.Stop);
            await ForgetParkingAsync();
        }

        Task<long> ParkedAsync(string what) => hub.ScalarAsync<long>($"select count(*) from hub.pending where addressee = '420581' and leaf is null and {what}");
    }

    [Fact]
    public async Task A_delivery_that_was_confirmed_late_and_published_twice_starts_its_deadlines_anew_once()
    {
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddDays(1), HubWorld.Stop);
        await NothingPendingAsync(); // what was recalled on the way is told, and is not what fails
        await LeaveBehindAsync(question, "1 minute");
        var mend = faulty.Write.Every(HubWrites.Confirmed); // the sweep's own, and the relay's of what the late confirm made it tell
        await Should.ThrowAsync<IOException>(() => hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop));
        mend();
        await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange, nth: 2); // acknowledgement and feedback

        await ForgetClaimsAsync();
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddHours(1), HubWorld.Stop);
        (await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop)).ShouldBeGreaterThan(0);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events where stream_id = $1 and type = 'due-moved'", question.ExchangeId)).ShouldBe(2);
    }

    [Fact]
    public async Task While_the_broker_lets_a_sweep_wait_no_row_is_locked_and_no_other_sweep_sends_the_same()
    {
        var question = await hub.AskAsync();
        await hub.Asker.AcceptedAsync(question);
        await NothingPendingAsync();
        var (waits, goOn) = faulty.Write.Hold(HubWrites.Publish);
        await LeaveBehindAsync(question, "31 seconds");
        var sweep = hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        await waits.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop);
        (await hub.ScalarAsync<long>("select count(*) from (select 1 from hub.pending for update nowait) free")).ShouldBe(1);
        (await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop)).ShouldBe(0);
        goOn.SetResult();
        await sweep;
        await NothingPendingAsync();
        await HubWorld.Eventually(() => Task.FromResult(hub.Receiver.DeliveriesOf(question.MessageId) == 2));
    }

    [Fact]
    public async Task A_late_delivery_whose_exchange_cannot_be_read_keeps_no_other_from_counting_anew_and_counts_anew_once_mended()
    {
        var (broken, other) = (await hub.AskAsync(), await hub.AskAsync());
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddDays(1), HubWorld.Stop);
        var state = await hub.ScalarAsync<string>("select state::text from hub.exchanges where id = $1", broken.ExchangeId);
        await hub.ExecuteAsync("update hub.exchanges set state = '\"no state\"' where id = $1", broken.ExchangeId);
        await LeaveBehindAsync(broken, "1 minute");
        await LeaveBehindAsync(other, "1 minute");
        await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        (await hub.Receiver.EventAsync(other.ExchangeId, Kinds.DueChange, nth: 2)).Cause.ShouldBe("DeliveredLate");

        await hub.ExecuteAsync("update hub.exchanges set state = $2::jsonb where id = $1", broken.ExchangeId, state);
        await ForgetClaimsAsync();
        await hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop);
        (await hub.Receiver.EventAsync(broken.ExchangeId, Kinds.DueChange, nth: 2)).Cause.ShouldBe("DeliveredLate");
    }

    /// <summary>As if the time that rows are one sweep's own, or rest, had passed.</summary>
    Task NothingPendingAsync() => HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.pending") == 0);

    Task ForgetClaimsAsync() => hub.ExecuteAsync("update hub.pending set not_before = null");

    /// <summary>A parked county rests half a minute: not waited for, since a hub that was not there knows nothing of it.</summary>
    async Task ForgetParkingAsync()
    {
        await hub.World.StopHubAsync(HubWorld.Stop);
        await hub.World.StartHubAsync(HubWorld.Stop);
    }

    Task LeaveBehindAsync(Header question, string since) => hub.ExecuteAsync($"""
        insert into hub.pending (batch, index, addressee, leaf, since)
        select batch, index, addressee, null, now() - interval '{since}' from hub.deliveries where message_id = $1
        """, question.MessageId);
}
