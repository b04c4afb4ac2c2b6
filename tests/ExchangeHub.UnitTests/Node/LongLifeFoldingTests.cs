using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Node;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Workbench;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web.Components;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

/// <summary>The long lives: extension, dispute, contest, confirmation, and what the hub tells, as each side sees them.</summary>
public sealed class LongLifeFoldingTests
{
    const string Hub = "hub.test", Asker = "330109", Receiver = "340221", Digest = "jmcanj5Aymys2W39NDgRcHOvqDyH6I7ci2t_WByiSMA";
    static readonly DateTimeOffset start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    static readonly Matter check = new(Check: new("王小明", "420581199003070018", ["identity", "contact"], "RecordCheck", "Agreement", Phone: "13900000000"));
    static readonly MoveNotice move = new("王小明", "420581199003070018", new(2026, 2, 20), "ResidenceRegistration", "NationalRegulation");

    /// <summary>Both sides of one exchange, told of every message in the order of the stream unless a test says otherwise.</summary>
    sealed class Both
    {
        int number;

        public Both(string kind = Kinds.AssistanceCheckRequest, Matter? matter = null)
        {
            Opening = new(1, Hub, Guid.NewGuid(), Guid.NewGuid(), kind, 1, LongLifeFoldingTests.Asker, LongLifeFoldingTests.Receiver, start);
            var stamp = Stamp(Opening) with { DueOn = Kinds.IsNotice(kind) ? null : new(2026, 3, 4), DueAt = Kinds.IsNotice(kind) ? null : start.AddDays(2), AckDueOn = new(2026, 3, 3), AckDueAt = start.AddDays(1) };
            AtReceiver = ExchangeFolding.Received(Opening, stamp, matter ?? check, record: Kinds.IsNotice(kind) ? new(RecordMatches.OneSided) : null).Exchange;
            AtAsker = ExchangeFolding.Receipt(ExchangeFolding.Asked(Opening, matter ?? check, "陈静").Exchange, Opening, new(matter ?? check), stamp, "陈静").Exchange;
        }

        public Header Opening { get; }
        public NodeExchange AtAsker { get; set; }
        public NodeExchange AtReceiver { get; set; }
        public List<TimelineFact> Told { get; } = [];

        public Header Say(Side side, string kind, Func<Header, Header>? fill = null, Func<AcceptedStatement, AcceptedStatement>? dates = null, OpenedContent? content = null)
        {
            var (header, stamp) = Accept(side, kind, fill, dates);
            Tell(side, header, stamp, content);
            Tell(side == Side.Asker ? Side.Receiver : Side.Asker, header, stamp, content);
            return header;
        }

        public (Header, AcceptedStatement) Accept(Side side, string kind, Func<Header, Header>? fill = null, Func<AcceptedStatement, AcceptedStatement>? dates = null)
        {
            var (from, to) = side == Side.Asker ? (LongLifeFoldingTests.Asker, LongLifeFoldingTests.Receiver) : (LongLifeFoldingTests.Receiver, LongLifeFoldingTests.Asker);
            var header = new Header(1, Hub, Guid.NewGuid(), Opening.ExchangeId, kind, 1, from, to, start.AddMinutes(number)) { InReplyTo = Opening.MessageId };
            header = fill?.Invoke(header) ?? header;
            var stamp = Stamp(header);
            return (header, dates?.Invoke(stamp) ?? stamp);
        }

        /// <summary>A side learns of a message: of its own by the receipt, of the other's by the delivery.</summary>
        public void Tell(Side side, Header header, AcceptedStatement stamp, OpenedContent? content = null)
        {
            var own = (side == Side.Asker ? LongLifeFoldingTests.Asker : LongLifeFoldingTests.Receiver) == header.From;
            Keep(side, e => own ? ExchangeFolding.Receipt(ExchangeFolding.Stored(e, header, content ?? new(), "陈静").Exchange, header, content ?? new(), stamp, "陈静")
                : ExchangeFolding.Delivered(e, header, stamp, content ?? new()));
        }

        public void Event(string kind, Func<EventStatement, EventStatement> fill)
        {
            number++;
            foreach (var side in Enum.GetValues<Side>())
                Keep(side, e => ExchangeFolding.Told(e, fill(new EventStatement(Hub, e.County, Guid.NewGuid(), kind, 1, start.AddMinutes(number)) { ExchangeId = e.Id, Number = number, Seq = number })));
        }

        public void Agree(Func<NodeExchange, object?> on) => on(AtAsker).ShouldBe(on(AtReceiver));

        void Keep(Side side, Func<NodeExchange, Folded> fold)
        {
            var folded = fold(side == Side.Asker ? AtAsker : AtReceiver);
            if (side == Side.Asker)
                AtAsker = folded.Exchange;
            else
                AtReceiver = folded.Exchange;
            Told.AddRange(folded.Timeline);
        }

        AcceptedStatement Stamp(Header header) => new(Hub, header.From, header.To, header.MessageId, header.ExchangeId, header.Kind, 1, Digest, ++number, 1, start.AddMinutes(number));
    }

    static Header Reply(Both both, string outcome, Guid? supersedes = null, bool changed = false) => both.Say(Side.Receiver, Kinds.FeedbackReply,
        h => h with { Outcome = outcome, ReasonCode = outcome == "Match" ? null : "FieldsDiffer", Supersedes = supersedes, Changed = changed }, content: new(Reply: new(new Dictionary<string, string>())));

    static Header Dispute(Both both, Header reply) => both.Say(Side.Asker, Kinds.Dispute, h => h with { InReplyTo = reply.MessageId, ReasonCode = "Incomplete" },
        s => s with { DueOn = new(2026, 3, 10), DueAt = start.AddDays(8) });

    [Fact]
    public void An_interim_reply_says_being_verified_and_stops_no_clock()
    {
        var both = new Both();
        both.Say(Side.Receiver, Kinds.InterimReply);
        (both.AtReceiver.VerifyingAt is not null, both.AtReceiver.Phase, both.AtReceiver.Owed, both.AtReceiver.DueOn).ShouldBe((true, NodePhase.Open, true, new DateOnly(2026, 3, 4)));
        both.Agree(e => e.VerifyingAt);
    }

    [Fact]
    public void An_extension_is_asked_undecided_and_then_granted_with_its_new_due_day_on_both_sides()
    {
        var both = new Both();
        var asked = both.Say(Side.Receiver, Kinds.ExtensionRequest, h => h with { WorkingDays = 5, ReasonCode = "VisitNeeded" });
        both.AtAsker.Undecided!.WorkingDays.ShouldBe(5);
        both.Say(Side.Asker, Kinds.ExtensionDecision, h => h with { InReplyTo = asked.MessageId, Decision = Decisions.Granted }, s => s with { DueOn = new(2026, 3, 11), DueAt = start.AddDays(9) });
        both.Agree(e => (e.DueOn, e.Undecided, e.Extensions.Single().Decision));
        (both.AtReceiver.DueOn, both.AtReceiver.Undecided).ShouldBe((new DateOnly(2026, 3, 11), null));
        both.Event(Kinds.DueChange, e => e with { Duty = Duties.Feedback, DueOn = new(2026, 3, 11), DueAt = start.AddDays(9), Cause = DueChangeCauses.Extended });
        both.AtAsker.DueOn.ShouldBe(new DateOnly(2026, 3, 11));
    }

    [Theory]
    [InlineData("MatchWithDifferences", true, false, "Upheld")]
    [InlineData("Match", true, true, "Upheld")]
    [InlineData("Match", true, false, "Maintained")]
    [InlineData("Match", false, false, "Maintained")]
    public void The_reply_to_a_dispute_upholds_it_by_another_outcome_or_other_matches_and_maintains_otherwise(string outcome, bool supersedes, bool changed, string result)
    {
        var both = new Both();
        var reply = Reply(both, "Match");
        Dispute(both, reply);
        both.Agree(e => (e.Phase, e.Disputes, e.DisputeResult, e.DueOn));
        (both.AtReceiver.Phase, both.AtReceiver.Owed, both.AtReceiver.DisputeResult).ShouldBe((NodePhase.Disputed, true, null));
        Reply(both, outcome, supersedes ? reply.MessageId : null, changed);
        both.Agree(e => (e.Phase, e.DisputeResult, e.AnsweredAt));
        (both.AtAsker.Phase, both.AtAsker.DisputeResult).ShouldBe((NodePhase.Answered, result));
    }

    [Fact]
    public void A_ruling_and_a_closure_are_told_by_the_hub()
    {
        var both = new Both();
        var reply = Reply(both, "Match");
        Dispute(both, reply);
        Reply(both, "Match");
        both.Event(Kinds.Ruling, e => e with { Outcome = RulingOutcomes.Upheld });
        (both.AtAsker.Ruling, both.AtAsker.Phase).ShouldBe(("Upheld", NodePhase.Answered));
        both.Event(Kinds.Closure, e => e with { Cause = ClosureCauses.Automatic });
        both.Agree(e => (e.Phase, e.ClosedWhy, e.EndedAt));
        (both.AtAsker.Phase, both.AtAsker.ClosedWhy).ShouldBe((NodePhase.Closed, ClosureCauses.Automatic));
    }

    [Fact]
    public void A_contested_return_is_open_again_and_the_work_is_back()
    {
        var both = new Both();
        var returned = both.Say(Side.Receiver, Kinds.Return, h => h with { ReasonCode = "NotOurs", SuggestedTo = "420581" });
        (both.AtAsker.Phase, AllowedActions.Of(both.AtAsker, start).AskAgain, AllowedActions.Of(both.AtAsker, start).Contest).ShouldBe((NodePhase.Returned, true, true));
        both.Say(Side.Asker, Kinds.ReturnContest, h => h with { InReplyTo = returned.MessageId, ReasonCode = "OnYourRegister" });
        both.Agree(e => (e.Phase, e.EndedAt, e.SuggestedTo, e.DueOn));
        (both.AtReceiver.Phase, both.AtReceiver.Owed, both.AtReceiver.EndReason).ShouldBe((NodePhase.Open, true, null));
    }

    [Fact]
    public void A_confirmation_closes_with_its_mark()
    {
        var both = new Both();
        var reply = Reply(both, "Match");
        both.Say(Side.Asker, Kinds.Confirmation, h => h with { InReplyTo = reply.MessageId, Mark = "insufficient" });
        both.Agree(e => (e.Phase, e.Mark, e.ClosedWhy));
        (both.AtReceiver.Mark, both.AtReceiver.ClosedWhy).ShouldBe(("insufficient", Kinds.Confirmation));
    }

    [Fact]
    public void A_dispute_whose_receipt_comes_after_the_reply_to_it_does_not_open_the_exchange_again()
    {
        var both = new Both();
        var reply = Reply(both, "Match");
        var (dispute, disputed) = both.Accept(Side.Asker, Kinds.Dispute, h => h with { InReplyTo = reply.MessageId, ReasonCode = "Incomplete" });
        var (second, answered) = both.Accept(Side.Receiver, Kinds.FeedbackReply, h => h with { Outcome = "MatchWithDifferences", ReasonCode = "FieldsDiffer", Supersedes = reply.MessageId, Changed = true });
        both.Tell(Side.Asker, second, answered, new(Reply: new(new Dictionary<string, string>())));
        both.Tell(Side.Asker, dispute, disputed);
        (both.AtAsker.Phase, both.AtAsker.DisputeResult).ShouldBe((NodePhase.Answered, RulingOutcomes.Upheld));
    }

    [Fact]
    public void More_time_left_undecided_waits_for_nobody_once_the_answer_is_there()
    {
        var both = new Both();
        both.Say(Side.Receiver, Kinds.ExtensionRequest, h => h with { WorkingDays = 5, ReasonCode = "VisitNeeded" });
        var reply = Reply(both, "Match");
        (both.AtAsker.Undecided, both.AtReceiver.Undecided).ShouldBe((null, null));
        Dispute(both, reply);
        both.AtAsker.Undecided!.WorkingDays.ShouldBe(5); // open again, and still undecided
    }

    [Fact]
    public void More_time_decided_before_the_receipt_of_asking_for_it_is_told_stays_decided()
    {
        var both = new Both();
        var (asked, askedAt) = both.Accept(Side.Receiver, Kinds.ExtensionRequest, h => h with { WorkingDays = 5, ReasonCode = "VisitNeeded" });
        var (decided, decidedAt) = both.Accept(Side.Asker, Kinds.ExtensionDecision, h => h with { InReplyTo = asked.MessageId, Decision = Decisions.Denied, ReasonCode = "TooLong" });
        both.Tell(Side.Receiver, decided, decidedAt);
        both.Tell(Side.Receiver, asked, askedAt);
        both.Tell(Side.Asker, asked, askedAt);
        both.Tell(Side.Asker, decided, decidedAt);
        var extension = both.AtReceiver.Extensions.ShouldHaveSingleItem();
        (extension.WorkingDays, extension.Decision, extension.DecidedAt).ShouldBe((5, Decisions.Denied, (DateTimeOffset?)decidedAt.AcceptedAt));
        both.Agree(e => e.Extensions.Single());
    }

    [Fact]
    public void A_refusal_is_out_of_sight_once_the_other_sides_message_moved_the_phase()
    {
        var both = new Both();
        var (step, _) = both.Accept(Side.Asker, Kinds.Withdrawal);
        both.AtAsker = ExchangeFolding.Receipt(both.AtAsker, step, new(), new RefusedStatement(Hub, LongLifeFoldingTests.Asker, step.MessageId, Digest, start, ["PhaseNotAllowed"], []), "陈静").Exchange;
        both.AtAsker.Refused.ShouldNotBeNull();
        Reply(both, "Match");
        both.AtAsker.Refused.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_dispute_in_time_is_the_first_reply_to_it_in_whatever_order_it_is_told(bool disputeToldLast)
    {
        var both = new Both();
        var reply = Reply(both, "Match");
        var first = both.AtAsker.RepliedAt;
        var (dispute, disputed) = both.Accept(Side.Asker, Kinds.Dispute, h => h with { InReplyTo = reply.MessageId, ReasonCode = "Incomplete" }, s => s with { DueOn = new(2026, 3, 2), DueAt = start.AddMinutes(4) });
        var (second, late) = both.Accept(Side.Receiver, Kinds.FeedbackReply, h => h with { Outcome = "Match" });
        var (third, corrected) = both.Accept(Side.Receiver, Kinds.FeedbackReply, h => h with { Outcome = "Match", Supersedes = second.MessageId });
        (Header, AcceptedStatement)[] replies = [(second, late), (third, corrected)];
        foreach (var (header, stamp) in disputeToldLast ? [.. replies, (dispute, disputed)] : (IEnumerable<(Header, AcceptedStatement)>)[(dispute, disputed), .. replies])
            both.Tell(Side.Asker, header, stamp);
        (both.AtAsker.RepliedAt, both.AtAsker.AnsweredAt).ShouldBe((late.AcceptedAt, first));
        ShownDeadline.Of(both.AtAsker, late.AcceptedAt.AddDays(1), null).State.ShouldBe(DeadlineState.AnsweredLate); // due at the very instant it came
        ShownDeadline.Of(WorklistRow.Of(both.AtAsker, late.AcceptedAt), late.AcceptedAt, null).State.ShouldBe(DeadlineState.AnsweredLate);
    }

    [Fact]
    public void A_notice_is_owed_until_acknowledged_and_then_closed()
    {
        var both = new Both(Kinds.OutflowNotice, new(Notice: move));
        (both.AtReceiver.Owed, both.AtReceiver.ListedDueOn, both.AtReceiver.DuePending).ShouldBe((true, new DateOnly(2026, 3, 3), false));
        both.Say(Side.Receiver, Kinds.Acknowledgement);
        both.Agree(e => (e.Phase, e.ClosedWhy));
        (both.AtReceiver.Phase, both.AtReceiver.Owed, both.AtReceiver.ClosedWhy).ShouldBe((NodePhase.Closed, false, Kinds.Acknowledgement));
    }

    [Fact]
    public void Reminders_escalations_and_what_a_later_release_tells_stand_in_the_timeline()
    {
        var both = new Both();
        both.Event(Kinds.Reminder, e => e with { Duty = Duties.Feedback, DueAt = start.AddDays(2) });
        both.Event(Kinds.Escalation, e => e with { Duty = Duties.Feedback, DueAt = start.AddDays(2) });
        both.Event("of-a-later-release", e => e);
        both.AtReceiver.EscalatedAt.ShouldNotBeNull();
        both.Told.Select(t => (t.What, t.Code)).Distinct().ShouldBe([(TimelineWhat.Reminded, null), (TimelineWhat.Escalated, null), (TimelineWhat.ToldByHub, "of-a-later-release")]);
    }

    [Fact]
    public void A_clarification_is_a_word_of_either_side_and_moves_nothing()
    {
        var both = new Both();
        var before = both.AtAsker.Phase;
        both.Say(Side.Asker, Kinds.Clarification, h => h with { InReplyTo = null }, content: new(Note: "电话已更新"));
        both.Say(Side.Receiver, Kinds.Clarification, h => h with { InReplyTo = null }, content: new(Note: "收到"));
        both.AtAsker.Phase.ShouldBe(before);
        both.Told.Where(t => t.What == TimelineWhat.Clarified).Select(t => t.Note).Distinct().ShouldBe(["电话已更新", "收到"]);
    }

    [Fact]
    public void What_an_unreadable_reply_says_in_its_header_has_happened()
    {
        var both = new Both();
        var (reply, stamp) = both.Accept(Side.Receiver, Kinds.FeedbackReply, h => h with { Outcome = "Match" });
        var folded = ExchangeFolding.Unreadable(both.AtAsker, reply, stamp);
        (folded.Exchange.Phase, folded.Exchange.Outcome, folded.Exchange.Answer).ShouldBe((NodePhase.Answered, "Match", null));
        folded.Timeline.Select(t => t.What).ShouldBe([TimelineWhat.Answered, TimelineWhat.Unreadable]);
        Moves.Forbidden(folded.Exchange, Kinds.Dispute).ShouldBeNull();
    }

    [Fact]
    public void A_state_stored_by_the_first_release_is_read_as_it_was()
    {
        const string state = """
            {"county":"340221","id":"0b6f7d3e-3a3a-4a41-9d2f-1c2b3a4d5e6f","side":"Receiver","counterpart":"330109","kind":"certificate-verification-request","version":1,
             "openingId":"1b6f7d3e-3a3a-4a41-9d2f-1c2b3a4d5e6f","beganAt":"2026-03-02T01:00:00+00:00","phase":"Open","waiting":[],"dueOn":"2026-03-11","dueAt":"2026-03-11T16:00:00+00:00",
             "question":{"certificateType":"ResidencePermit","certificateNumber":"RP-1","holderName":"王小明","holderId":"420581199003070018","purpose":"RecordCheck","legalBasis":"Agreement"}}
            """;
        var read = JsonSerializer.Deserialize(state, NodeJson.Default.NodeExchange)!;
        (read.Matter.Subject, read.Owed, read.ListedDueOn, read.Extensions.Count).ShouldBe((new Subject("王小明", "420581199003070018"), true, new DateOnly(2026, 3, 11), 0));
        var again = JsonSerializer.Deserialize(JsonSerializer.Serialize(read, NodeJson.Default.NodeExchange), NodeJson.Default.NodeExchange)!;
        (again.Matter, again.Phase).ShouldBe((read.Matter, read.Phase));
    }

    [Fact]
    public void Of_a_check_the_items_are_shown_and_the_person_is_masked()
    {
        var detail = ExchangeDetail.Of(new Both().AtReceiver, [], start, revealed: false);
        detail.Rows.Select(r => (r.Field, r.Asked)).ShouldBe([("identity", "王** 420581********0018"), ("contact", "13*******00")]);
        detail.Subject.ShouldBe(new Subject("王**", "420581********0018"));
        (detail.Exchange.Check, detail.Exchange.Notice).ShouldBe((null, null));
    }
}
