using System.Text.Json.Serialization;

namespace ExchangeHub.Hub.Exchanges;

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
