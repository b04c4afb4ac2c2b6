namespace ExchangeHub.Contracts;

/// <summary>Names of the message kinds that travel, as they stand in headers, <c>type</c> properties and routing keys.</summary>
public static class Kinds
{
    /// <summary>流出通报: these residents left for you.</summary>
    public const string OutflowNotice = "outflow-notice";
    /// <summary>流入通报: these residents of yours have arrived.</summary>
    public const string InflowNotice = "inflow-notice";
    /// <summary>流入再流出: somebody who had come to us has moved on.</summary>
    public const string DepartureNotice = "departure-notice";
    public const string CertificateVerificationRequest = "certificate-verification-request";
    /// <summary>协查: please check these items of a person with your records.</summary>
    public const string AssistanceCheckRequest = "assistance-check-request";
    public const string Acknowledgement = "acknowledgement";
    public const string InterimReply = "interim-reply";
    public const string FeedbackReply = "feedback-reply";
    public const string ExtensionRequest = "extension-request";
    public const string ExtensionDecision = "extension-decision";
    public const string Return = "return";
    public const string ReturnContest = "return-contest";
    public const string Withdrawal = "withdrawal";
    public const string Confirmation = "confirmation";
    public const string Dispute = "dispute";
    public const string Clarification = "clarification";
    /// <summary>To the hub itself: counts and whether a clerk was there, never names.</summary>
    public const string StatisticsReport = "statistics-report";

    /// <summary>From the hub to a node: receipts of one batch.</summary>
    public const string Receipts = "receipts";
    /// <summary>Event from the hub: an obligation is due soon, due today, or still not done.</summary>
    public const string Reminder = "reminder";
    /// <summary>Event from the hub: an obligation is past its due time.</summary>
    public const string Overdue = "overdue";
    /// <summary>Event from the hub: the province was told of an obligation that is long overdue.</summary>
    public const string Escalation = "escalation";
    /// <summary>Event from the hub: a due date was set or moved.</summary>
    public const string DueChange = "due-change";
    /// <summary>Event from the hub: it closed the exchange.</summary>
    public const string Closure = "closure";
    /// <summary>Event from the hub: the province's reviewer ruled on a maintained reply.</summary>
    public const string Ruling = "ruling";
    /// <summary>Event from the hub, of no exchange: a registry snapshot or a directory newer than before is there to be fetched.</summary>
    public const string RegistryChange = "registry-change";

    static readonly KindMove acknowledged = new(Side.Receiver, [Phase.Open], To: null) { InNotices = true, NoticeTo = Phase.Closed };
    static readonly KindMove talking = new(By: null, [Phase.Open, Phase.Answered, Phase.Disputed], To: null) { InNotices = true };

    /// <summary>Every kind a county may submit, with the members its header takes beside the required nine.</summary>
    public static IReadOnlyDictionary<string, KindRule> Submitted { get; } = new[]
    {
        Notice(OutflowNotice), Notice(InflowNotice), Notice(DepartureNotice),
        Request(CertificateVerificationRequest, 1), Request(AssistanceCheckRequest, 2),
        new KindRule(Acknowledgement, 1, ["inReplyTo"], [], []) { Within = acknowledged },
        new KindRule(InterimReply, 1, ["inReplyTo"], [], []) { Within = new(Side.Receiver, [Phase.Open, Phase.Disputed], To: null) },
        new KindRule(FeedbackReply, 1, ["inReplyTo", "outcome"], ["reasonCode", "supersedes", "changed"], Codes.ReplyReasons)
        { Within = new(Side.Receiver, [Phase.Open, Phase.Disputed, Phase.Answered], To: Phase.Answered) },
        new KindRule(ExtensionRequest, 1, ["inReplyTo", "workingDays", "reasonCode"], [], Codes.ExtensionReasons)
        { Within = new(Side.Receiver, [Phase.Open, Phase.Disputed], To: null) },
        new KindRule(ExtensionDecision, 1, ["inReplyTo", "decision"], ["reasonCode"], Codes.DecisionReasons)
        { Within = new(Side.Asker, [Phase.Open, Phase.Disputed], To: null) },
        new KindRule(Return, 1, ["inReplyTo", "reasonCode"], ["suggestedTo"], Codes.ReturnReasons)
        { Within = new(Side.Receiver, [Phase.Open], To: Phase.Returned) { InNotices = true } },
        new KindRule(ReturnContest, 1, ["inReplyTo", "reasonCode"], [], Codes.ContestReasons)
        { Within = new(Side.Asker, [Phase.Returned], To: Phase.Open) { InNotices = true } },
        new KindRule(Withdrawal, 1, [], ["reasonCode"], Codes.WithdrawalReasons)
        { Within = new(Side.Asker, [Phase.Open], To: Phase.Withdrawn) { InNotices = true } },
        new KindRule(Confirmation, 1, ["inReplyTo"], ["mark"], []) { Within = new(Side.Asker, [Phase.Answered], To: Phase.Closed) },
        new KindRule(Dispute, 1, ["inReplyTo", "reasonCode"], [], Codes.DisputeReasons) { Within = new(Side.Asker, [Phase.Answered], To: Phase.Disputed) },
        new KindRule(Clarification, 1, [], ["inReplyTo"], []) { Within = talking },
        new KindRule(StatisticsReport, 1, [], [], []) { ToHub = true },
    }.ToDictionary(k => k.Kind);

    /// <summary><c>kind.vN</c>: the <c>type</c> property and the first two words of the routing key.</summary>
    public static string TypeOf(string kind, int version) => $"{kind}.v{version}";

    /// <summary>Whether an exchange of this opening kind tells and asks nothing: it owes an acknowledgement only.</summary>
    public static bool IsNotice(string kind) => Submitted.TryGetValue(kind, out var rule) && rule is { Opens: true, OwesFeedback: false };

    static KindRule Notice(string kind) => new(kind, 1, [], ["caseNumber", "follows", "supersedes"], []) { Opens = true };

    static KindRule Request(string kind, int version) => new(kind, version, [], ["caseNumber", "urgency", "follows", "reasonCode"], Codes.RequestReasons) { Opens = true, OwesFeedback = true };
}

/// <summary>One row of the wire's table of kinds.</summary>
/// <param name="Kind">The name on the wire.</param>
/// <param name="Version">The newest version known here; older ones stay readable.</param>
/// <param name="Required">Header members it must have beside the common nine.</param>
/// <param name="Optional">Header members it may have; <c>automatic</c> and <c>test</c> go with every kind.</param>
/// <param name="Reasons">The closed list of its <c>reasonCode</c>.</param>
public sealed record KindRule(string Kind, int Version, IReadOnlyList<string> Required, IReadOnlyList<string> Optional, IReadOnlyList<string> Reasons)
{
    /// <summary>It begins an exchange.</summary>
    public bool Opens { get; init; }

    /// <summary>The exchange it begins owes an answer, not only an acknowledgement.</summary>
    public bool OwesFeedback { get; init; }

    /// <summary>It goes to the hub itself: signed, not sealed, and in no exchange.</summary>
    public bool ToHub { get; init; }

    /// <summary>What it does within an exchange; <c>null</c> where it opens one, or is in none.</summary>
    public KindMove? Within { get; init; }

    /// <summary><c>kind.vN</c> of every version known here, the first one first.</summary>
    public IEnumerable<string> Types => Enumerable.Range(1, Version).Select(v => Kinds.TypeOf(Kind, v));

    /// <summary>The version to send: the newest that both sides take.</summary>
    /// <param name="takes">What the receiver takes, <c>kind.vN</c>; none where it has not said so, which is version 1 of all.</param>
    /// <returns>The newest one known here where the receiver takes none of them: it is the hub that refuses it, by what it knows now.</returns>
    public int VersionFor(IEnumerable<string>? takes) => takes?.ToList() is not { } types ? 1
        : Enumerable.Range(1, Version).Where(v => types.Contains(Kinds.TypeOf(Kind, v))).DefaultIfEmpty(Version).Max();

    /// <summary>The nine members every submission in an exchange has.</summary>
    public static IReadOnlyList<string> Common { get; } =
        ["wire", "hub", "messageId", "exchangeId", "kind", "version", "from", "to", "sentAt"];

    /// <summary>Marks that go with every kind.</summary>
    public static IReadOnlyList<string> Marks { get; } = ["automatic", "test"];

    /// <summary>The common members of this kind.</summary>
    public IEnumerable<string> CommonOf => ToHub ? Common.Where(m => m != "exchangeId") : Common;

    public bool Takes(string member) =>
        CommonOf.Contains(member) || Required.Contains(member) || Optional.Contains(member) || Marks.Contains(member);
}
