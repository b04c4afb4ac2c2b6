using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Every (phase, kind, party), in exchanges of a request and of a notice: what is allowed, and with which codes the rest is refused.</summary>
public sealed class PhaseTableTests
{
    // Written out by hand from the table of the life of an exchange; the contract's own table is not read.
    // Kind, who, phases of a request's exchange, phases of a notice's.
    static readonly (string Kind, string Who, Phase[] Request, Phase[] Notice)[] table =
    [
        (Kinds.Acknowledgement, "receiver", [Phase.Open], [Phase.Open]),
        (Kinds.InterimReply, "receiver", [Phase.Open, Phase.Disputed], []),
        (Kinds.FeedbackReply, "receiver", [Phase.Open, Phase.Disputed, Phase.Answered], []),
        (Kinds.ExtensionRequest, "receiver", [Phase.Open, Phase.Disputed], []),
        (Kinds.ExtensionDecision, "asker", [Phase.Open, Phase.Disputed], []),
        (Kinds.Return, "receiver", [Phase.Open], [Phase.Open]),
        (Kinds.ReturnContest, "asker", [Phase.Returned], [Phase.Returned]),
        (Kinds.Withdrawal, "asker", [Phase.Open], [Phase.Open]),
        (Kinds.Confirmation, "asker", [Phase.Answered], []),
        (Kinds.Dispute, "asker", [Phase.Answered], []),
        (Kinds.Clarification, "either", [Phase.Open, Phase.Answered, Phase.Disputed], [Phase.Open]),
    ];

    static readonly string[] openings = [Kinds.OutflowNotice, Kinds.InflowNotice, Kinds.DepartureNotice, Kinds.CertificateVerificationRequest, Kinds.AssistanceCheckRequest];

    public static TheoryData<string, Phase, string, string> EveryCell()
    {
        var cells = new TheoryData<string, Phase, string, string>();
        foreach (var opening in openings)
            foreach (var phase in Enum.GetValues<Phase>().Where(p => !Kinds.IsNotice(opening) || p is not (Phase.Answered or Phase.Disputed))) // a notice is never answered
                foreach (var kind in Kinds.Submitted.Keys.Where(k => !Kinds.Submitted[k].ToHub))
                    foreach (var party in new[] { "asker", "receiver", "stranger" })
                        cells.Add(opening, phase, kind, party);
        return cells;
    }

    [Theory, MemberData(nameof(EveryCell))]
    public void Each_kind_is_taken_from_its_side_in_its_phases_and_from_nobody_else(string opening, Phase phase, string kind, string party)
    {
        var on = In(opening, phase);
        var from = party switch { "asker" => Core.Asker, "receiver" => Core.Receiver, _ => Core.Stranger };
        var message = Kinds.Submitted[kind].Opens ? Core.Notice(kind, from, from == Core.Receiver ? Core.Asker : Core.Receiver) with { ExchangeId = on.Id }
            : Core.Message(on, kind, from) with { To = from == Core.Asker ? Core.Receiver : Core.Asker };
        if (kind == Kinds.FeedbackReply && phase is Phase.Answered)
            message = message with { Supersedes = on.LastOf(kind), Changed = true };

        var decision = ExchangeDecider.Decide(on, message, null, on.LastAt, Core.Rules);

        if (party == "stranger")
        {
            Codes(decision).ShouldBe([RefusalCodes.ExchangeUnknown]);
            return;
        }
        if (Kinds.Submitted[kind].Opens)
        {
            Codes(decision).ShouldBe([RefusalCodes.ExchangeExists]);
            return;
        }
        var (_, who, ofRequest, ofNotice) = table.Single(row => row.Kind == kind);
        var rightSide = who == "either" || who == party;
        var rightPhase = (opening.EndsWith("notice", StringComparison.Ordinal) ? ofNotice : ofRequest).Contains(phase);
        if (rightSide && rightPhase && Asked(on, kind))
            decision.ShouldBeOfType<Decision.Accepted>().Facts[0].ShouldBeAssignableTo<MessageFact>();
        else
        {
            Codes(decision).Contains(RefusalCodes.PartyNotAllowed).ShouldBe(!rightSide);
            // What a contest, a decision or a confirmation names may be there in no other phase: then both are told.
            Codes(decision).ShouldNotBeEmpty();
            if (!rightPhase)
                Codes(decision).ShouldContain(RefusalCodes.PhaseNotAllowed);
        }
    }

    // A decision needs something to decide on.
    static bool Asked(Exchange on, string kind) => kind switch
    {
        Kinds.ExtensionDecision => on.Extensions.Count > 0,
        Kinds.ExtensionRequest => on.Extensions.Count == 0, // one is not decided yet
        _ => true,
    };

    static string[] Codes(Decision decision) => [.. decision.ShouldBeOfType<Decision.Refused>().Reasons.Select(r => r.Code).Distinct()];

    [Fact]
    public void Every_kind_that_moves_an_exchange_stands_in_the_table() =>
        table.Select(row => row.Kind).Order().ShouldBe(Kinds.Submitted.Values.Where(k => k.Within is not null).Select(k => k.Kind).Order());

    /// <summary>An exchange in a phase, by the way a real one gets there.</summary>
    static Exchange In(string opening, Phase phase)
    {
        var on = ((Decision.Accepted)ExchangeDecider.Decide(null, Core.Notice(opening), null, Core.Shanghai("2026-02-11T10:00"), Core.Rules)).After;
        if (phase is Phase.Returned)
            return on.After(Kinds.Return, "2026-02-11T11:00");
        if (phase is Phase.Withdrawn)
            return on.After(Kinds.Withdrawal, "2026-02-11T11:00");
        if (phase is Phase.Open)
            return on;
        if (Kinds.IsNotice(opening))
            return on.After(Kinds.Acknowledgement, "2026-02-11T11:00");
        on = on.After(Kinds.FeedbackReply, "2026-02-11T11:00");
        return phase switch
        {
            Phase.Answered => on,
            Phase.Disputed => on.After(Kinds.Dispute, "2026-02-11T12:00").After(Kinds.ExtensionRequest, "2026-02-11T12:30"),
            _ => on.After(Kinds.Confirmation, "2026-02-11T12:00"),
        };
    }
}
