using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Rates;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>What a message does to what is owed.</summary>
public sealed class ObligationTests
{
    [Fact]
    public void A_request_owes_an_acknowledgement_and_an_answer()
    {
        var on = Core.Asked("2026-02-11T10:00");
        var rows = ObligationFold.Rows(on).ToList();

        rows.Select(r => (r.Ordinal, r.Duty, r.DueOn)).ShouldBe(
            [(1, Duties.Acknowledgement, Core.Day("2026-02-12")), (2, Duties.Feedback, Core.Day("2026-02-27"))]);
        rows.ShouldAllBe(r => r.Unit == Core.Receiver && r.Counterpart == Core.Asker && r.DeliveredAt == Core.Shanghai("2026-02-11T10:00")
            && r.Scope == Scope.BetweenProvinces && r.FulfilledAt == null && r.EndedAt == null);
        rows[1].DueAt.ShouldBe(Core.Shanghai("2026-02-28T00:00"));
    }

    [Fact]
    public void An_answer_implies_the_acknowledgement_at_the_same_instant()
    {
        var on = Core.Asked().After(Kinds.FeedbackReply, "2026-02-26T09:00");
        on.Phase.ShouldBe(Phase.Answered);
        on.Owed.ShouldAllBe(o => o.FulfilledAt == Core.Shanghai("2026-02-26T09:00"));
    }

    [Fact]
    public void An_acknowledgement_keeps_its_own_time_when_the_answer_comes()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-12T09:00").After(Kinds.FeedbackReply, "2026-02-26T09:00");
        on.Live(Duties.Acknowledgement).FulfilledAt.ShouldBe(Core.Shanghai("2026-02-12T09:00"));
        on.Live(Duties.Feedback).FulfilledAt.ShouldBe(Core.Shanghai("2026-02-26T09:00"));
    }

    [Fact]
    public void A_correction_keeps_the_first_answers_time()
    {
        var answered = Core.Asked().After(Kinds.FeedbackReply, "2026-02-26T09:00");
        var corrected = answered.After(Core.Correction(answered), "2026-03-20T09:00");
        corrected.Phase.ShouldBe(Phase.Answered);
        corrected.Owed.ShouldBe(answered.Owed);
    }

    [Fact]
    public void What_no_person_did_is_marked_on_what_it_fulfilled()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T10:05");
        on = on.After(Core.Message(on, Kinds.FeedbackReply) with { Automatic = true }, "2026-02-11T10:06");
        on.Live(Duties.Acknowledgement).Automatic.ShouldBeFalse();
        on.Live(Duties.Feedback).Automatic.ShouldBeTrue();
    }

    [Fact]
    public void A_withdrawal_before_due_ends_what_is_owed()
    {
        var on = Core.Asked().After(Kinds.Withdrawal, "2026-02-12T23:59:59.999999");
        on.Phase.ShouldBe(Phase.Withdrawn);
        on.Owed.ShouldAllBe(o => o.EndedAt == on.LastAt && o.EndedWhy == "Withdrawn" && o.WithdrawnAt == null);
    }

    [Fact]
    public void A_withdrawal_after_due_leaves_the_row_in_its_cohort_and_no_longer_open()
    {
        var on = Core.Asked().After(Kinds.Withdrawal, "2026-02-13T00:00"); // the acknowledgement was due at this very instant
        on.Owed.Single(o => o.Duty == Duties.Acknowledgement).ShouldSatisfyAllConditions(
            o => o.EndedAt.ShouldBeNull(), o => o.WithdrawnAt.ShouldBe(on.LastAt), o => o.IsOpen.ShouldBeFalse());
        on.Owed.Single(o => o.Duty == Duties.Feedback).EndedWhy.ShouldBe("Withdrawn"); // the answer was not yet due
    }

    [Fact]
    public void A_withdrawal_ends_a_pending_date_too()
    {
        var on = Core.Asked("2026-12-30T10:00").After(Kinds.Withdrawal, "2027-02-01T10:00");
        on.Owed.Single(o => o.Duty == Duties.Feedback).ShouldSatisfyAllConditions(o => o.Due.ShouldBeNull(), o => o.EndedWhy.ShouldBe("Withdrawn"));
    }

    [Theory]
    [InlineData(ReturnReasons.NotOurs), InlineData(ReturnReasons.OutsideAgreement), InlineData(ReturnReasons.Unreadable)]
    public void A_return_that_stands_ends_everything_owed_whether_due_or_not(string reason)
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        on = on.After(Core.Message(on, Kinds.Return) with { ReasonCode = reason }, "2026-03-05T09:00");
        on.Phase.ShouldBe(Phase.Returned);
        on.Owed.ShouldAllBe(o => o.EndedAt == on.LastAt && o.EndedWhy == reason);
    }

    [Fact]
    public void A_return_because_the_question_does_not_suffice_counts_as_the_answer_at_its_time()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        on = on.After(Core.Message(on, Kinds.Return) with { ReasonCode = ReturnReasons.Insufficient }, "2026-02-12T09:00");
        on.Phase.ShouldBe(Phase.Returned);
        on.Live(Duties.Acknowledgement).FulfilledAt.ShouldBe(Core.Shanghai("2026-02-11T11:00"));
        on.Live(Duties.Feedback).FulfilledAt.ShouldBe(Core.Shanghai("2026-02-12T09:00"));
    }

    [Fact]
    public void Only_changed_rows_are_written()
    {
        var asked = Core.Asked();
        ObligationFold.Changed(null, asked).Count().ShouldBe(2);
        var acknowledged = asked.After(Kinds.Acknowledgement, "2026-02-11T11:00");
        ObligationFold.Changed(asked, acknowledged).ShouldHaveSingleItem().Ordinal.ShouldBe(1);
        var moved = acknowledged.After(new HubCommand.MoveForOutage(new(Core.Shanghai("2026-02-27T20:00"), Core.Shanghai("2026-02-28T08:00"))), "2026-02-28T08:01");
        ObligationFold.Changed(acknowledged, moved).Select(o => (o.Ordinal, o.EndedWhy)).ShouldBe([(2, "HubOutage"), (3, null)]);
    }
}
