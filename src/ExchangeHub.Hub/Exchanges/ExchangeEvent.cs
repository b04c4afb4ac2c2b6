using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>A fact of an exchange's stream. It carries its own time and all that a fold needs: nothing is looked up later.</summary>
/// <param name="At">The hub's business clock when it was accepted, UTC, microseconds; never before the exchange's last fact.</param>
public abstract record ExchangeEvent(DateTimeOffset At)
{
    /// <summary>Every fact with the name it is stored under. A name never changes.</summary>
    public static IReadOnlyList<(Type Type, string Name)> Stored { get; } =
    [
        (typeof(Opened), "opened"),
        (typeof(Acknowledged), "acknowledged"),
        (typeof(Answered), "answered"),
        (typeof(Corrected), "corrected"),
        (typeof(ReturnedByReceiver), "returned"),
        (typeof(WithdrawnByAsker), "withdrawn"),
        (typeof(WentOverdue), "went-overdue"),
        (typeof(DueMoved), "due-moved"),
    ];
}

/// <summary>A fact that a county's message made.</summary>
/// <param name="MessageId">The message, as its sender named it.</param>
/// <param name="Automatic">No person did this.</param>
public abstract record MessageFact(DateTimeOffset At, Guid MessageId, bool Automatic) : ExchangeEvent(At);

/// <summary>A fact the hub made by itself; both sides are told.</summary>
/// <param name="Duty">One of <see cref="Contracts.Duties"/>.</param>
public abstract record HubFact(DateTimeOffset At, string Duty) : ExchangeEvent(At);

/// <summary>A county asked. Its time is the delivery time for the receiver.</summary>
/// <param name="AcknowledgementDue"><c>null</c> is pending: the date falls in a year without a calendar.</param>
/// <param name="OwesFeedback">A request owes an answer, a notice only an acknowledgement.</param>
/// <param name="FeedbackDue"><c>null</c> is pending where feedback is owed.</param>
public sealed record Opened(DateTimeOffset At, Guid MessageId, bool Automatic, Guid ExchangeId, string Asker, string Receiver, string Kind, int Version,
    Scope Scope, bool Test, bool Urgent, string? Reason, string? CaseNumber, Guid? Follows,
    Due? AcknowledgementDue, bool OwesFeedback, Due? FeedbackDue) : MessageFact(At, MessageId, Automatic);

/// <summary>The receiver took it in hand.</summary>
public sealed record Acknowledged(DateTimeOffset At, Guid MessageId, bool Automatic) : MessageFact(At, MessageId, Automatic);

/// <summary>The first substantive answer: sets the time of the answer, and of the acknowledgement where none was given.</summary>
public sealed record Answered(DateTimeOffset At, Guid MessageId, bool Automatic, string Outcome, string? Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>An answer put right; the first one keeps its time.</summary>
/// <param name="Supersedes">The reply it takes the place of.</param>
/// <param name="Changed">Another outcome or other matches than before, by the sender's word.</param>
public sealed record Corrected(DateTimeOffset At, Guid MessageId, bool Automatic, string Outcome, string? Reason, Guid Supersedes, bool Changed)
    : MessageFact(At, MessageId, Automatic);

/// <summary>The receiver sent it back.</summary>
/// <param name="Reason">One of <see cref="Contracts.ReturnReasons"/>.</param>
public sealed record ReturnedByReceiver(DateTimeOffset At, Guid MessageId, bool Automatic, string Reason, string? SuggestedTo)
    : MessageFact(At, MessageId, Automatic);

/// <summary>The asker took it back.</summary>
public sealed record WithdrawnByAsker(DateTimeOffset At, Guid MessageId, bool Automatic, string? Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>A duty passed its due time. No figure depends on this fact: it is there to be told.</summary>
/// <param name="DueAt">The first instant that was too late.</param>
public sealed record WentOverdue(DateTimeOffset At, string Duty, DateTimeOffset DueAt) : HubFact(At, Duty);

/// <summary>A due date was set or moved: one obligation row ends, the next opens.</summary>
/// <param name="CountsFrom">The instant the term counts from, now.</param>
/// <param name="From"><c>null</c> was pending.</param>
/// <param name="To"><c>null</c> is pending.</param>
/// <param name="Cause">One of <see cref="Contracts.Codes.DueChangeCauses"/>.</param>
public sealed record DueMoved(DateTimeOffset At, string Duty, DateTimeOffset CountsFrom, Due? From, Due? To, string Cause) : HubFact(At, Duty);
