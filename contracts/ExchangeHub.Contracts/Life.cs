using System.Text.Json.Serialization;

namespace ExchangeHub.Contracts;

/// <summary>Where an exchange stands. Acknowledged, being verified, due soon, overdue are facts beside the phase.</summary>
/// <remarks><code>
/// Open ──reply──> Answered ──confirmation──> Closed        a notice: Open ──acknowledgement──> Closed
///  │ ^ └─return──> Returned      │  ^
///  │ └──contest──────┘           v  │ reply
///  └──withdrawal─> Withdrawn   Disputed (open again)
/// </code></remarks>
[JsonConverter(typeof(JsonStringEnumConverter<Phase>))]
public enum Phase
{
    Open,
    Answered,
    Closed,
    Returned,
    Withdrawn,
    Disputed,
}

/// <summary>The two sides of an exchange.</summary>
public enum Side
{
    /// <summary>The county that asks or notifies.</summary>
    Asker,
    /// <summary>The county that owes.</summary>
    Receiver,
}

/// <summary>What a kind does within an exchange: one row of the table of (phase, kind, party), by which the hub decides and nodes know what they may send.</summary>
/// <param name="By">Who may send it; <c>null</c>: either side.</param>
/// <param name="In">In which phases.</param>
/// <param name="To">The phase that follows; <c>null</c>: the same.</param>
public sealed record KindMove(Side? By, IReadOnlyList<Phase> In, Phase? To)
{
    /// <summary>It goes in an exchange that a notice opened, too.</summary>
    public bool InNotices { get; init; }

    /// <summary>The phase that follows in a notice's exchange, where it differs.</summary>
    public Phase? NoticeTo { get; init; }

    /// <summary>Whether this side may send it in this phase of an exchange of this opening kind.</summary>
    public bool Allows(Side side, Phase phase, string opening) => (By ?? side) == side && AllowsIn(phase, opening);

    /// <summary>Whether it may be sent in this phase of an exchange of this opening kind, by whom ever.</summary>
    public bool AllowsIn(Phase phase, string opening) => In.Contains(phase) && (InNotices || !Kinds.IsNotice(opening));

    /// <summary>The phase that follows in an exchange of this opening kind; <c>null</c>: the same.</summary>
    public Phase? After(string opening) => Kinds.IsNotice(opening) ? NoticeTo ?? To : To;
}
