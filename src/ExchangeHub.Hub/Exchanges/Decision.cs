using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>What became of a message or of a duty of the hub: facts to store, or reasons why not. Never an exception.</summary>
public abstract record Decision
{
    /// <summary>It takes effect.</summary>
    /// <param name="At">The facts' time: the batch's reading, or the exchange's last time where that is later. It is the statement's <c>acceptedAt</c>.</param>
    /// <param name="Facts">In order; empty when the hub had nothing to do.</param>
    /// <param name="After">The state with the facts applied.</param>
    /// <param name="Tellings">What goes to whom, in the order of the statements.</param>
    public sealed record Accepted(DateTimeOffset At, IReadOnlyList<ExchangeEvent> Facts, Exchange After, IReadOnlyList<Telling> Tellings) : Decision
    {
        /// <summary>What follows for the exchange that an opening follows.</summary>
        public HubCommand? ForFollowed { get; init; }
    }

    /// <summary>It changes nothing. All that was found in this step.</summary>
    public sealed record Refused(IReadOnlyList<Refusal> Reasons) : Decision;
}

/// <summary>One delivery or event that a decision causes, with the members of its statement that the decision set.</summary>
/// <param name="To">The county that gets it.</param>
/// <param name="Number">Position of the (first) fact in the exchange's stream, from 1.</param>
/// <param name="Seq">1, 2, 3 … per exchange and receiver.</param>
public abstract record Telling(string To, int Number, int Seq)
{
    /// <summary>The other side's message, and to its sender the receipt: one statement for both.</summary>
    public sealed record Message(string To, int Number, int Seq, DatesSet Dates) : Telling(To, Number, Seq)
    {
        /// <summary>The statement of an accepted message.</summary>
        /// <param name="digest">Hash of the submitted body.</param>
        public AcceptedStatement Statement(Header header, string digest, DateTimeOffset acceptedAt) =>
            new(header.Hub, header.From, header.To, header.MessageId, header.ExchangeId, header.Kind, header.Version, digest, Number, Seq, acceptedAt)
            {
                Test = header.Test,
                AckDueOn = Dates.Acknowledgement?.On,
                AckDueAt = Dates.Acknowledgement?.At,
                DueOn = Dates.Feedback?.On,
                DueAt = Dates.Feedback?.At,
                DuePending = Dates.Pending,
            };
    }

    /// <summary>What the hub tells by itself; each party gets its own.</summary>
    /// <param name="Kind">An event kind of the contracts.</param>
    public sealed record Event(string To, int Number, int Seq, string Kind, string? Duty = null, DateOnly? DueOn = null, DateTimeOffset? DueAt = null, string? Cause = null,
        string? Outcome = null) : Telling(To, Number, Seq)
    {
        /// <summary>The statement of an event, version 1 of its kind.</summary>
        public EventStatement Statement(string hub, Guid eventId, Guid exchangeId, DateTimeOffset acceptedAt) => new(hub, To, eventId, Kind, 1, acceptedAt)
        {
            ExchangeId = exchangeId,
            Number = Number,
            Seq = Seq,
            Duty = Duty,
            DueOn = DueOn,
            DueAt = DueAt,
            Cause = Cause,
            Outcome = Outcome,
        };
    }
}

/// <summary>The due dates that a message set.</summary>
/// <param name="Pending">A date falls in a year without a calendar; it comes later by <c>due-change</c>.</param>
public sealed record DatesSet(Deadlines.Due? Acknowledgement, Deadlines.Due? Feedback, bool Pending)
{
    /// <summary>By the facts of one message.</summary>
    public static DatesSet By(IReadOnlyList<ExchangeEvent> facts)
    {
        if (facts[0] is Opened o)
            return new(o.AcknowledgementDue, o.FeedbackDue, o.AcknowledgementDue is null || (o.OwesFeedback && o.FeedbackDue is null));
        var moved = facts.OfType<DueMoved>().ToLookup(m => m.Duty);
        return new(moved[Duties.Acknowledgement].SingleOrDefault()?.To, moved[Duties.Feedback].SingleOrDefault()?.To, moved.Any(m => m.Single().To is null));
    }
}
