using ExchangeHub.Contracts;

namespace ExchangeHub.Testing;

/// <summary>
/// Every (phase, kind, party) in exchanges of each opening kind, and with what the ones that are not allowed are refused. Written out by hand from
/// the table of the life of an exchange; the contracts' own table is not read, so that a test of the product cannot agree with its mistake.
/// </summary>
public static class LifeTable
{
    public const string Asker = "asker", Receiver = "receiver", Stranger = "stranger", Either = "either";

    /// <summary>Kind, who, phases of a request's exchange, phases of a notice's.</summary>
    public static IReadOnlyList<(string Kind, string Who, Phase[] Request, Phase[] Notice)> Rows { get; } =
    [
        (Kinds.Acknowledgement, Receiver, [Phase.Open], [Phase.Open]),
        (Kinds.InterimReply, Receiver, [Phase.Open, Phase.Disputed], []),
        (Kinds.FeedbackReply, Receiver, [Phase.Open, Phase.Disputed, Phase.Answered], []),
        (Kinds.ExtensionRequest, Receiver, [Phase.Open, Phase.Disputed], []),
        (Kinds.ExtensionDecision, Asker, [Phase.Open, Phase.Disputed], []),
        (Kinds.Return, Receiver, [Phase.Open], [Phase.Open]),
        (Kinds.ReturnContest, Asker, [Phase.Returned], [Phase.Returned]),
        (Kinds.Withdrawal, Asker, [Phase.Open], [Phase.Open]),
        (Kinds.Confirmation, Asker, [Phase.Answered], []),
        (Kinds.Dispute, Asker, [Phase.Answered], []),
        (Kinds.Clarification, Either, [Phase.Open, Phase.Answered, Phase.Disputed], [Phase.Open]),
    ];

    public static IReadOnlyList<string> Requests { get; } = [Kinds.CertificateVerificationRequest, Kinds.AssistanceCheckRequest];
    public static IReadOnlyList<string> Notices { get; } = [Kinds.OutflowNotice, Kinds.InflowNotice, Kinds.DepartureNotice];

    /// <summary>One exchange for each: opening kind and phase. A notice is never answered, so never disputed.</summary>
    public static IReadOnlyList<(string Opening, Phase Phase)> Exchanges { get; } =
    [
        .. from opening in Requests from phase in Enum.GetValues<Phase>() select (opening, phase),
        .. from opening in Notices from phase in new[] { Phase.Open, Phase.Closed, Phase.Returned, Phase.Withdrawn } select (opening, phase),
    ];

    /// <summary>What is said in an exchange to bring it into a phase.</summary>
    public static IReadOnlyList<string> WayTo(string opening, Phase phase) => phase switch
    {
        Phase.Open => [],
        Phase.Returned => [Kinds.Return],
        Phase.Withdrawn => [Kinds.Withdrawal],
        Phase.Closed when Notices.Contains(opening) => [Kinds.Acknowledgement],
        Phase.Closed => [Kinds.FeedbackReply, Kinds.Confirmation],
        Phase.Disputed => [Kinds.FeedbackReply, Kinds.Dispute],
        _ => [Kinds.FeedbackReply],
    };

    /// <summary>One cell of the table, by the opening kind of the exchange.</summary>
    public sealed record Cell(string Opening, Phase Phase, string Kind, string Party)
    {
        public bool Opens => Requests.Contains(Kind) || Notices.Contains(Kind);

        (string Kind, string Who, Phase[] Request, Phase[] Notice) Row => Rows.Single(r => r.Kind == Kind);

        bool IsRightSide => Row.Who == Either || Row.Who == Party;

        bool IsRightPhase => (Notices.Contains(Opening) ? Row.Notice : Row.Request).Contains(Phase);

        /// <summary>What speaks against it, side first; empty where the table allows it. A stranger learns nothing, an opening finds its id used.</summary>
        public IReadOnlyList<Refusal> Refusals =>
            Party == Stranger ? [new(RefusalCodes.ExchangeUnknown, "/header/exchangeId")]
            : Opens ? [new(RefusalCodes.ExchangeExists, "/header/exchangeId")]
            : [
                .. IsRightSide ? (Refusal[])[] : [new(RefusalCodes.PartyNotAllowed, "/header/from")],
                .. IsRightPhase ? (Refusal[])[] : [new(RefusalCodes.PhaseNotAllowed, Notices.Contains(Opening) && Row.Notice is [] ? "/header/kind" : "/header/exchangeId")],
            ];

        public bool IsAllowed => Refusals is [];

        public override string ToString() => $"{Kind} by the {Party} in {Opening} {Phase}";
    }

    public static IReadOnlyList<Cell> Cells { get; } =
    [
        .. from exchange in Exchanges
           from kind in (IEnumerable<string>)[.. Requests, .. Notices, .. Rows.Select(r => r.Kind)]
           from party in new[] { Asker, Receiver, Stranger }
           select new Cell(exchange.Opening, exchange.Phase, kind, party),
    ];

    public static IReadOnlyList<Cell> NotAllowed { get; } = [.. Cells.Where(c => !c.IsAllowed)];
}
