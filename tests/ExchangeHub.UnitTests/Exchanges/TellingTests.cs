using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Numbers, sequence and due dates of statements come out of the decision.</summary>
public sealed class TellingTests
{
    [Fact]
    public void The_requests_statement_holds_both_due_dates()
    {
        var request = Core.Request();
        var decision = ExchangeDecider.Decide(null, request, null, Core.Shanghai("2026-02-11T10:00"), Core.Rules).ShouldBeOfType<Decision.Accepted>();
        var statement = decision.Tellings.Single().ShouldBeOfType<Telling.Message>().Statement(request, "digest", decision.At);
        statement.ShouldSatisfyAllConditions(
            s => s.Number.ShouldBe(1), s => s.Seq.ShouldBe(1), s => s.AcceptedAt.ShouldBe(Core.Shanghai("2026-02-11T10:00")),
            s => s.AckDueOn.ShouldBe(Core.Day("2026-02-12")), s => s.AckDueAt.ShouldBe(Core.Shanghai("2026-02-13T00:00")),
            s => s.DueOn.ShouldBe(Core.Day("2026-02-27")), s => s.DueAt.ShouldBe(Core.Shanghai("2026-02-28T00:00")), s => s.DuePending.ShouldBeFalse());
    }

    [Fact]
    public void Number_orders_both_sides_and_seq_each_receiver()
    {
        var on = Core.Asked();
        var acknowledged = on.Accepts(Core.Message(on, Kinds.Acknowledgement), "2026-02-11T11:00");
        var answered = acknowledged.After.Accepts(Core.Message(acknowledged.After, Kinds.FeedbackReply), "2026-02-11T12:00");
        var withdrawn = acknowledged.After.Accepts(Core.Message(acknowledged.After, Kinds.Withdrawal), "2026-02-11T12:00");

        acknowledged.Tellings.Single().ShouldSatisfyAllConditions(t => t.To.ShouldBe(Core.Asker), t => t.Number.ShouldBe(2), t => t.Seq.ShouldBe(1));
        answered.Tellings.Single().ShouldSatisfyAllConditions(t => t.To.ShouldBe(Core.Asker), t => t.Number.ShouldBe(3), t => t.Seq.ShouldBe(2));
        withdrawn.Tellings.Single().ShouldSatisfyAllConditions(t => t.To.ShouldBe(Core.Receiver), t => t.Number.ShouldBe(3), t => t.Seq.ShouldBe(2));
    }

    [Fact]
    public void Nothing_is_accepted_before_the_exchanges_last_fact()
    {
        var on = Core.Asked("2026-02-11T10:00");
        var earlier = on.Accepts(Core.Message(on, Kinds.Acknowledgement), "2026-02-11T09:59");
        earlier.At.ShouldBe(Core.Shanghai("2026-02-11T10:00"));
        earlier.Facts.Single().At.ShouldBe(earlier.At);
        ExchangeDecider.Decide(on, new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-27T18:00"), Core.Shanghai("2026-02-28T09:30"))), Core.Shanghai("2026-02-11T09:00"), Core.Rules)
            .At.ShouldBe(on.LastAt);
    }

    [Fact]
    public void The_state_row_reads_back_as_it_was_written()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00")
            .After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-27T18:00"), Core.Shanghai("2026-02-28T09:30"))), "2026-02-28T09:31").After(new HubCommand.FollowUp(), "2026-03-02T10:00");
        on = on.After(Kinds.FeedbackReply, "2026-03-03T10:00");
        var back = Exchange.FromJson(on.ToJson())!;
        back.ToJson().ShouldBe(on.ToJson());
        back.Owed.ShouldBe(on.Owed);
        back.Messages.ShouldBe(on.Messages);
        (back with { Owed = on.Owed, Messages = on.Messages }).ShouldBe(on);
    }
}
