using System.Net.Http.Headers;
using System.Net.Http.Json;
using ExchangeHub.Contracts;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>A message that fails by the hub's own fault harms no other, and is judged later.</summary>
public sealed class PoisonTests(TestServers servers)
{
    [Fact]
    public async Task Of_200_messages_one_poisons_and_199_are_accepted()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var broken = await hub.AskAsync();
        var state = await hub.ScalarAsync<string>("select state::text from hub.exchanges where id = $1", broken.ExchangeId);
        await hub.ExecuteAsync("update hub.exchanges set state = '\"no state\"' where id = $1", broken.ExchangeId);

        await hub.World.StopHubAsync(HubWorld.Stop);
        var good = Enumerable.Range(0, 199).Select(_ => hub.Asker.Ask("510104")).ToList();
        var poison = hub.Receiver.Reply(broken);
        foreach (var question in good.Take(77))
            await hub.Asker.SendAsync(question);
        await hub.Receiver.SendAsync(poison);
        foreach (var question in good.Skip(77))
            await hub.Asker.SendAsync(question);
        await hub.World.StartHubAsync(HubWorld.Stop);

        foreach (var question in good)
            await hub.Asker.AcceptedAsync(question);
        (await hub.Receiver.ReceiptAsync(poison.MessageId)).ShouldBeOfType<HeldStatement>();
        (await hub.ScalarAsync<long>("select count(*) from hub.quarantine")).ShouldBe(1);

        // Mended, and replayed after the deadline: the answer was in the hub's hands in time, so it is in time.
        await hub.ExecuteAsync("update hub.exchanges set state = $2::jsonb where id = $1", broken.ExchangeId, state);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 12, 8), HubWorld.Stop);
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await hub.World.OperatorTokenAsync(HubWorld.Stop));
        var row = (await http.GetFromJsonAsync<List<Row>>("api/v1/quarantine", HubWorld.Stop))!.ShouldHaveSingleItem();
        (row.County, row.MessageId).ShouldBe(("510104", poison.MessageId));
        (await http.PostAsync($"api/v1/quarantine/{row.Id}/replay", null, HubWorld.Stop)).EnsureSuccessStatusCode();

        (await hub.Receiver.ReceiptAsync(poison.MessageId, nth: 2)).ShouldBeOfType<AcceptedStatement>().AcceptedAt.ShouldBe(HubWorld.Shanghai(2026, 2, 12, 8));
        (await hub.ScalarAsync<bool>("select bool_and(fulfilled_at < due_at) from hub.obligations where exchange_id = $1 and ended_at is null", broken.ExchangeId)).ShouldBeTrue();
        (await http.PostAsync($"api/v1/quarantine/{row.Id}/replay", null, HubWorld.Stop)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_dispute_that_the_hub_held_is_judged_after_the_day_on_which_the_exchange_would_have_closed()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync();
        var reply = hub.Receiver.Reply(question);
        await hub.Receiver.SendAsync(reply);
        await hub.Receiver.AcceptedAsync(reply);
        var state = await hub.ScalarAsync<string>("select state::text from hub.exchanges where id = $1", question.ExchangeId);
        await hub.ExecuteAsync("update hub.exchanges set state = '\"no state\"' where id = $1", question.ExchangeId);
        var dispute = hub.Asker.Next(Kinds.Dispute, question, reply.MessageId) with { ReasonCode = "ContradictsDocument" };
        await hub.Asker.SendAsync(dispute);
        (await hub.Asker.ReceiptAsync(dispute.MessageId)).ShouldBeOfType<HeldStatement>();
        await hub.ExecuteAsync("update hub.exchanges set state = $2::jsonb where id = $1", question.ExchangeId, state);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 3, 10, 9), HubWorld.Stop); // long after both windows

        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await hub.World.OperatorTokenAsync(HubWorld.Stop));
        var row = (await http.GetFromJsonAsync<List<Row>>("api/v1/quarantine", HubWorld.Stop))!.ShouldHaveSingleItem();
        (await http.PostAsync($"api/v1/quarantine/{row.Id}/replay", null, HubWorld.Stop)).EnsureSuccessStatusCode();
        (await hub.Asker.ReceiptAsync(dispute.MessageId, nth: 2)).ShouldBeOfType<AcceptedStatement>();
        (await hub.ScalarAsync<string>("select phase from hub.exchanges where id = $1", question.ExchangeId)).ShouldBe("Disputed");
    }

    [Fact]
    public async Task An_exchange_that_cannot_be_read_keeps_no_other_from_its_due_and_no_hub_from_starting_and_gets_its_own_once_mended()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var (broken, other) = (await hub.AskAsync(), await hub.AskAsync());
        var state = await hub.ScalarAsync<string>("select state::text from hub.exchanges where id = $1", broken.ExchangeId);
        await hub.ExecuteAsync("update hub.exchanges set state = '\"no state\"' where id = $1", broken.ExchangeId);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 4, 0, 2), HubWorld.Stop);
        (await hub.Receiver.EventAsync(other.ExchangeId, Kinds.Overdue)).Duty.ShouldBe(Duties.Acknowledgement);

        await hub.World.StopHubAsync(HubWorld.Stop);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 12, 9), HubWorld.Stop); // over the deadline of both
        await hub.World.StartHubAsync(HubWorld.Stop);
        (await hub.Receiver.EventAsync(other.ExchangeId, Kinds.DueChange)).Cause.ShouldBe("HubOutage");
        var reply = hub.Receiver.Reply(other);
        await hub.Receiver.SendAsync(reply);
        await hub.Receiver.AcceptedAsync(reply);

        await hub.World.StopHubAsync(HubWorld.Stop);
        await hub.ExecuteAsync("update hub.exchanges set state = $2::jsonb where id = $1", broken.ExchangeId, state);
        await hub.World.StartHubAsync(HubWorld.Stop);
        var moved = await hub.Receiver.EventAsync(broken.ExchangeId, Kinds.DueChange);
        (moved.Duty, moved.Cause, moved.DueAt).ShouldBe((Duties.Feedback, "HubOutage", HubWorld.Shanghai(2026, 2, 12, 10)));
        await HubWorld.Eventually(() => hub.ScalarAsync<bool>("select bool_and(moved_at is not null) from hub.outages"));
    }

    sealed record Row(Guid Id, string County, Guid MessageId);
}
