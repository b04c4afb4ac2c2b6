using System.Text.Json.Serialization;

namespace ExchangeHub.Contracts;

/// <summary>Where an exchange stands. Acknowledged, due soon, overdue are facts beside the phase.</summary>
/// <remarks><code>
/// Open ──reply──> Answered ──confirmation──> Closed
///  │  └─return──> Returned      │  ^
///  └──withdrawal─> Withdrawn    v  │ reply
///                            Disputed (open again)
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
/// <param name="By">Who may send it.</param>
/// <param name="In">In which phases.</param>
/// <param name="To">The phase that follows; <c>null</c>: the same.</param>
public sealed record KindMove(Side By, IReadOnlyList<Phase> In, Phase? To);
