using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Any date and the end of any window that lies in an outage counts to its end plus an hour, whenever it is set.</summary>
public sealed class OutageRuleTests
{
    // 2 March 2026 is a Monday.
    static DeadlineRules Away(string from, string to, string? unit = null) => Core.Rules.With(new(Core.Shanghai(from), Core.Shanghai(to), unit));

    static Decision At(Exchange on, string kind, string at, DeadlineRules rules) => ExchangeDecider.Decide(on, Core.Message(on, kind), null, Core.Shanghai(at), rules);

    static void IsTooLate(Decision decision) => decision.ShouldBeOfType<Decision.Refused>().Reasons.ShouldBe([new(RefusalCodes.WindowOver, "/header/kind")]);

    [Fact]
    public void A_contest_that_waited_through_an_outage_is_in_time_and_restores_no_date_inside_it()
    {
        var rules = Away("2026-03-09T20:00", "2026-03-12T09:00");
        var on = Core.Asked("2026-02-27T10:00"); // due on Monday 9 March
        on = on.After(Core.Message(on, Kinds.Return) with { ReasonCode = ReturnReasons.Insufficient }, "2026-03-09T10:00"); // to be contested until the 11th
        var contested = At(on, Kinds.ReturnContest, "2026-03-12T09:59", rules).ShouldBeOfType<Decision.Accepted>().After;
        contested.Live(Duties.Feedback).Due.ShouldBe(new Due(Core.Day("2026-03-09"), Core.Shanghai("2026-03-12T10:00")));
        IsTooLate(At(on, Kinds.ReturnContest, "2026-03-12T10:00", rules));
    }

    [Fact]
    public void A_dispute_that_waited_through_an_outage_is_in_time()
    {
        var rules = Away("2026-03-10T20:00", "2026-03-13T09:00");
        var on = Core.Asked("2026-03-02T10:00").After(Kinds.FeedbackReply, "2026-03-03T10:00"); // to be disputed until the 10th
        At(on, Kinds.Dispute, "2026-03-13T09:59", rules).ShouldBeOfType<Decision.Accepted>();
        IsTooLate(At(on, Kinds.Dispute, "2026-03-13T10:00", rules));
    }

    [Fact]
    public void An_exchange_whose_closing_lay_in_an_outage_closes_an_hour_after_it()
    {
        var rules = Away("2026-03-17T20:00", "2026-03-19T09:00");
        var on = Core.Asked("2026-03-02T10:00").After(Kinds.FeedbackReply, "2026-03-03T10:00"); // closes on the 17th
        var looked = on.After(new HubCommand.FollowUp(), "2026-03-19T09:59", rules);
        (looked.Phase, looked.LookAt).ShouldBe((Phase.Answered, Core.Shanghai("2026-03-19T10:00")));
        looked.After(new HubCommand.FollowUp(), "2026-03-19T10:00", rules).Phase.ShouldBe(Phase.Closed);
    }

    [Fact]
    public void A_date_that_waited_for_its_calendar_is_set_into_no_outage()
    {
        var on = Core.Asked("2025-12-30T10:00", rules: Core.RulesUntil(2025));
        var set = on.After(new HubCommand.SetPendingDue(), "2026-01-13T09:00", Away("2026-01-09T20:00", "2026-01-12T09:00"));
        set.Live(Duties.Feedback).Due.ShouldBe(new Due(Core.Day("2026-01-09"), Core.Shanghai("2026-01-12T10:00")));
    }

    [Fact]
    public void A_date_that_one_outage_moved_into_the_next_moves_on_whatever_the_order_of_their_record()
    {
        var due = Due.EndOf(Core.Day("2026-03-09"));
        Outage first = new(Core.Shanghai("2026-03-09T20:00"), Core.Shanghai("2026-03-10T08:00")), second = new(Core.Shanghai("2026-03-10T08:30"), Core.Shanghai("2026-03-10T12:00"));
        foreach (var rules in new[] { Core.Rules.With(first).With(second), Core.Rules.With(second).With(first) })
            rules.AfterOutages(Core.Receiver, due).ShouldBe(due with { At = Core.Shanghai("2026-03-10T13:00") });
    }

    [Fact]
    public void A_countys_own_outage_moves_its_dates_and_nobody_elses()
    {
        var rules = Away("2026-03-09T20:00", "2026-03-10T09:00", Core.Receiver);
        var due = Due.EndOf(Core.Day("2026-03-09"));
        rules.AfterOutages(Core.Receiver, due).At.ShouldBe(Core.Shanghai("2026-03-10T10:00"));
        rules.AfterOutages(Core.Stranger, due).ShouldBe(due);
        var command = new HubCommand.MoveForOutage(new(Core.Shanghai("2026-03-09T20:00"), Core.Shanghai("2026-03-10T09:00"), Core.Receiver));
        var on = Core.Asked("2026-02-27T10:00").After(command, "2026-03-10T09:01");
        on.Owed.Single(o => o.Ordinal == 2).EndedWhy.ShouldBe(DueChangeCauses.CountyOutage);
        Core.Asked("2026-02-27T10:00", from: Core.Receiver, to: Core.Stranger).After(command, "2026-03-10T09:01").Owed.ShouldAllBe(o => o.EndedAt == null);
    }
}
