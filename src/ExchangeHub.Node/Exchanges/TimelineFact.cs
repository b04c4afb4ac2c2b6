using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>What happened in an exchange, as a timeline tells it.</summary>
public enum TimelineWhat
{
    /// <summary>A question was written here (by an account) and stored.</summary>
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
public sealed record TimelineFact(DateTimeOffset At, TimelineWhat What, string? Actor = null, string? Code = null, string? ReasonCode = null,
    string? Duty = null, DateOnly? DueOn = null, string? Note = null, bool Automatic = false, Guid? MessageId = null, IReadOnlyList<string>? Refusals = null);
