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

/// <summary>The last own message that the hub refused, and why; out of sight once a later message or event moved the phase.</summary>
public sealed record RefusedMessage(Guid MessageId, string Kind, DateTimeOffset RefusedAt, IReadOnlyList<string> Codes, IReadOnlyList<string> Fields);

/// <summary>A request for more time, and what the asker said to it.</summary>
/// <param name="RequestId">The message that asked.</param>
/// <param name="WorkingDays">Asked for, after the due day; 0 while only the decision has been told.</param>
/// <param name="Decision">One of <see cref="Codes.Decisions"/>; <c>null</c> while undecided.</param>
public sealed record Extension(Guid RequestId, int WorkingDays, string? ReasonCode, DateTimeOffset AskedAt, string? Decision = null, string? DecisionReason = null,
    DateTimeOffset? DecidedAt = null);

/// <summary>An accepted reply's place in the exchange's stream and the hub's stamp of it, UTC.</summary>
public sealed record ReplyTime(int Number, DateTimeOffset At);

/// <summary>The last dispute of a reply.</summary>
/// <param name="Number">Its place in the exchange's stream.</param>
/// <param name="ReasonCode">One of <see cref="Codes.DisputeReasons"/>.</param>
public sealed record DisputeRaised(int Number, DateTimeOffset At, string? ReasonCode);

/// <summary>What this county's records of movements say of a notice that came.</summary>
/// <param name="What">One of <see cref="Movements.RecordMatches"/>.</param>
/// <param name="PersonName">The name on the own record.</param>
public sealed record RecordMatch(string What, string? PersonName = null, DateOnly? MovedOn = null);

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
    /// <summary>The notice (a message id) that this one takes the place of, in the exchange that it follows.</summary>
    public Guid? Supersedes { get; init; }
    /// <summary>The exchange whose notice took this one's place.</summary>
    public Guid? SupersededBy { get; init; }
    public bool Test { get; init; }
    /// <summary>This county asked, and its database was restored from a copy older than that: what was asked only the other county knows now.</summary>
    public bool ContentLost { get; init; }

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

    public DateTimeOffset? AcknowledgedAt { get; init; }
    /// <summary>The last interim reply: the question is being verified. UTC.</summary>
    public DateTimeOffset? VerifyingAt { get; init; }
    /// <summary>In the order asked; at most the last is undecided.</summary>
    public IReadOnlyList<Extension> Extensions { get; init => field = value ?? []; } = []; // absent in a state of the first release
    /// <summary>The hub's stamp of the first reply, UTC.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }
    /// <summary>The replies since the last dispute, as they were told: a dispute may be told after the reply to it.</summary>
    public IReadOnlyList<ReplyTime> Replies { get; init => field = value ?? []; } = []; // absent in an older state
    /// <summary>The hub's stamp of the first reply since the last dispute, UTC: what the due time of the clock that runs now is compared with.</summary>
    [JsonIgnore]
    public DateTimeOffset? RepliedAt => Replies.MinBy(r => r.Number)?.At ?? AnsweredAt;
    public string? Outcome { get; init; }
    public string? OutcomeReason { get; init; }
    /// <summary>No person gave the reply, or a notice's acknowledgement.</summary>
    public bool Automatic { get; init; }
    /// <summary>The last accepted reply: what a correction supersedes.</summary>
    public Guid? ReplyId { get; init; }
    /// <summary>That reply's place in the exchange's stream.</summary>
    public int ReplyNumber { get; init; }
    /// <summary>That reply took the place of one with another outcome or other matches.</summary>
    public bool ReplyChanged { get; init; }
    /// <summary>How often a reply was disputed.</summary>
    public int Disputes { get; init; }
    public DisputeRaised? Dispute { get; init; }
    /// <summary>What the reply to the last dispute made of it: one of <see cref="Codes.RulingOutcomes"/>; <c>null</c> until it came.</summary>
    public string? DisputeResult => Dispute is null || ReplyNumber <= Dispute.Number ? null : ReplyChanged ? RulingOutcomes.Upheld : RulingOutcomes.Maintained;
    /// <summary>What the province's reviewer ruled on a maintained reply, one of <see cref="Codes.RulingOutcomes"/>.</summary>
    public string? Ruling { get; init; }
    /// <summary>What the asker thinks of the answer, one of <see cref="Codes.Marks"/>.</summary>
    public string? Mark { get; init; }
    /// <summary>The province was told that this is long overdue. UTC.</summary>
    public DateTimeOffset? EscalatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Why it was returned or withdrawn.</summary>
    public string? EndReason { get; init; }
    public string? SuggestedTo { get; init; }
    /// <summary>The return that stands: what a contest answers.</summary>
    public Guid? ReturnId { get; init; }
    /// <summary>The last contest of a return. UTC.</summary>
    public DateTimeOffset? ContestedAt { get; init; }
    /// <summary>What closed it: the kind of the message (<c>confirmation</c>, <c>acknowledgement</c>), or one of <see cref="Codes.ClosureCauses"/>.</summary>
    public string? ClosedWhy { get; init; }
    /// <summary>Place in the stream of what moved the phase last: messages of both sides are told in any order.</summary>
    public int PhaseNumber { get; init; }
    /// <summary>The same of what set the due date last.</summary>
    public int DueNumber { get; init; }

    public IReadOnlyList<WaitingMessage> Waiting { get; init; } = [];
    /// <summary>Own messages without any receipt. That a message is held counts as a receipt (wire, section 4): nobody knows when the hub's fault
    /// will be mended, so it keeps nobody from going on, and its final receipt is taken whenever it comes.</summary>
    [JsonIgnore]
    public IEnumerable<WaitingMessage> UnderWay => Waiting.Where(w => !w.Held);
    public RefusedMessage? Refused { get; init; }

    /// <summary>The question in plain text. Only this county's people see it, masked until somebody gives a reason.</summary>
    public CertificateVerificationRequest? Question { get; init; }
    /// <summary>The same of an assistance check.</summary>
    public AssistanceCheckRequest? Check { get; init; }
    /// <summary>The same of a notice.</summary>
    public MoveNotice? Notice { get; init; }
    /// <summary>What it is about, whatever the opening's kind.</summary>
    [JsonIgnore]
    public Matter Matter
    {
        get => new(Question, Check, Notice);
        init => (Question, Check, Notice) = (value.Question, value.Check, value.Notice);
    }
    public FeedbackReply? Answer { get; init; }
    /// <summary>What the register said when the question came, or when the register last changed while it was open (receiver only).</summary>
    public RegisterComparison? Comparison { get; init; }
    /// <summary>What the county's records of movements said when the notice came, or what a clerk made of it (receiver only).</summary>
    public RecordMatch? Record { get; init; }

    /// <summary>It tells and asks nothing.</summary>
    [JsonIgnore]
    public bool IsNotice => Kinds.IsNotice(Kind);

    /// <summary>Whether the contracts' table lets this county send a kind in this phase.</summary>
    public bool Takes(string kind) => Kinds.Submitted[kind].Within is { } move && move.Allows(Side, (Contracts.Phase)Phase, Kind);

    /// <summary>This county still has to answer, or to acknowledge a notice, and nothing final is on its way.</summary>
    [JsonIgnore]
    public bool Owed => Side == Side.Receiver && Phase is (NodePhase.Open or NodePhase.Disputed)
        && !IsUnderWay(IsNotice ? Kinds.Acknowledgement : Kinds.FeedbackReply) && !IsUnderWay(Kinds.Return);

    /// <summary>This county waits for the other side.</summary>
    [JsonIgnore]
    public bool Awaited => Side == Side.Asker && Phase is (NodePhase.Sending or NodePhase.Open or NodePhase.Disputed);

    /// <summary>Received by a person or a policy, or such a message is on its way.</summary>
    [JsonIgnore]
    public bool Acknowledged => AcknowledgedAt is not null || IsUnderWay(Kinds.Acknowledgement);

    /// <summary>The extension that the asker has not decided; an answer or an end leaves nothing to decide.</summary>
    [JsonIgnore]
    public Extension? Undecided => Phase is NodePhase.Open or NodePhase.Disputed ? Extensions.LastOrDefault(e => e.Decision is null) : null;

    /// <summary>The due day by which it is listed: of the answer, or of a notice's acknowledgement.</summary>
    [JsonIgnore]
    public DateOnly? ListedDueOn => IsNotice ? AckDueOn : DueOn;

    /// <summary>The first instant too late, by which it is listed. UTC.</summary>
    [JsonIgnore]
    public DateTimeOffset? ListedDueAt => IsNotice ? AckDueAt : DueAt;

    /// <summary>When an own question came to its end, by which ended ones are listed.</summary>
    [JsonIgnore]
    public DateTimeOffset? ListedEndAt => AnsweredAt ?? EndedAt;

    /// <summary>Whether another answer says something else than the one given.</summary>
    public bool DiffersFrom(string outcome, FeedbackReply other) => outcome != Outcome || Answer is null || Answer.CertificateStatus != other.CertificateStatus
        || Matter.Answerable.Any(f => Answer.Fields.GetValueOrDefault(f) != other.Fields.GetValueOrDefault(f));

    /// <summary>An own message of this kind is on its way.</summary>
    public bool IsUnderWay(string kind) => UnderWay.Any(w => w.Kind == kind);
}
