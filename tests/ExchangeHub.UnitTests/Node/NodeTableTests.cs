using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

/// <summary>What a node lets its people do is the contracts' table, cell by cell: kind, opening, side and phase.</summary>
public sealed class NodeTableTests
{
    static readonly DateTimeOffset start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    static readonly string[] openings = [.. Kinds.Submitted.Values.Where(k => k.Opens).Select(k => k.Kind)];
    static readonly KindRule[] moves = [.. Kinds.Submitted.Values.Where(k => k.Within is not null)];

    public static TheoryData<string, string> Cells() =>
        [.. from kind in moves from opening in openings select (kind.Kind, opening)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_kind_is_allowed_exactly_where_the_table_says(string kind, string opening)
    {
        foreach (var side in Enum.GetValues<Side>())
            foreach (var phase in Enum.GetValues<NodePhase>())
            {
                var exchange = Ready(kind, opening, side, phase);
                var expected = phase < NodePhase.Sending && Kinds.Submitted[kind].Within!.Allows(side, (Phase)phase, opening);
                var forbidden = Moves.Forbidden(exchange, kind);
                (forbidden is null).ShouldBe(expected, $"{side} {phase}");
                Flag(AllowedActions.Of(exchange, start), kind, phase).ShouldBe(expected, $"{side} {phase}");
                if (forbidden is not null)
                    forbidden.Code.ShouldBe(Kinds.Submitted[kind].Within!.By is { } by && by != side ? RefusalCodes.PartyNotAllowed : RefusalCodes.PhaseNotAllowed);
            }
    }

    [Fact]
    public void What_was_done_as_often_as_allowed_is_refused_by_its_own_code()
    {
        Code(Ready(Kinds.Acknowledgement) with { AcknowledgedAt = start }, Kinds.Acknowledgement).ShouldBe((RefusalCodes.LimitReached, "/header/kind"));
        Code(Ready(Kinds.Dispute, side: Side.Asker, phase: NodePhase.Answered) with { Disputes = Limits.DisputesMax }, Kinds.Dispute).ShouldBe((RefusalCodes.LimitReached, "/header/kind"));
        var twice = Ready(Kinds.ExtensionRequest) with { Extensions = [Decided(), Decided()] };
        Code(twice, Kinds.ExtensionRequest).ShouldBe((RefusalCodes.LimitReached, "/header/kind"));
        Code(twice with { Extensions = [Decided() with { Decision = null }] }, Kinds.ExtensionRequest).ShouldBe((RefusalCodes.PhaseNotAllowed, "/header/kind"));
        Code(twice with { Side = Side.Asker, Extensions = [Decided()] }, Kinds.ExtensionDecision).ShouldBe((RefusalCodes.LimitReached, "/header/kind"));
        Code(twice with { Extensions = [], DueAt = null, DuePending = true }, Kinds.ExtensionRequest).ShouldBe((RefusalCodes.PhaseNotAllowed, "/header/kind"));
    }

    [Fact]
    public void More_time_is_asked_for_and_given_before_the_due_time_only()
    {
        var open = Ready(Kinds.ExtensionRequest);
        Moves.TooLate(open, Kinds.ExtensionRequest, open.DueAt!.Value.AddTicks(-10)).ShouldBeNull();
        Moves.TooLate(open, Kinds.ExtensionRequest, open.DueAt!.Value).ShouldBe(new Refusal(RefusalCodes.WindowOver, "/header/kind"));
        Moves.TooLate(open, Kinds.FeedbackReply, open.DueAt!.Value).ShouldBeNull();
        var undecided = open with { Side = Side.Asker, Extensions = [Decided() with { Decision = null }] };
        (AllowedActions.Of(open, open.DueAt!.Value.AddTicks(-10)).AskExtension, AllowedActions.Of(open, open.DueAt!.Value).AskExtension).ShouldBe((true, false));
        (AllowedActions.Of(undecided, open.DueAt!.Value.AddTicks(-10)).DecideExtension, AllowedActions.Of(undecided, open.DueAt!.Value).DecideExtension).ShouldBe((true, false));
    }

    [Fact]
    public void Nothing_follows_an_own_message_on_its_way_that_moves_the_phase()
    {
        foreach (var underWay in moves.Where(m => m.Within!.After(Kinds.AssistanceCheckRequest) is not null))
        {
            var waiting = Ready(Kinds.Clarification) with { Waiting = [new(Guid.NewGuid(), underWay.Kind, start)] };
            Code(waiting, Kinds.Clarification).Code.ShouldBe(NodeCodes.AwaitingReceipt, underWay.Kind);
        }
        var noticed = Ready(Kinds.Clarification, Kinds.OutflowNotice) with { Waiting = [new(Guid.NewGuid(), Kinds.Acknowledgement, start)] };
        (Code(noticed, Kinds.Clarification).Code, noticed.Owed).ShouldBe((NodeCodes.AwaitingReceipt, false)); // an acknowledgement closes a notice
    }

    static (string Code, string Field) Code(NodeExchange exchange, string kind) => Moves.Forbidden(exchange, kind) is { } refusal ? (refusal.Code, refusal.Field) : ("", "");

    static Extension Decided() => new(Guid.NewGuid(), 3, "VisitNeeded", start, Decisions.Denied, null, start);

    /// <summary>An exchange in which nothing but side and phase speaks against the kind.</summary>
    static NodeExchange Ready(string kind, string opening = Kinds.AssistanceCheckRequest, Side side = Side.Receiver, NodePhase phase = NodePhase.Open) =>
        new("330109", Guid.NewGuid(), side, "340221", opening, 1, Guid.NewGuid(), start)
        {
            Phase = phase,
            DueAt = start.AddDays(3),
            ReplyId = Guid.NewGuid(),
            ReturnId = Guid.NewGuid(),
            Extensions = kind == Kinds.ExtensionDecision ? [Decided() with { Decision = null }] : [],
        };

    static bool Flag(AllowedActions allowed, string kind, NodePhase phase) => kind switch
    {
        Kinds.Acknowledgement => allowed.Acknowledge,
        Kinds.InterimReply => allowed.InterimReply,
        Kinds.FeedbackReply => phase == NodePhase.Answered ? allowed.Correct : allowed.Reply,
        Kinds.ExtensionRequest => allowed.AskExtension,
        Kinds.ExtensionDecision => allowed.DecideExtension,
        Kinds.Return => allowed.Return,
        Kinds.ReturnContest => allowed.Contest,
        Kinds.Withdrawal => allowed.Withdraw,
        Kinds.Confirmation => allowed.Confirm,
        Kinds.Dispute => allowed.Dispute,
        Kinds.Clarification => allowed.Clarify,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No action for it."),
    };
}
