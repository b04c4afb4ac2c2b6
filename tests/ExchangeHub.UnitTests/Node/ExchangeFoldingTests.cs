using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Register;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

/// <summary>How one county's view of an exchange changes with what it stores and what it is told.</summary>
public sealed class ExchangeFoldingTests
{
    const string Hub = "hub.test", Asker = "330109", Receiver = "340221", Digest = "jmcanj5Aymys2W39NDgRcHOvqDyH6I7ci2t_WByiSMA";
    static readonly DateTimeOffset start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    static readonly Matter question = new(Question: new("ResidencePermit", "RP-1", "王小明", "420581199003070018",
        "ResidenceRegistration", "NationalRegulation"));
    static readonly Guid exchangeId = Guid.NewGuid();

    static Header Opening => new(1, Hub, Guid.NewGuid(), exchangeId, Kinds.CertificateVerificationRequest, 1, Asker, Receiver, start);

    static AcceptedStatement Accepted(Header h, int minutes = 0) =>
        new(Hub, h.From, h.To, h.MessageId, h.ExchangeId, h.Kind, 1, Digest, 1, 1, start.AddMinutes(minutes))
        {
            DueOn = h.Kind == Kinds.CertificateVerificationRequest ? new DateOnly(2026, 3, 11) : null,
            DueAt = h.Kind == Kinds.CertificateVerificationRequest ? new DateTimeOffset(2026, 3, 11, 16, 0, 0, TimeSpan.Zero) : null,
        };

    static Header From(NodeExchange exchange, string sender, string kind) =>
        new(1, Hub, Guid.NewGuid(), exchangeId, kind, 1, sender, sender == Asker ? Receiver : Asker, start.AddMinutes(5)) { InReplyTo = exchange.OpeningId };

    static NodeExchange AtReceiver()
    {
        var opening = Opening;
        return ExchangeFolding.Received(opening, Accepted(opening), question, RegisterComparison.Of(question, [], start)).Exchange;
    }

    static NodeExchange AtAsker(out Header opening)
    {
        opening = Opening;
        return ExchangeFolding.Asked(opening, question, "陈静").Exchange;
    }

    [Fact]
    public void A_question_waits_for_its_receipt_and_then_has_the_hubs_due_date()
    {
        var asked = AtAsker(out var opening);
        (asked.Phase, asked.Awaited, asked.Waiting.Count).ShouldBe((NodePhase.Sending, true, 1));
        var delivered = ExchangeFolding.Receipt(asked, opening, new(question), Accepted(opening), "陈静").Exchange;
        (delivered.Phase, delivered.Waiting.Count, delivered.DueOn).ShouldBe((NodePhase.Open, 0, new DateOnly(2026, 3, 11)));
    }

    [Fact]
    public void An_answer_that_comes_before_the_questions_receipt_stands()
    {
        var asked = AtAsker(out var opening);
        var reply = From(asked, Receiver, Kinds.FeedbackReply) with { Outcome = "Match", Automatic = true };
        var answered = ExchangeFolding.Delivered(asked, reply, Accepted(reply, 1), new(Reply: new(new Dictionary<string, string>()))).Exchange;
        var after = ExchangeFolding.Receipt(answered, opening, new(question), Accepted(opening), null).Exchange;
        (after.Phase, after.Outcome, after.Automatic, after.DueOn).ShouldBe((NodePhase.Answered, "Match", true, new DateOnly(2026, 3, 11)));
    }

    [Fact]
    public void A_stored_reply_leaves_the_worklist_and_a_refused_one_comes_back_with_its_codes()
    {
        var open = AtReceiver();
        open.Owed.ShouldBeTrue();
        var reply = From(open, Receiver, Kinds.FeedbackReply) with { Outcome = "PersonNotFound", ReasonCode = "NoRecord" };
        var content = new OpenedContent(Reply: new(new Dictionary<string, string>()));
        var stored = ExchangeFolding.Stored(open, reply, content, "陈静").Exchange;
        (stored.Phase, stored.Owed).ShouldBe((NodePhase.Open, false));
        var refused = ExchangeFolding.Receipt(stored, reply, content,
            new RefusedStatement(Hub, Receiver, reply.MessageId, Digest, start.AddMinutes(6), ["PhaseNotAllowed"], ["/header/exchangeId"]), "陈静").Exchange;
        (refused.Phase, refused.Owed, refused.Waiting.Count).ShouldBe((NodePhase.Open, true, 0));
        refused.Refused!.Codes.ShouldBe(["PhaseNotAllowed"]);
        AllowedActions.Of(refused, start).Reply.ShouldBeTrue();
    }

    [Fact]
    public void A_refusal_stays_in_sight_where_what_caused_it_is_told_after_it()
    {
        var open = AtReceiver();
        var reply = From(open, Receiver, Kinds.FeedbackReply) with { Outcome = "Match" };
        var withdrawn = From(open, Asker, Kinds.Withdrawal);
        var refused = ExchangeFolding.Receipt(open, reply, new(), new RefusedStatement(Hub, Receiver, reply.MessageId, Digest, Accepted(withdrawn, 1).AcceptedAt, ["PhaseNotAllowed"], []), "陈静").Exchange;
        var after = ExchangeFolding.Delivered(refused, withdrawn, Accepted(withdrawn, 1), new()).Exchange;
        (after.Phase, after.Refused?.MessageId).ShouldBe((NodePhase.Withdrawn, reply.MessageId));
    }

    [Fact]
    public void A_held_message_stays_on_its_way_until_the_final_receipt()
    {
        var asked = AtAsker(out var opening);
        var held = ExchangeFolding.Receipt(asked, opening, new(question), new HeldStatement(Hub, Asker, opening.MessageId, Digest, start), null).Exchange;
        (held.Waiting.Single().Held, held.Phase).ShouldBe((true, NodePhase.Sending));
        ExchangeFolding.Receipt(held, opening, new(question), Accepted(opening), null).Exchange.Phase.ShouldBe(NodePhase.Open);
    }

    [Fact]
    public void A_held_acknowledgement_or_reply_keeps_no_clerk_from_going_on()
    {
        var open = AtReceiver();
        var acknowledgement = From(open, Receiver, Kinds.Acknowledgement);
        var held = Held(ExchangeFolding.Stored(open, acknowledgement, new(), "陈静").Exchange, acknowledgement);
        AllowedActions.Of(held, start).ShouldBe(new AllowedActions(Acknowledge: true, InterimReply: true, Reply: true, AskExtension: true, Return: true, Clarify: true));
        var reply = From(open, Receiver, Kinds.FeedbackReply) with { Outcome = "Match" };
        held = Held(ExchangeFolding.Stored(held, reply, new(), "陈静").Exchange, reply);
        (held.Owed, held.Waiting.Count, AllowedActions.Of(held, start).Reply).ShouldBe((true, 2, true));
        ExchangeFolding.Receipt(held, reply, new(), Accepted(reply, 9), "陈静").Exchange.Phase.ShouldBe(NodePhase.Answered);

        static NodeExchange Held(NodeExchange exchange, Header own) =>
            ExchangeFolding.Receipt(exchange, own, new(), new HeldStatement(Hub, Receiver, own.MessageId, Digest, start.AddMinutes(6)), null).Exchange;
    }

    [Fact]
    public void A_correction_keeps_the_first_replys_time()
    {
        var open = AtReceiver();
        var first = From(open, Receiver, Kinds.FeedbackReply) with { Outcome = "Match" };
        var second = From(open, Receiver, Kinds.FeedbackReply) with { Outcome = "MovedOn", ReasonCode = "LeftCounty", Supersedes = first.MessageId };
        var content = new OpenedContent(Reply: new(new Dictionary<string, string>()));
        var answered = ExchangeFolding.Receipt(open, first, content, Accepted(first, 10), null).Exchange;
        var corrected = ExchangeFolding.Receipt(answered, second, content, Accepted(second, 90), null).Exchange;
        (corrected.AnsweredAt, corrected.Outcome, corrected.ReplyId).ShouldBe((start.AddMinutes(10), "MovedOn", second.MessageId));
    }

    [Fact]
    public void A_withdrawal_of_the_asker_takes_the_work_away()
    {
        var open = AtReceiver();
        var withdrawal = From(open, Asker, Kinds.Withdrawal) with { InReplyTo = null, ReasonCode = "SentInError" };
        var after = ExchangeFolding.Delivered(open, withdrawal, Accepted(withdrawal, 20), new()).Exchange;
        (after.Phase, after.Owed, after.EndReason).ShouldBe((NodePhase.Withdrawn, false, "SentInError"));
    }

    [Fact]
    public void A_pending_due_date_is_set_by_the_hubs_event()
    {
        var opening = Opening;
        var stamp = Accepted(opening) with { DueOn = null, DueAt = null, DuePending = true, AckDueOn = new(2026, 3, 3), AckDueAt = start.AddDays(1) };
        var pending = ExchangeFolding.Received(opening, stamp, question, RegisterComparison.Of(question, [], start)).Exchange;
        pending.DuePending.ShouldBeTrue();
        var told = new EventStatement(Hub, Receiver, Guid.NewGuid(), Kinds.DueChange, 1, start.AddDays(1))
        {
            ExchangeId = exchangeId,
            Seq = 2,
            Duty = Duties.Feedback,
            DueOn = new(2027, 1, 5),
            DueAt = start.AddDays(300),
            Cause = "CalendarCame",
        };
        var set = ExchangeFolding.Told(pending, told);
        (set.Exchange.DuePending, set.Exchange.DueOn).ShouldBe((false, new DateOnly(2027, 1, 5)));
        set.Timeline.Single().Code.ShouldBe("CalendarCame");
    }

    [Fact]
    public void A_reply_may_follow_an_acknowledgement_on_its_way_and_nothing_may_follow_a_reply_on_its_way()
    {
        var open = AtReceiver();
        var acknowledging = ExchangeFolding.Stored(open, From(open, Receiver, Kinds.Acknowledgement), new(), "陈静").Exchange;
        AllowedActions.Of(acknowledging, start).ShouldBe(new AllowedActions(InterimReply: true, Reply: true, AskExtension: true, Return: true, Clarify: true));
        var replying = ExchangeFolding.Stored(open, From(open, Receiver, Kinds.FeedbackReply), new(), "陈静").Exchange;
        AllowedActions.Of(replying, start).ShouldBe(new AllowedActions());
    }

    [Fact]
    public void A_page_shows_the_person_masked_until_somebody_gave_a_reason()
    {
        var detail = ExchangeDetail.Of(AtReceiver(), [], start, revealed: false);
        detail.Rows.Single(r => r.Field == "holderName").Asked.ShouldBe("王**");
        detail.Rows.Single(r => r.Field == "holderId").Asked.ShouldBe("420581********0018");
        detail.Exchange.Question.ShouldBeNull();
        Masking.Field(CheckItem.Identity, " 420581199003070018").ShouldBe("420581********0018"); // a sender's empty name hides no less
        ExchangeDetail.Of(AtReceiver(), [], start, revealed: true).Rows.Single(r => r.Field == "holderName").Asked.ShouldBe("王小明");
    }
}
