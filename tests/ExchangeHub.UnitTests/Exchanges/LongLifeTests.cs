using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Extensions, contests, disputes, rulings, superseding notices: what each kind demands, and what becomes of the duty.</summary>
public sealed class LongLifeTests
{
    static string[] Codes(Exchange on, Header message, string at) =>
        [.. ExchangeDecider.Decide(on, message, null, Core.Shanghai(at), Core.Rules).ShouldBeOfType<Decision.Refused>().Reasons.Select(r => r.Code)];

    static Exchange Disputed() => Core.Asked().After(Kinds.FeedbackReply, "2026-02-11T11:00").After(Kinds.Dispute, "2026-02-12T10:00");

    [Fact]
    public void A_granted_extension_moves_the_due_date_and_both_dates_stay_on_record()
    {
        var on = Core.Asked().After(Kinds.ExtensionRequest, "2026-02-12T10:00");
        var granted = on.Accepts(Core.Message(on, Kinds.ExtensionDecision), "2026-02-12T11:00");
        granted.Facts.Select(f => f.GetType()).ShouldBe([typeof(ExtensionDecided), typeof(DueMoved)]);
        var message = granted.Tellings[0].ShouldBeOfType<Telling.Message>();
        message.ShouldSatisfyAllConditions(m => m.To.ShouldBe(Core.Receiver), m => m.Number.ShouldBe(3), m => m.Dates.Feedback!.On.ShouldBe(Core.Day("2026-03-03")));
        granted.Tellings.OfType<Telling.Event>().Select(t => (t.To, t.Cause, t.Number)).ShouldBe([(Core.Asker, "Extended", 4), (Core.Receiver, "Extended", 4)]);
        granted.After.Owed.Where(o => o.Duty == Duties.Feedback).Select(o => (o.Due!.On, o.EndedWhy)).ShouldBe(
            [(Core.Day("2026-02-27"), "Extended"), (Core.Day("2026-03-03"), null)]);
    }

    [Fact]
    public void A_denied_extension_moves_nothing_and_another_may_be_asked_but_no_third()
    {
        var on = Core.Asked().After(Kinds.ExtensionRequest, "2026-02-12T10:00");
        Codes(on, Core.Message(on, Kinds.ExtensionRequest), "2026-02-12T10:30").ShouldBe([RefusalCodes.PhaseNotAllowed]); // one is not decided yet
        on = on.After(Core.Message(on, Kinds.ExtensionDecision) with { Decision = Decisions.Denied }, "2026-02-12T11:00");
        on.Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-02-27"));
        Codes(on, Core.Message(on, Kinds.ExtensionDecision), "2026-02-12T11:30").ShouldBe([RefusalCodes.LimitReached]); // decided
        on = on.After(Kinds.ExtensionRequest, "2026-02-13T10:00").After(Kinds.ExtensionDecision, "2026-02-13T11:00");
        Codes(on, Core.Message(on, Kinds.ExtensionRequest), "2026-02-14T10:00").ShouldBe([RefusalCodes.LimitReached]);
    }

    [Fact]
    public void An_extension_is_asked_and_decided_before_the_due_time()
    {
        var on = Core.Asked();
        on.Accepts(Core.Message(on, Kinds.ExtensionRequest), "2026-02-27T23:59:59.999999");
        Codes(on, Core.Message(on, Kinds.ExtensionRequest), "2026-02-28T00:00").ShouldBe([RefusalCodes.WindowOver]);
        var asked = on.After(Kinds.ExtensionRequest, "2026-02-27T23:00");
        Codes(asked, Core.Message(asked, Kinds.ExtensionDecision), "2026-02-28T00:00").ShouldBe([RefusalCodes.WindowOver]);
        Codes(asked, Core.Message(asked, Kinds.ExtensionDecision) with { InReplyTo = asked.Messages[0].Id }, "2026-02-27T23:30").ShouldContain(RefusalCodes.ReferenceUnknown);
    }

    [Fact]
    public void An_extension_of_a_date_that_an_outage_moved_counts_from_the_day_it_moved_to()
    {
        var on = Core.Asked("2026-02-27T10:00"); // due on Monday 9 March
        on.Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-03-09"));
        on = on.After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-03-09T20:00"), Core.Shanghai("2026-03-12T09:00"))), "2026-03-12T09:01");
        on = on.After(Core.Message(on, Kinds.ExtensionRequest) with { WorkingDays = 1 }, "2026-03-12T09:10").After(Kinds.ExtensionDecision, "2026-03-12T09:20");
        on.Live(Duties.Feedback).Due.ShouldBe(Due.EndOf(Core.Day("2026-03-13"))); // the working day after Thursday
    }

    [Fact]
    public void A_contested_return_is_open_again_with_its_old_due_date()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T10:30").After(Kinds.Return, "2026-02-11T11:00");
        on.Owed.ShouldAllBe(o => o.EndedWhy == ReturnReasons.NotOurs);
        var contested = on.Accepts(Core.Message(on, Kinds.ReturnContest), "2026-02-13T23:59:59"); // the second working day
        contested.After.Phase.ShouldBe(Phase.Open);
        contested.After.Live(Duties.Feedback).ShouldSatisfyAllConditions(o => o.Due!.On.ShouldBe(Core.Day("2026-02-27")), o => o.FulfilledAt.ShouldBeNull(), o => o.OpenedAt.ShouldBe(contested.At));
        contested.After.Live(Duties.Acknowledgement).FulfilledAt.ShouldBe(Core.Shanghai("2026-02-11T10:30")); // it was acknowledged
        contested.Tellings.OfType<Telling.Message>().Single().Dates.Feedback!.On.ShouldBe(Core.Day("2026-02-27"));
        Codes(on, Core.Message(on, Kinds.ReturnContest), "2026-02-14T00:00").ShouldBe([RefusalCodes.WindowOver]); // the third
    }

    [Fact]
    public void A_contested_return_for_an_insufficient_question_owes_the_answer_again()
    {
        var on = Core.Asked();
        on = on.After(Core.Message(on, Kinds.Return) with { ReasonCode = ReturnReasons.Insufficient }, "2026-02-11T11:00");
        on.Owed.ShouldAllBe(o => o.FulfilledAt == Core.Shanghai("2026-02-11T11:00"));
        on = on.After(Kinds.ReturnContest, "2026-02-12T11:00");
        on.Owed.Where(o => o.EndedAt is null).ShouldAllBe(o => o.FulfilledAt == null);
        on.After(Kinds.FeedbackReply, "2026-02-13T09:00").Live(Duties.Feedback).FulfilledAt.ShouldBe(Core.Shanghai("2026-02-13T09:00"));
    }

    [Fact]
    public void A_dispute_starts_a_fresh_clock_and_is_counted_once_by_its_latest_due_date()
    {
        var on = Disputed();
        on.Phase.ShouldBe(Phase.Disputed);
        on.Owed.Where(o => o.Duty == Duties.Feedback).Select(o => (o.FulfilledAt is not null, o.EndedWhy)).ShouldBe([(true, "Reopened"), (false, null)]);
        on.Live(Duties.Feedback).ShouldSatisfyAllConditions(o => o.CountsFrom.ShouldBe(Core.Shanghai("2026-02-12T10:00")), o => o.Due!.On.ShouldBe(Core.Day("2026-02-28")));
        on.Live(Duties.Acknowledgement).FulfilledAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(true, "MovedOn", false, true)] // another outcome
    [InlineData(true, "Match", true, true)] // other matches
    [InlineData(true, "Match", false, false)]
    [InlineData(false, "MovedOn", false, false)] // it takes no reply's place
    public void A_dispute_is_upheld_by_a_reply_that_supersedes_with_another_outcome_or_other_matches(bool supersedes, string outcome, bool changed, bool upheld)
    {
        var on = Disputed();
        var reply = Core.Message(on, Kinds.FeedbackReply) with
        {
            Supersedes = supersedes ? on.LastOf(Kinds.FeedbackReply) : null,
            Outcome = outcome,
            ReasonCode = outcome == "Match" ? null : "LeftCounty",
            Changed = changed,
        };
        var again = on.Accepts(reply, "2026-02-13T10:00");
        again.Facts.Single().ShouldBeOfType<AnsweredAgain>().Upheld.ShouldBe(upheld);
        again.After.Live(Duties.Feedback).FulfilledAt.ShouldBe(again.At);
        HubCommand.Rule.IsOpen(again.After).ShouldBe(!upheld);
    }

    [Fact]
    public void The_reviewer_rules_once_on_a_maintained_reply_and_the_answer_stands_as_it_is()
    {
        var on = Disputed().After(Kinds.FeedbackReply, "2026-02-13T10:00");
        var ruled = ExchangeDecider.Decide(on, new HubCommand.Rule(RulingOutcomes.Upheld, "reviewer"), Core.Shanghai("2026-02-13T11:00"), Core.Rules);
        ruled.Tellings.Cast<Telling.Event>().Select(t => (t.To, t.Kind, t.Outcome)).ShouldBe([(Core.Asker, Kinds.Ruling, "Upheld"), (Core.Receiver, Kinds.Ruling, "Upheld")]);
        ruled.After.Phase.ShouldBe(Phase.Answered);
        ruled.After.Owed.ShouldBe(on.Owed);
        ExchangeDecider.Decide(ruled.After, new HubCommand.Rule(RulingOutcomes.Maintained, "reviewer"), Core.Shanghai("2026-02-13T12:00"), Core.Rules).Facts.ShouldBeEmpty();
        Disputed().After(new HubCommand.Rule(RulingOutcomes.Upheld, "reviewer"), "2026-02-13T11:00").Disputes[^1].Ruling.ShouldBeNull(); // not answered yet
    }

    [Fact]
    public void A_third_dispute_is_one_too_many_and_one_after_five_working_days_too_late()
    {
        var on = Disputed().After(Kinds.FeedbackReply, "2026-02-13T10:00").After(Kinds.Dispute, "2026-02-13T11:00").After(Kinds.FeedbackReply, "2026-02-13T12:00");
        Codes(on, Core.Message(on, Kinds.Dispute), "2026-02-13T13:00").ShouldBe([RefusalCodes.LimitReached]);
        var answered = Core.Asked("2026-03-02T10:00").After(Kinds.FeedbackReply, "2026-03-03T10:00");
        answered.Accepts(Core.Message(answered, Kinds.Dispute), "2026-03-10T23:59:59");
        Codes(answered, Core.Message(answered, Kinds.Dispute), "2026-03-11T00:00").ShouldBe([RefusalCodes.WindowOver]);
    }

    [Fact]
    public void A_confirmation_that_crossed_a_correction_is_refused_and_the_asker_reads_it_first()
    {
        var on = Core.Asked().After(Kinds.FeedbackReply, "2026-02-11T11:00");
        var confirmation = Core.Message(on, Kinds.Confirmation) with { Mark = "sufficient" };
        var corrected = on.After(Core.Correction(on), "2026-02-11T12:00");
        Codes(corrected, confirmation, "2026-02-11T12:01").ShouldBe([RefusalCodes.ReferenceUnknown]);
        corrected.After(Kinds.Confirmation, "2026-02-11T12:05").Phase.ShouldBe(Phase.Closed);
    }

    [Fact]
    public void A_notice_owes_an_acknowledgement_only_and_closes_by_it()
    {
        var on = Core.Notified();
        on.Owed.Select(o => o.Duty).ShouldBe([Duties.Acknowledgement]);
        on.After(Kinds.Acknowledgement, "2026-02-12T09:00").Phase.ShouldBe(Phase.Closed);
        on.Refuses(Core.Message(on, Kinds.FeedbackReply)).ShouldBe([new(RefusalCodes.PhaseNotAllowed, "/header/kind")]);
    }

    [Fact]
    public void A_newer_notice_closes_the_one_it_supersedes_and_what_was_owed_for_it_leaves_the_cohort()
    {
        var old = Core.Notified();
        var newer = Core.Notice() with { Follows = old.Id, Supersedes = old.Messages[0].Id };
        var decision = ExchangeDecider.Decide(null, newer, old, Core.Shanghai("2026-02-11T15:00"), Core.Rules).ShouldBeOfType<Decision.Accepted>();
        var closed = ExchangeDecider.Decide(old, decision.ForFollowed!, Core.Shanghai("2026-02-11T15:00"), Core.Rules);
        closed.After.ShouldSatisfyAllConditions(e => e.Phase.ShouldBe(Phase.Closed), e => e.SupersededBy.ShouldBe(newer.ExchangeId),
            e => e.Owed.Single().EndedWhy.ShouldBe(ClosureCauses.Superseded));
        closed.Tellings.Cast<Telling.Event>().Select(t => (t.Kind, t.Cause)).Distinct().ShouldBe([(Kinds.Closure, "Superseded")]);
        // A third version supersedes the second, not the first again.
        var fork = Core.Notice() with { Follows = old.Id, Supersedes = old.Messages[0].Id };
        default(Exchange).Refuses(fork, closed.After).ShouldBe([new(RefusalCodes.LimitReached, "/header/supersedes")]);
    }

    [Fact]
    public void A_notice_supersedes_an_own_one_of_its_kind_and_follows_no_exchange_but_an_earlier()
    {
        var old = Core.Notified();
        IReadOnlyList<Refusal> unknown = [new(RefusalCodes.ReferenceUnknown, "/header/supersedes")];
        default(Exchange).Refuses(Core.Notice(from: Core.Receiver, to: Core.Asker) with { Follows = old.Id, Supersedes = old.Messages[0].Id }, old).ShouldBe(unknown); // the other side's
        default(Exchange).Refuses(Core.Notice(Kinds.InflowNotice) with { Follows = old.Id, Supersedes = old.Messages[0].Id }, old).ShouldBe(unknown); // another kind
        var itself = Core.Notice();
        default(Exchange).Refuses(itself with { Follows = itself.ExchangeId }).ShouldBe([new(RefusalCodes.MemberInvalid, "/header/follows")]);
    }

    [Fact]
    public void A_trial_takes_no_real_notices_place_nor_a_real_one_a_trials()
    {
        var real = Core.Notified();
        IReadOnlyList<Refusal> differs = [new(RefusalCodes.TestMarkDiffers, "/header/test")];
        default(Exchange).Refuses(Core.Notice() with { Follows = real.Id, Supersedes = real.Messages[0].Id, Test = true }, real).ShouldBe(differs);
        var trial = real with { Test = true };
        default(Exchange).Refuses(Core.Notice() with { Follows = trial.Id, Supersedes = trial.Messages[0].Id }, trial).ShouldBe(differs);
    }

    [Fact]
    public void A_notice_whose_place_was_taken_is_not_opened_again_by_contesting_its_return()
    {
        var on = Core.Notified().After(Kinds.Return, "2026-02-11T11:00").After(new HubCommand.Supersede(Guid.NewGuid()), "2026-02-11T12:00");
        on.Refuses(Core.Message(on, Kinds.ReturnContest)).ShouldBe([new(RefusalCodes.PhaseNotAllowed, "/header/exchangeId")]);
    }

    [Fact]
    public void A_notice_superseded_too_late_that_an_outage_makes_timely_leaves_the_cohort_as_superseded()
    {
        var on = Core.Notified().After(new HubCommand.Supersede(Guid.NewGuid()), "2026-02-13T09:00"); // due on the 12th
        on.Owed[^1].ShouldSatisfyAllConditions(o => o.WithdrawnAt.ShouldBe(Core.Shanghai("2026-02-13T09:00")), o => o.EndedAt.ShouldBeNull());
        on = on.After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-12T18:00"), Core.Shanghai("2026-02-13T08:30"))), "2026-02-13T09:05");
        on.Owed[^1].ShouldSatisfyAllConditions(o => o.EndedWhy.ShouldBe(ClosureCauses.Superseded), o => o.EndedAt.ShouldBe(on.LastAt));
    }

    [Fact]
    public void A_notice_that_was_acknowledged_may_be_superseded_and_nobody_is_told_of_a_second_closing()
    {
        var old = Core.Notified().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        var done = ExchangeDecider.Decide(old, new HubCommand.Supersede(Guid.NewGuid()), Core.Shanghai("2026-02-11T15:00"), Core.Rules);
        done.Facts.Single().ShouldBeOfType<Superseded>();
        done.Tellings.ShouldBeEmpty();
        done.After.Owed.ShouldBe(old.Owed);
    }

    [Fact]
    public void An_interim_reply_and_a_clarification_stop_no_clock()
    {
        var on = Core.Asked();
        var later = on.After(Kinds.InterimReply, "2026-02-11T11:00").After(Core.Message(on, Kinds.Clarification, on.Asker), "2026-02-11T12:00");
        later.Owed.ShouldBe(on.Owed);
        later.Phase.ShouldBe(Phase.Open);
        later.Messages.Select(m => m.From).ShouldBe([on.Asker, on.Receiver, on.Asker]);
    }
}
