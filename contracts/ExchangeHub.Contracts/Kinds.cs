namespace ExchangeHub.Contracts;

/// <summary>Names of the message kinds that travel, as they stand in headers, <c>type</c> properties and routing keys.</summary>
public static class Kinds
{
    public const string CertificateVerificationRequest = "certificate-verification-request";
    public const string Acknowledgement = "acknowledgement";
    public const string FeedbackReply = "feedback-reply";
    public const string Return = "return";
    public const string Withdrawal = "withdrawal";

    /// <summary>From the hub to a node: receipts of one batch.</summary>
    public const string Receipts = "receipts";
    /// <summary>Event from the hub: an obligation is past its due time.</summary>
    public const string Overdue = "overdue";
    /// <summary>Event from the hub: a due date was set or moved.</summary>
    public const string DueChange = "due-change";
    /// <summary>Event from the hub, of no exchange: a registry snapshot or a directory newer than before is there to be fetched.</summary>
    public const string RegistryChange = "registry-change";

    /// <summary>Every kind a county may submit, with the members its header takes beside the required nine.</summary>
    public static IReadOnlyDictionary<string, KindRule> Submitted { get; } = new[]
    {
        new KindRule(CertificateVerificationRequest, 1, Opens: true, Required: [],
            Optional: ["caseNumber", "urgency", "follows", "reasonCode"], Reasons: Codes.RequestReasons),
        new KindRule(Acknowledgement, 1, Opens: false, Required: ["inReplyTo"], Optional: [], Reasons: [],
            new(Side.Receiver, [Phase.Open], To: null)),
        new KindRule(FeedbackReply, 1, Opens: false, Required: ["inReplyTo", "outcome"],
            Optional: ["reasonCode", "supersedes", "changed"], Reasons: Codes.ReplyReasons,
            new(Side.Receiver, [Phase.Open, Phase.Disputed, Phase.Answered], To: Phase.Answered)),
        new KindRule(Return, 1, Opens: false, Required: ["inReplyTo", "reasonCode"],
            Optional: ["suggestedTo"], Reasons: Codes.ReturnReasons,
            new(Side.Receiver, [Phase.Open], To: Phase.Returned)),
        new KindRule(Withdrawal, 1, Opens: false, Required: [], Optional: ["reasonCode"], Reasons: Codes.WithdrawalReasons,
            new(Side.Asker, [Phase.Open], To: Phase.Withdrawn)),
    }.ToDictionary(k => k.Kind);

    /// <summary><c>kind.vN</c>: the <c>type</c> property and the first two words of the routing key.</summary>
    public static string TypeOf(string kind, int version) => $"{kind}.v{version}";
}

/// <summary>One row of the wire's table of kinds.</summary>
/// <param name="Kind">The name on the wire.</param>
/// <param name="Version">The newest version known here; older ones stay readable.</param>
/// <param name="Opens">Whether it begins an exchange.</param>
/// <param name="Required">Header members it must have beside the common nine.</param>
/// <param name="Optional">Header members it may have; <c>automatic</c> and <c>test</c> go with every kind.</param>
/// <param name="Reasons">The closed list of its <c>reasonCode</c>.</param>
/// <param name="Within">What it does within an exchange; <c>null</c> where it opens one.</param>
public sealed record KindRule(string Kind, int Version, bool Opens, IReadOnlyList<string> Required, IReadOnlyList<string> Optional, IReadOnlyList<string> Reasons,
    KindMove? Within = null)
{
    /// <summary>The nine members every submission in an exchange has.</summary>
    public static IReadOnlyList<string> Common { get; } =
        ["wire", "hub", "messageId", "exchangeId", "kind", "version", "from", "to", "sentAt"];

    /// <summary>Marks that go with every kind.</summary>
    public static IReadOnlyList<string> Marks { get; } = ["automatic", "test"];

    public bool Takes(string member) =>
        Common.Contains(member) || Required.Contains(member) || Optional.Contains(member) || Marks.Contains(member);
}
