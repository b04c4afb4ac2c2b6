using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>What the hub does by itself: tell what is overdue, move what somebody else delayed, set what was pending.</summary>
public sealed class HubCommandTests
{
    static readonly HubCommand.FollowUp Overdue = new();

    [Fact]
    public void Overdue_is_told_two_minutes_after_the_due_time_and_once()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-12T09:00"); // answer due at 2026-02-28 00:00
        on = on.After(Overdue, "2026-02-27T15:00"); // recalled, and not yet due
        on.After(Overdue, "2026-02-28T00:01:59.999999").ShouldBeSameAs(on);
        var told = on.After(Overdue, "2026-02-28T00:02");
        told.Live(Duties.Feedback).OverdueToldAt.ShouldBe(Core.Shanghai("2026-02-28T00:02"));
        told.After(Overdue, "2026-02-28T00:03").ShouldBeSameAs(told);
        told.Phase.ShouldBe(Phase.Open);
    }

    [Fact]
    public void Both_sides_are_told_of_each_overdue_duty_with_own_numbers()
    {
        var on = Core.Asked();
        var decision = ExchangeDecider.Decide(on, Overdue, Core.Shanghai("2026-03-01T08:00"), Core.Rules);
        decision.Facts.OfType<WentOverdue>().ShouldBe([
            new WentOverdue(Core.Shanghai("2026-03-01T08:00"), Duties.Acknowledgement, Core.Shanghai("2026-02-13T00:00")),
            new WentOverdue(Core.Shanghai("2026-03-01T08:00"), Duties.Feedback, Core.Shanghai("2026-02-28T00:00"))]);
        decision.Tellings.Cast<Telling.Event>().Where(t => t.Kind == Kinds.Overdue).Select(t => (t.To, t.Number, t.Seq, t.Duty)).ShouldBe([
            (Core.Asker, 2, 1, Duties.Acknowledgement), (Core.Receiver, 2, 2, Duties.Acknowledgement),
            (Core.Asker, 5, 4, Duties.Feedback), (Core.Receiver, 5, 5, Duties.Feedback)]); // between them a reminder and the escalation
    }

    [Fact]
    public void Nothing_that_is_done_withdrawn_or_returned_goes_overdue()
    {
        var asked = Core.Asked();
        foreach (var kind in new[] { Kinds.FeedbackReply, Kinds.Return, Kinds.Withdrawal })
        {
            var on = asked.After(kind, "2026-02-20T09:00");
            on.After(Overdue, "2026-03-05T09:00").ShouldBeSameAs(on);
        }
    }

    [Fact]
    public void A_deadline_inside_an_outage_moves_to_its_end_plus_one_hour_and_stays_in_its_cohort()
    {
        var on = Core.Asked().After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-27T18:00"), Core.Shanghai("2026-02-28T09:30"))), "2026-02-28T09:31");
        on.Owed.Single(o => o.Ordinal == 2).ShouldSatisfyAllConditions(o => o.EndedWhy.ShouldBe("HubOutage"), o => o.EndedAt.ShouldBe(on.LastAt));
        on.Live(Duties.Feedback).ShouldSatisfyAllConditions(
            o => o.Ordinal.ShouldBe(3), o => o.OpenedAt.ShouldBe(on.LastAt),
            o => o.Due.ShouldBe(new Due(Core.Day("2026-02-27"), Core.Shanghai("2026-02-28T10:30"))));
        on.Live(Duties.Acknowledgement).Ordinal.ShouldBe(1); // was due long before
    }

    [Theory]
    [InlineData("2026-02-28T00:00", "2026-02-28T09:00", false)] // due at its very begin: had its whole time
    [InlineData("2026-02-27T23:59:59.999999", "2026-02-28T09:00", true)]
    [InlineData("2026-02-27T22:00", "2026-02-28T00:00", true)] // its last instant lies inside
    [InlineData("2026-02-27T22:00", "2026-02-27T23:59:59.999999", false)]
    public void Inside_means_that_the_last_instant_before_due_was_taken(string from, string to, bool moves)
    {
        var on = Core.Asked();
        on.After(new HubCommand.MoveForOutage(new(Core.Shanghai(from), Core.Shanghai(to))), "2026-02-28T09:00").Facts.ShouldBe(on.Facts + (moves ? 1 : 0));
    }

    [Fact]
    public void An_outage_makes_nobody_late_even_when_the_answer_was_taken_before_the_move()
    {
        var on = Core.Asked().After(Kinds.FeedbackReply, "2026-02-28T09:00")
            .After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-27T18:00"), Core.Shanghai("2026-02-28T08:30"))), "2026-02-28T09:05");
        on.Live(Duties.Feedback).ShouldSatisfyAllConditions(o => o.FulfilledAt.ShouldBe(Core.Shanghai("2026-02-28T09:00")), o => o.Due!.At.ShouldBe(Core.Shanghai("2026-02-28T09:30")));
    }

    [Fact]
    public void A_late_withdrawal_that_an_outage_makes_timely_leaves_the_cohort()
    {
        var on = Core.Asked().After(Kinds.Withdrawal, "2026-02-28T09:00")
            .After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-27T18:00"), Core.Shanghai("2026-02-28T08:30"))), "2026-02-28T09:05");
        on.Owed[^1].ShouldSatisfyAllConditions(o => o.EndedWhy.ShouldBe("Withdrawn"), o => o.EndedAt.ShouldBe(on.LastAt), o => o.WithdrawnAt.ShouldBeNull());
    }

    [Fact]
    public void What_was_done_in_time_does_not_move()
    {
        var on = Core.Asked().After(Kinds.FeedbackReply, "2026-02-12T10:00");
        on.After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-12T18:00"), Core.Shanghai("2026-02-28T08:30"))), "2026-02-28T09:05").Facts.ShouldBe(on.Facts);
    }

    [Fact]
    public void A_late_delivery_counts_anew_from_the_confirm_and_the_cohort_moves_too()
    {
        var on = Core.Asked("2026-02-11T10:00").After(new HubCommand.CountAnew(Core.Shanghai("2026-02-12T08:00")), "2026-02-12T08:00:01");
        on.OpenedAt.ShouldBe(Core.Shanghai("2026-02-11T10:00")); // the stamp stays
        on.Live(Duties.Acknowledgement).Due!.On.ShouldBe(Core.Day("2026-02-13"));
        on.Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-02-28"));
        foreach (var again in new[] { "2026-02-12T08:00", "2026-02-12T08:30", "2026-02-13T10:00" }) // published again, confirmed again
            on.After(new HubCommand.CountAnew(Core.Shanghai(again)), "2026-02-13T10:00").Facts.ShouldBe(on.Facts);
    }

    [Fact]
    public void A_delivery_within_fifteen_minutes_is_not_late()
    {
        var on = Core.Asked("2026-02-11T10:00");
        on.After(new HubCommand.CountAnew(Core.Shanghai("2026-02-11T10:15")), "2026-02-11T10:15").Facts.ShouldBe(on.Facts);
        on.After(new HubCommand.CountAnew(Core.Shanghai("2026-02-11T10:15:00.000001")), "2026-02-11T10:16").Facts.ShouldBe(on.Facts + 2);
    }

    [Fact]
    public void A_date_in_a_year_without_a_calendar_is_pending_then_set_when_the_calendar_comes()
    {
        var until2025 = Core.RulesUntil(2025);
        var decision = ExchangeDecider.Decide(null, Core.Request(), null, Core.Shanghai("2025-12-30T10:00"), until2025).ShouldBeOfType<Decision.Accepted>();
        decision.Tellings.Single().ShouldBeOfType<Telling.Message>().ShouldSatisfyAllConditions(
            t => t.Dates.Acknowledgement!.On.ShouldBe(Core.Day("2025-12-31")), t => t.Dates.Feedback.ShouldBeNull(), t => t.Dates.Pending.ShouldBeTrue());
        var on = decision.After;
        on.After(Overdue, "2026-06-01T10:00", until2025).Live(Duties.Feedback).OverdueToldAt.ShouldBeNull();
        on.After(new HubCommand.SetPendingDue(), "2026-01-05T09:00", until2025).Facts.ShouldBe(on.Facts);

        var set = ExchangeDecider.Decide(on, new HubCommand.SetPendingDue(), Core.Shanghai("2026-01-05T09:00"), Core.Rules);
        set.Facts.Single().ShouldBe(new DueMoved(Core.Shanghai("2026-01-05T09:00"), Duties.Feedback, on.OpenedAt, null, Due.EndOf(Core.Day("2026-01-09")), "CalendarCame"));
        set.Tellings.Cast<Telling.Event>().Select(t => (t.To, t.Kind, t.DueOn, t.Cause)).ShouldBe([
            (Core.Asker, Kinds.DueChange, Core.Day("2026-01-09"), "CalendarCame"), (Core.Receiver, Kinds.DueChange, Core.Day("2026-01-09"), "CalendarCame")]);
        set.After.After(new HubCommand.SetPendingDue(), "2026-01-06T09:00").Facts.ShouldBe(set.After.Facts);
    }

    [Fact]
    public void What_was_answered_while_pending_gets_its_date_and_keeps_its_time()
    {
        var on = Core.Asked("2025-12-30T10:00", rules: Core.RulesUntil(2025)).After(Kinds.FeedbackReply, "2026-01-04T10:00")
            .After(new HubCommand.SetPendingDue(), "2026-01-05T09:00");
        on.Live(Duties.Feedback).ShouldSatisfyAllConditions(o => o.Due!.On.ShouldBe(Core.Day("2026-01-09")), o => o.FulfilledAt.ShouldBe(Core.Shanghai("2026-01-04T10:00")));
    }

    [Fact]
    public void An_extension_into_a_year_without_a_calendar_is_not_lost_when_the_calendar_comes()
    {
        var until2025 = Core.RulesUntil(2025);
        var on = Core.Asked("2025-12-22T10:00", rules: until2025).After(Kinds.ExtensionRequest, "2025-12-23T10:00");
        on.Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2025-12-31"));
        on = ExchangeDecider.Decide(on, Core.Message(on, Kinds.ExtensionDecision), null, Core.Shanghai("2025-12-23T11:00"), until2025).ShouldBeOfType<Decision.Accepted>().After;
        on.Live(Duties.Feedback).Due.ShouldBeNull();
        on.After(new HubCommand.SetPendingDue(), "2026-01-05T09:00").Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-01-06")); // three working days after the 31st
    }

    [Fact]
    public void A_late_confirm_leaves_an_extension_that_waits_for_its_calendar_as_it_is()
    {
        var until2025 = Core.RulesUntil(2025);
        var on = Core.Asked("2025-12-22T10:00", rules: until2025).After(Kinds.ExtensionRequest, "2025-12-22T10:20");
        on = ExchangeDecider.Decide(on, Core.Message(on, Kinds.ExtensionDecision), null, Core.Shanghai("2025-12-22T10:25"), until2025).ShouldBeOfType<Decision.Accepted>().After;
        on = on.After(new HubCommand.CountAnew(Core.Shanghai("2025-12-22T10:30")), "2025-12-22T10:30", until2025);
        on.After(new HubCommand.SetPendingDue(), "2026-01-05T09:00").Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-01-06")); // three working days after the 31st
    }

    [Fact]
    public void A_late_confirm_takes_no_time_away_that_an_extension_gave()
    {
        var on = Core.Asked("2026-03-02T10:00").After(Kinds.ExtensionRequest, "2026-03-02T11:00").After(Kinds.ExtensionDecision, "2026-03-02T11:30");
        on.Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-03-16"));
        on.After(new HubCommand.CountAnew(Core.Shanghai("2026-03-02T12:00")), "2026-03-02T12:00").Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-03-16"));
    }
}
