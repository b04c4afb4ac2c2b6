using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>A message from the broker to its receipt and its delivery.</summary>
public sealed class IntakeTests(SharedHub shared) : IClassFixture<SharedHub>
{
    readonly HubWorld hub = shared.World;

    [Fact]
    public async Task The_receipt_of_the_sender_and_the_stamp_of_the_receiver_are_the_same_statement()
    {
        var question = hub.Asker.Ask("510104");
        var body = await hub.Asker.SendAsync(question);

        var receipt = await hub.Asker.AcceptedAsync(question);
        var delivery = await hub.Receiver.DeliveryAsync(question.MessageId);
        delivery.Statement.ShouldBe(receipt);
        delivery.Body.ShouldBe(System.Text.Encoding.ASCII.GetString(body));
        delivery.CorrelationId.ShouldBe(question.ExchangeId.ToString());
        delivery.Type.ShouldBe("certificate-verification-request.v1");
        delivery.TraceParent.ShouldBe(Tracing.ParentOf(question.ExchangeId, question.MessageId));

        receipt.Digest.ShouldBe(B64u.Hash(body));
        (receipt.Number, receipt.Seq).ShouldBe((1, 1));
        receipt.AcceptedAt.ShouldBe(hub.World.Clocks.Now);
        // Monday 2 February 2026, between provinces: acknowledged within one working day, answered within seven.
        receipt.AckDueOn.ShouldBe(new DateOnly(2026, 2, 3));
        receipt.DueOn.ShouldBe(new DateOnly(2026, 2, 11));
        receipt.DueAt.ShouldBe(HubWorld.Shanghai(2026, 2, 12));
    }

    [Fact]
    public async Task An_exchange_is_asked_acknowledged_and_answered_and_owes_nothing_then()
    {
        var question = await hub.AskAsync();
        var acknowledgement = hub.Receiver.Acknowledge(question);
        await hub.Receiver.SendAsync(acknowledgement);
        (await hub.Receiver.AcceptedAsync(acknowledgement)).Number.ShouldBe(2);
        var reply = hub.Receiver.Reply(question);
        await hub.Receiver.SendAsync(reply);
        var answered = (AcceptedStatement)(await hub.Asker.DeliveryAsync(reply.MessageId)).Statement;
        (answered.Number, answered.Seq).ShouldBe((3, 2));

        (await hub.ScalarAsync<string>("select phase from hub.exchanges where id = $1", question.ExchangeId)).ShouldBe("Answered");
        (await hub.ScalarAsync<long>("select count(*) from hub.obligations where exchange_id = $1 and fulfilled_at is not null", question.ExchangeId)).ShouldBe(2);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events where stream_id = $1", question.ExchangeId)).ShouldBe(3);
        (await hub.ScalarAsync<long>("select version from events.mt_streams where id = $1", question.ExchangeId)).ShouldBe(3);
    }

    [Fact]
    public async Task The_same_bytes_again_get_the_same_statement_again_and_change_nothing()
    {
        var question = hub.Asker.Ask("510104");
        var body = await hub.Asker.SendAsync(question);
        var first = await hub.Asker.ReceiptAsync(question.MessageId);
        await hub.Asker.PublishAsync(question, body);
        (await hub.Asker.ReceiptAsync(question.MessageId, nth: 2)).ShouldBe(first);

        // Once more in company of a new message: the one does not keep the other.
        var other = hub.Asker.Ask("510104");
        await hub.Asker.PublishAsync(question, body);
        await hub.Asker.SendAsync(other);
        await hub.Asker.AcceptedAsync(other);
        (await hub.Asker.ReceiptAsync(question.MessageId, nth: 3)).ShouldBe(first);
        (await hub.ScalarAsync<long>("select count(*) from hub.deliveries where exchange_id = $1", question.ExchangeId)).ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_message_gets_the_same_refusal_again()
    {
        var reply = hub.Receiver.Reply(hub.Asker.Ask("510104")); // to a question that was never sent
        var body = await hub.Receiver.SendAsync(reply);
        var refused = await hub.Receiver.RefusedAsync(reply.MessageId);
        refused.Reasons.ShouldBe([RefusalCodes.ExchangeUnknown]);
        await hub.Receiver.PublishAsync(reply, body);
        var again = await hub.Receiver.RefusedAsync(reply.MessageId, nth: 2);
        again.Write().ShouldBe(refused.Write());
    }

    [Fact]
    public async Task Other_bytes_under_a_used_id_are_refused_each_time_and_the_first_stands()
    {
        var question = hub.Asker.Ask("510104");
        var body = await hub.Asker.SendAsync(question);
        var first = await hub.Asker.ReceiptAsync(question.MessageId);
        var otherBody = await hub.Asker.SendAsync(question); // sealed anew: other bytes
        otherBody.ShouldNotBe(body);
        var refused = await hub.Asker.RefusedAsync(question.MessageId, nth: 2);
        refused.Reasons.ShouldBe([RefusalCodes.MessageIdReused]);
        refused.Fields.ShouldBe(["/properties/message-id"]);
        refused.Digest.ShouldBe(B64u.Hash(otherBody));
        await hub.Asker.PublishAsync(question, body);
        (await hub.Asker.ReceiptAsync(question.MessageId, nth: 3)).ShouldBe(first);
    }

    [Fact]
    public async Task A_refused_opening_leaves_its_exchange_free()
    {
        var stranger = await hub.AskAsync();
        var refused = hub.Asker.Ask("510104") with { Follows = Guid.NewGuid() };
        await hub.Asker.SendAsync(refused);
        (await hub.Asker.RefusedAsync(refused.MessageId)).Fields.ShouldBe(["/header/follows"]);
        var again = refused with { MessageId = Guid.NewGuid(), Follows = stranger.ExchangeId };
        await hub.Asker.SendAsync(again);
        (await hub.Asker.AcceptedAsync(again)).Number.ShouldBe(1);
    }

    [Fact]
    public async Task A_stranger_gets_the_answer_of_an_unknown_exchange()
    {
        var question = await hub.AskAsync();
        var meddling = hub.Third.Reply(question) with { To = "330106" };
        var opening = hub.Third.Ask("510104") with { ExchangeId = question.ExchangeId };
        await hub.Third.SendAsync(meddling);
        await hub.Third.SendAsync(opening);
        foreach (var message in new[] { meddling, opening })
            (await hub.Third.RefusedAsync(message.MessageId)).Reasons.ShouldBe([RefusalCodes.ExchangeUnknown]);
        var own = hub.Asker.Ask("510104") with { ExchangeId = question.ExchangeId };
        await hub.Asker.SendAsync(own);
        (await hub.Asker.RefusedAsync(own.MessageId)).Reasons.ShouldBe([RefusalCodes.ExchangeExists]);
    }

    [Fact]
    public async Task Receipts_of_many_messages_are_split_so_that_every_bundle_stays_under_the_limit()
    {
        await hub.World.StopHubAsync(HubWorld.Stop);
        var questions = Enumerable.Range(0, 200).Select(_ => hub.Asker.Ask("510104")).ToList();
        foreach (var question in questions)
            await hub.Asker.SendAsync(question);
        await hub.World.StartHubAsync(HubWorld.Stop);
        foreach (var question in questions) // the county checks the size of each bundle it reads
            await hub.Asker.AcceptedAsync(question);
        (await hub.ScalarAsync<int>("select max(size) from hub.batches")).ShouldBeGreaterThan(100);
    }
}
