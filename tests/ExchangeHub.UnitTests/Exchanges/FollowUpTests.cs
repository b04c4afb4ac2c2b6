using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>What is recalled, told to the province, and closed by the hub: by the policy of the province whose county owes, on working days.</summary>
public sealed class FollowUpTests
{
    static readonly HubCommand.FollowUp Look = new();

    static IReadOnlyList<ExchangeEvent> Told(Exchange on, string at, DeadlineRules? rules = null) =>
        ExchangeDecider.Decide(on, Look, Core.Shanghai(at), rules ?? Core.Rules).Facts;

    [Fact]
    public void An_answer_is_recalled_the_working_day_before_on_its_day_and_the_day_after()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00"); // answer due on 27 February
        on.LookAt.ShouldBe(Core.Shanghai("2026-02-26T09:00"));
        Told(on, "2026-02-26T08:59:59").ShouldBeEmpty();
        on = Recalled(on, "2026-02-26T09:00");
        on = Recalled(on, "2026-02-27T15:00");
        on.LookAt.ShouldBe(Core.Shanghai("2026-02-28T00:02")); // the overdue
        on = on.After(Look, "2026-02-28T00:02");
        on = Recalled(on, "2026-02-28T09:00"); // a make-up working day
        Told(on, "2026-03-03T08:59").ShouldBeEmpty();
        Told(on, "2026-03-03T09:00").ShouldHaveSingleItem().ShouldBeOfType<Escalated>().DueAt.ShouldBe(Core.Shanghai("2026-02-28T00:00"));
        on.After(Look, "2026-03-03T09:00").LookAt.ShouldBeNull();

        static Exchange Recalled(Exchange on, string at)
        {
            Told(on, at).ShouldHaveSingleItem().ShouldBeOfType<Reminded>().Duty.ShouldBe(Duties.Feedback);
            return on.After(Look, at);
        }
    }

    [Fact]
    public void Both_sides_are_told_by_an_event_of_their_own()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        ExchangeDecider.Decide(on, Look, Core.Shanghai("2026-02-26T09:00"), Core.Rules).Tellings.Cast<Telling.Event>()
            .Select(t => (t.To, t.Kind, t.Duty, t.DueAt, t.Seq)).ShouldBe([
                (Core.Asker, Kinds.Reminder, Duties.Feedback, Core.Shanghai("2026-02-28T00:00"), 2),
                (Core.Receiver, Kinds.Reminder, Duties.Feedback, Core.Shanghai("2026-02-28T00:00"), 2)]);
    }

    [Fact]
    public void Reminders_that_piled_up_while_the_hub_was_away_are_told_as_one()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        Told(on, "2026-03-05T10:00").Select(f => f.GetType().Name).ShouldBe([nameof(WentOverdue), nameof(Reminded), nameof(Escalated)]);
    }

    [Fact]
    public void A_date_that_an_outage_moved_far_is_recalled_and_escalated_after_the_day_it_moved_to()
    {
        var on = Core.Asked("2026-02-27T10:00").After(Kinds.Acknowledgement, "2026-02-27T11:00"); // due on Monday 9 March
        on = on.After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-03-09T20:00"), Core.Shanghai("2026-03-12T09:00"))), "2026-03-12T09:01");
        on = on.After(Look, "2026-03-12T10:02");
        on.Live(Duties.Feedback).OverdueToldAt.ShouldNotBeNull();
        Told(on, "2026-03-13T09:00").ShouldHaveSingleItem().ShouldBeOfType<Reminded>();
        Told(on, "2026-03-17T08:59").ShouldNotContain(f => f is Escalated);
        Told(on, "2026-03-17T09:00").ShouldContain(f => f is Escalated); // the third working day after Thursday
    }

    [Fact]
    public void What_is_due_today_and_came_in_the_evening_is_not_recalled_for_the_afternoon()
    {
        var urgent = Core.Asked("2026-03-02T17:30", to: Core.SameProvince, urgent: true).After(Kinds.Acknowledgement, "2026-03-02T17:31");
        urgent.LookAt.ShouldBe(Core.Shanghai("2026-03-03T00:02"));
    }

    [Fact]
    public void What_was_done_withdrawn_or_returned_is_not_recalled()
    {
        foreach (var kind in new[] { Kinds.Return, Kinds.Withdrawal })
            Core.Asked().After(kind, "2026-02-11T11:00").LookAt.ShouldBeNull();
        Core.Notified().After(Kinds.Acknowledgement, "2026-02-11T11:00").LookAt.ShouldBeNull();
    }

    [Fact]
    public void Nobody_confirms_and_the_hub_closes_ten_working_days_after_the_latest_reply()
    {
        var on = Core.Asked("2026-03-02T10:00").After(Kinds.FeedbackReply, "2026-03-03T10:00");
        on.LookAt.ShouldBe(Core.Shanghai("2026-03-18T00:00"));
        on = on.After(Core.Correction(on), "2026-03-04T10:00");
        Told(on, "2026-03-18T23:59:59").ShouldBeEmpty();
        var closing = ExchangeDecider.Decide(on, Look, Core.Shanghai("2026-03-19T00:00"), Core.Rules);
        closing.Facts.ShouldBe([new ClosedByHub(Core.Shanghai("2026-03-19T00:00"), ClosureCauses.Automatic)]);
        closing.Tellings.Cast<Telling.Event>().Select(t => (t.To, t.Kind, t.Cause)).ShouldBe([(Core.Asker, Kinds.Closure, "Automatic"), (Core.Receiver, Kinds.Closure, "Automatic")]);
        closing.After.ShouldSatisfyAllConditions(e => e.Phase.ShouldBe(Phase.Closed), e => e.LookAt.ShouldBeNull());
    }

    [Fact]
    public void A_closing_day_in_a_year_without_a_calendar_is_looked_for_again_and_closes_when_the_calendar_is_there()
    {
        var rules = Core.RulesUntil(2025);
        var on = Core.Asked("2025-12-26T10:00", to: Core.SameProvince, rules: rules);
        on = ((Decision.Accepted)ExchangeDecider.Decide(on, Core.Message(on, Kinds.FeedbackReply), null, Core.Shanghai("2025-12-26T11:00"), rules)).After;
        on.LookAt.ShouldBe(Core.Shanghai("2025-12-27T11:00"));
        Told(on, "2026-03-01T10:00", rules).ShouldBeEmpty();
        Told(on, "2026-03-01T10:00").ShouldHaveSingleItem().ShouldBeOfType<ClosedByHub>();
    }

    [Fact]
    public void An_escalation_in_a_year_without_a_calendar_is_looked_for_again_and_told_when_the_calendar_has_come()
    {
        var rules = Core.RulesUntil(2025);
        var on = Core.Asked("2025-12-22T10:00", rules: rules).After(new HubCommand.FollowUp(), "2026-01-01T00:10", rules); // due on the 31st
        on.LookAt.ShouldBe(Core.Shanghai("2026-01-02T00:10"));
        Told(on, "2026-01-06T09:00").ShouldContain(f => f is Escalated);
    }

    [Fact]
    public void A_provinces_own_policy_holds_for_what_its_counties_owe_from_its_day_on()
    {
        var own = new FollowUpPolicy("340000", Core.Day("2026-02-10"), FollowUpPolicy.ReadSteps("0@08:30"), FollowUpStep.Read("1@10:00"), DisputeWithin: 2, CloseAfter: 3);
        var (years, days) = ShippedData.Calendar();
        var rules = new DeadlineRules(Core.Rules.Divisions, years, days, new Dictionary<string, IReadOnlyCollection<CalendarDay>>(), ShippedData.Policies(), [own]);
        Core.Asked("2026-02-11T10:00", rules: rules).LookAt.ShouldBe(Core.Shanghai("2026-02-12T08:30")); // the acknowledgement's day
        Core.Asked("2026-02-09T10:00", rules: rules).LookAt.ShouldBe(Core.Asked("2026-02-09T10:00").LookAt);
        Core.Asked("2026-02-11T10:00", from: Core.Receiver, to: Core.Asker, rules: rules).LookAt.ShouldBe(Core.Asked("2026-02-11T10:00", from: Core.Receiver, to: Core.Asker).LookAt);
    }

    [Theory]
    [InlineData("-1@09:00"), InlineData("0@15:00"), InlineData("30@23:59")]
    public void A_step_reads_back_as_it_is_written(string text) => FollowUpStep.Read(text)!.ToString().ShouldBe(text);

    [Theory]
    [InlineData(""), InlineData("1"), InlineData("@09:00"), InlineData("31@09:00"), InlineData("1@24:00"), InlineData("1.5@09:00"), InlineData("1@9:00")]
    public void What_is_no_step_is_not_taken(string text) => FollowUpStep.Read(text).ShouldBeNull();
}
