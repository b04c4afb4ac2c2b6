using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Where an exchange stands for this county: the exchange's phases, and <see cref="Sending"/> and <see cref="Refused"/>, an own opening that
/// the hub has not taken yet, or will not take.</summary>
public enum NodePhase
{
    Open = (int)Contracts.Phase.Open,
    Answered = (int)Contracts.Phase.Answered,
    Closed = (int)Contracts.Phase.Closed,
    Returned = (int)Contracts.Phase.Returned,
    Withdrawn = (int)Contracts.Phase.Withdrawn,
    Disputed = (int)Contracts.Phase.Disputed,
    Sending = 100,
    Refused,
}

/// <summary>An own message that is stored and has no final receipt yet.</summary>
/// <param name="Outcome">Of a reply or a return on its way: what the other side will see.</param>
/// <param name="Held">The hub could not judge it by its own fault and will later.</param>
public sealed record WaitingMessage(Guid MessageId, string Kind, DateTimeOffset StoredAt, string? Outcome = null, string? ReasonCode = null, bool Held = false);

/// <summary>The last own message that the hub refused, and why.</summary>
public sealed record RefusedMessage(Guid MessageId, string Kind, DateTimeOffset RefusedAt, IReadOnlyList<string> Codes, IReadOnlyList<string> Fields);

/// <summary>
/// One exchange as one county sees it: immutable, changed only by <see cref="ExchangeFolding"/>. What the hub has accepted moves the phase;
/// an own message on its way stands in <see cref="Waiting"/> and moves nothing until it is accepted.
/// </summary>
/// <param name="OpeningId">The opening's message id: what an acknowledgement, reply or return answers.</param>
/// <param name="BeganAt">Business time, UTC: when the asker wrote it, or when the hub accepted it for the receiver.</param>
public sealed record NodeExchange(string County, Guid Id, Side Side, string Counterpart, string Kind, int Version, Guid OpeningId, DateTimeOffset BeganAt)
{
    public NodePhase Phase { get; init; }
    public string? CaseNumber { get; init; }
    public string? Urgency { get; init; }
    public string? ReasonCode { get; init; }
    public Guid? Follows { get; init; }
    public bool Test { get; init; }

    /// <summary>The hub's stamp of the opening, UTC: the clock of all deadlines starts here.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }
    public DateOnly? AckDueOn { get; init; }
    /// <summary>First instant too late to acknowledge, UTC.</summary>
    public DateTimeOffset? AckDueAt { get; init; }
    public DateOnly? DueOn { get; init; }
    /// <summary>First instant too late to answer, UTC.</summary>
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>A due date waits for a year's calendar.</summary>
    public bool DuePending { get; init; }
    /// <summary>The hub said that the answer is overdue.</summary>
    public DateTimeOffset? OverdueToldAt { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }
    /// <summary>The hub's stamp of the first reply, UTC.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }
    public string? Outcome { get; init; }
    public string? OutcomeReason { get; init; }
    /// <summary>The reply was given by the register, by no person.</summary>
    public bool Automatic { get; init; }
    /// <summary>The last accepted reply: what a correction supersedes.</summary>
    public Guid? ReplyId { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Why it was returned or withdrawn.</summary>
    public string? EndReason { get; init; }
    public string? SuggestedTo { get; init; }

    public IReadOnlyList<WaitingMessage> Waiting { get; init; } = [];
    /// <summary>Own messages without any receipt. That a message is held counts as a receipt (wire, section 4): nobody knows when the hub's fault
    /// will be mended, so it keeps nobody from going on, and its final receipt is taken whenever it comes.</summary>
    [JsonIgnore]
    public IEnumerable<WaitingMessage> UnderWay => Waiting.Where(w => !w.Held);
    public RefusedMessage? Refused { get; init; }

    /// <summary>The question in plain text. Only this county's people see it, masked until somebody gives a reason.</summary>
    public CertificateVerificationRequest? Question { get; init; }
    public FeedbackReply? Answer { get; init; }
    /// <summary>What the register said when the question came, or when the register last changed while it was open (receiver only).</summary>
    public RegisterComparison? Comparison { get; init; }

    /// <summary>Whether the contracts' table lets this county send a kind in this phase.</summary>
    public bool Takes(string kind) => Kinds.Submitted[kind].Within is { } move && move.By == Side && move.In.Contains((Contracts.Phase)Phase);

    /// <summary>This county still has to answer, and nothing final is on its way.</summary>
    [JsonIgnore]
    public bool Owed => Side == Side.Receiver && Phase is (NodePhase.Open or NodePhase.Disputed)
        && !IsUnderWay(Kinds.FeedbackReply) && !IsUnderWay(Kinds.Return);

    /// <summary>This county waits for the other side.</summary>
    [JsonIgnore]
    public bool Awaited => Side == Side.Asker && Phase is (NodePhase.Sending or NodePhase.Open or NodePhase.Disputed);

    /// <summary>Received by a person or a policy, or such a message is on its way.</summary>
    [JsonIgnore]
    public bool Acknowledged => AcknowledgedAt is not null || IsUnderWay(Kinds.Acknowledgement);

    /// <summary>When an own question came to its end, by which ended ones are listed.</summary>
    [JsonIgnore]
    public DateTimeOffset? ListedEndAt => AnsweredAt ?? EndedAt;

    /// <summary>Whether another answer says something else than the one given.</summary>
    public bool DiffersFrom(string outcome, FeedbackReply other) => outcome != Outcome || Answer is null
        || AskedFields.All.Any(f => Answer.Fields.GetValueOrDefault(f) != other.Fields.GetValueOrDefault(f));

    bool IsUnderWay(string kind) => UnderWay.Any(w => w.Kind == kind);
}
