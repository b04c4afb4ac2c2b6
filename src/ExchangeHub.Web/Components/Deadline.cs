using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Web.Components;

/// <summary>How a deadline speaks: the states of the badge. The last five are words where nothing is due: no clock began, or it ended without an answer.</summary>
public enum DeadlineState { Overdue, Today, NextWorkingDay, Later, Answered, AnsweredLate, Pending, Returned, Withdrawn, Closed, Sending, Refused }

/// <summary>A deadline as it stands at one instant.</summary>
/// <param name="DueOn">The local day that ends the period; absent while the date is pending.</param>
/// <param name="DueAt">The first instant that is too late.</param>
/// <param name="Late">How long past due: until now, or until the answer.</param>
public sealed record Deadline(DeadlineState State, DateOnly? DueOn = null, DateTimeOffset? DueAt = null, TimeSpan Late = default)
{
    public static Deadline Withdrawn { get; } = new(DeadlineState.Withdrawn);

    /// <summary>The state of a duty that was neither returned nor withdrawn.</summary>
    /// <param name="nextWorkingDay">After the day of <paramref name="now"/>, by the calendar of who owes; <c>null</c>: not known, and then the badge shows the
    /// plain date.</param>
    public static Deadline Of(DateTimeOffset now, DateOnly? dueOn, DateTimeOffset? dueAt, DateTimeOffset? answeredAt, DateOnly? nextWorkingDay)
    {
        if (answeredAt is { } answered)
            return dueAt is { } limit && answered >= limit ? new(DeadlineState.AnsweredLate, dueOn, dueAt, answered - limit) : new(DeadlineState.Answered, dueOn, dueAt);
        if (dueAt is not { } due)
            return new(DeadlineState.Pending);
        if (now >= due)
            return new(DeadlineState.Overdue, dueOn, dueAt, now - due);
        // The moment that counts: an outage moves dueAt, and with it the day the badge names, while dueOn stays the cohort's.
        var day = WireTime.DayOf(due.AddTicks(-1));
        // An outage may have moved it to a rest day before the next working one.
        return new(day == WireTime.DayOf(now) ? DeadlineState.Today : day <= nextWorkingDay ? DeadlineState.NextWorkingDay : DeadlineState.Later, day, dueAt);
    }
}
