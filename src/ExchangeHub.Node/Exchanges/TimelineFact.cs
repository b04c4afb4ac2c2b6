using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>What happened in an exchange, as a timeline tells it.</summary>
public enum TimelineWhat
{
    /// <summary>A question or notice was written here (by an account) and stored.</summary>
    Asked,
    /// <summary>The hub accepted the question for the other side: the clock starts.</summary>
    Delivered,
    Acknowledged,
    /// <summary>The register was looked up; <c>code</c> is <c>Exact</c>, <c>Differs</c> or <c>NotFound</c>.</summary>
    RegisterLookedUp,
    /// <summary>An answer was written here and stored; it is on its way.</summary>
    ReplyStored,
    Answered,
    ReturnStored,
    Returned,
    WithdrawalStored,
    Withdrawn,
    /// <summary>Another own message was written here and is on its way; <c>code</c> is its kind.</summary>
    MessageStored,
    /// <summary>The question is being verified.</summary>
    InterimReplied,
    /// <summary>More time was asked for; the detail says how many working days.</summary>
    ExtensionAsked,
    ExtensionGranted,
    ExtensionDenied,
    /// <summary>The asker contested a return: open again.</summary>
    Contested,
    /// <summary>The asker confirmed the answer; <c>code</c> is the mark.</summary>
    Confirmed,
    Disputed,
    /// <summary>A message of the clarification thread; its note is what was said.</summary>
    Clarified,
    /// <summary>The county's records of movements were looked up for a notice; <c>code</c> is what was found or made.</summary>
    RecordMatched,
    /// <summary>A newer notice took this one's place.</summary>
    Superseded,
    /// <summary>A message could not be opened here; <c>code</c> is its kind.</summary>
    Unreadable,
    /// <summary>An own message was found at the hub after the database had been restored from an older copy; <c>code</c> is its kind.</summary>
    Recovered,
    /// <summary>The hub reminded of a duty.</summary>
    Reminded,
    /// <summary>The province was told.</summary>
    Escalated,
    /// <summary>The hub closed the exchange; <c>code</c> is the cause.</summary>
    ClosedByHub,
    /// <summary>The province's reviewer ruled; <c>code</c> is the outcome.</summary>
    Ruled,
    /// <summary>An own message was refused by the hub; <c>code</c> is the first refusal code, the detail names all.</summary>
    RefusedByHub,
    /// <summary>The hub holds an own message and will judge it later.</summary>
    HeldByHub,
    Overdue,
    /// <summary>A due date was set or moved; <c>code</c> is the cause.</summary>
    DueChanged,
    /// <summary>The hub told something that this release does not know; <c>code</c> is its kind.</summary>
    ToldByHub,
}

/// <summary>One entry of a timeline.</summary>
/// <param name="At">Business time, UTC: the hub's stamp where there is one, else the county's own clock.</param>
/// <param name="Actor">The account's display name, or the county that did it; <c>null</c> for the hub.</param>
/// <param name="Code">Outcome, reason, cause or refusal code, by what happened.</param>
/// <param name="Duty">One of <see cref="Duties"/> for what concerns a deadline.</param>
/// <param name="DueOn">The due day that was set.</param>
/// <param name="Note">The sealed note that travelled with it, in plain text.</param>
/// <param name="MessageId">The message concerned.</param>
/// <param name="WorkingDays">How many were asked for.</param>
public sealed record TimelineFact(DateTimeOffset At, TimelineWhat What, string? Actor = null, string? Code = null, string? ReasonCode = null,
    string? Duty = null, DateOnly? DueOn = null, string? Note = null, bool Automatic = false, Guid? MessageId = null, IReadOnlyList<string>? Refusals = null,
    int? WorkingDays = null);
