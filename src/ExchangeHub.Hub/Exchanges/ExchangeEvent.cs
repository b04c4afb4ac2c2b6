using ExchangeHub.Contracts;
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
        (typeof(InterimReplied), "interim-replied"),
        (typeof(Answered), "answered"),
        (typeof(Corrected), "corrected"),
        (typeof(AnsweredAgain), "answered-again"),
        (typeof(ExtensionRequested), "extension-requested"),
        (typeof(ExtensionDecided), "extension-decided"),
        (typeof(ReturnedByReceiver), "returned"),
        (typeof(ReturnContested), "return-contested"),
        (typeof(WithdrawnByAsker), "withdrawn"),
        (typeof(Confirmed), "confirmed"),
        (typeof(DisputeRaised), "disputed"),
        (typeof(Clarified), "clarified"),
        (typeof(Reminded), "reminded"),
        (typeof(WentOverdue), "went-overdue"),
        (typeof(Escalated), "escalated"),
        (typeof(DueMoved), "due-moved"),
        (typeof(ClosedByHub), "closed"),
        (typeof(Superseded), "superseded"),
        (typeof(Ruled), "ruled"),
    ];
}

/// <summary>A fact that a county's message made.</summary>
/// <param name="MessageId">The message, as its sender named it.</param>
/// <param name="Automatic">No person did this.</param>
public abstract record MessageFact(DateTimeOffset At, Guid MessageId, bool Automatic) : ExchangeEvent(At);

/// <summary>A fact the hub made by itself, or beside a message; both sides are told by an event of their own.</summary>
public abstract record HubFact(DateTimeOffset At) : ExchangeEvent(At);

/// <summary>One that concerns a duty.</summary>
/// <param name="Duty">One of <see cref="Contracts.Duties"/>.</param>
public abstract record DutyFact(DateTimeOffset At, string Duty) : HubFact(At);

/// <summary>A county asked. Its time is the delivery time for the receiver.</summary>
/// <param name="AcknowledgementDue"><c>null</c> is pending: the date falls in a year without a calendar.</param>
/// <param name="OwesFeedback">A request owes an answer, a notice only an acknowledgement.</param>
/// <param name="FeedbackDue"><c>null</c> is pending where feedback is owed.</param>
public sealed record Opened(DateTimeOffset At, Guid MessageId, bool Automatic, Guid ExchangeId, string Asker, string Receiver, string Kind, int Version,
    Scope Scope, bool Test, bool Urgent, string? Reason, string? CaseNumber, Guid? Follows,
    Due? AcknowledgementDue, bool OwesFeedback, Due? FeedbackDue) : MessageFact(At, MessageId, Automatic)
{
    /// <summary>The notice, in the exchange it follows, whose place this one takes.</summary>
    public Guid? Supersedes { get; init; }
}

/// <summary>The receiver took it in hand.</summary>
public sealed record Acknowledged(DateTimeOffset At, Guid MessageId, bool Automatic) : MessageFact(At, MessageId, Automatic);

/// <summary>It is being verified. No clock stops.</summary>
public sealed record InterimReplied(DateTimeOffset At, Guid MessageId, bool Automatic) : MessageFact(At, MessageId, Automatic);

/// <summary>The first substantive answer: sets the time of the answer, and of the acknowledgement where none was given.</summary>
public sealed record Answered(DateTimeOffset At, Guid MessageId, bool Automatic, string Outcome, string? Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>An answer put right; the first one keeps its time.</summary>
/// <param name="Supersedes">The reply it takes the place of.</param>
/// <param name="Changed">Another outcome or other matches than before, by the sender's word.</param>
public sealed record Corrected(DateTimeOffset At, Guid MessageId, bool Automatic, string Outcome, string? Reason, Guid Supersedes, bool Changed)
    : MessageFact(At, MessageId, Automatic);

/// <summary>An answer to a dispute: the re-opened duty is done.</summary>
/// <param name="Supersedes">The reply it takes the place of, where it names one.</param>
/// <param name="Changed">Other matches than before, by the sender's word.</param>
/// <param name="Upheld">The asker was right: it supersedes with another outcome, or with other matches. Else the answer is maintained.</param>
public sealed record AnsweredAgain(DateTimeOffset At, Guid MessageId, bool Automatic, string Outcome, string? Reason, Guid? Supersedes, bool Changed, bool Upheld)
    : MessageFact(At, MessageId, Automatic);

/// <summary>The receiver asks for more time.</summary>
public sealed record ExtensionRequested(DateTimeOffset At, Guid MessageId, bool Automatic, int WorkingDays, string Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>The asker grants or denies it. Granted, a <see cref="DueMoved"/> follows.</summary>
/// <param name="RequestId">The request decided on.</param>
public sealed record ExtensionDecided(DateTimeOffset At, Guid MessageId, bool Automatic, Guid RequestId, bool Granted, string? Reason)
    : MessageFact(At, MessageId, Automatic);

/// <summary>The asker contests a return: open again, the old due date stands.</summary>
public sealed record ReturnContested(DateTimeOffset At, Guid MessageId, bool Automatic, string Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>The asker takes the answer: the exchange closes.</summary>
/// <param name="Mark">One of <see cref="Contracts.Codes.Marks"/>, or none.</param>
public sealed record Confirmed(DateTimeOffset At, Guid MessageId, bool Automatic, string? Mark) : MessageFact(At, MessageId, Automatic);

/// <summary>The asker disputes the answer: open again with a fresh clock.</summary>
public sealed record DisputeRaised(DateTimeOffset At, Guid MessageId, bool Automatic, string Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>A word between the two. No clock.</summary>
public sealed record Clarified(DateTimeOffset At, Guid MessageId, bool Automatic, Side By) : MessageFact(At, MessageId, Automatic);

/// <summary>The receiver sent it back.</summary>
/// <param name="Reason">One of <see cref="Contracts.ReturnReasons"/>.</param>
public sealed record ReturnedByReceiver(DateTimeOffset At, Guid MessageId, bool Automatic, string Reason, string? SuggestedTo)
    : MessageFact(At, MessageId, Automatic);

/// <summary>The asker took it back.</summary>
public sealed record WithdrawnByAsker(DateTimeOffset At, Guid MessageId, bool Automatic, string? Reason) : MessageFact(At, MessageId, Automatic);

/// <summary>A duty is due soon, due today, or still not done. No figure depends on it.</summary>
/// <param name="Step">The instant it was to be told at, by policy: what lies before it is not told any more.</param>
/// <param name="DueAt">The first instant that is too late.</param>
public sealed record Reminded(DateTimeOffset At, string Duty, DateTimeOffset Step, DateTimeOffset DueAt) : DutyFact(At, Duty);

/// <summary>A duty passed its due time. No figure depends on this fact: it is there to be told.</summary>
/// <param name="DueAt">The first instant that was too late.</param>
public sealed record WentOverdue(DateTimeOffset At, string Duty, DateTimeOffset DueAt) : DutyFact(At, Duty);

/// <summary>A duty is so long overdue that the province is told.</summary>
/// <param name="Step">The instant it was to be told at, by policy.</param>
public sealed record Escalated(DateTimeOffset At, string Duty, DateTimeOffset Step, DateTimeOffset DueAt) : DutyFact(At, Duty);

/// <summary>The hub closed the exchange.</summary>
/// <param name="Cause">One of <see cref="Contracts.ClosureCauses"/>.</param>
public sealed record ClosedByHub(DateTimeOffset At, string Cause) : HubFact(At);

/// <summary>A newer notice took this one's place. Where it was still open it is closed beside.</summary>
/// <param name="By">The newer notice's exchange.</param>
public sealed record Superseded(DateTimeOffset At, Guid By) : ExchangeEvent(At);

/// <summary>A reviewer of the province ruled on a maintained reply.</summary>
/// <param name="Outcome">One of <see cref="Contracts.RulingOutcomes"/>.</param>
/// <param name="By">The reviewer's account: an office's act has a name. Counties are not told it.</param>
public sealed record Ruled(DateTimeOffset At, string Outcome, string By) : HubFact(At);

/// <summary>A due date was set or moved: one obligation row ends, the next opens.</summary>
/// <param name="CountsFrom">The instant the term counts from, now.</param>
/// <param name="From"><c>null</c> was pending.</param>
/// <param name="To"><c>null</c> is pending.</param>
/// <param name="Cause">One of <see cref="Contracts.Codes.DueChangeCauses"/>.</param>
public sealed record DueMoved(DateTimeOffset At, string Duty, DateTimeOffset CountsFrom, Due? From, Due? To, string Cause) : DutyFact(At, Duty);
