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
    public sealed record Accepted(DateTimeOffset At, IReadOnlyList<ExchangeEvent> Facts, Exchange After, IReadOnlyList<Telling> Tellings) : Decision;

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
    public sealed record Message(string To, int Number, int Seq, DateOnly? AckDueOn, DateTimeOffset? AckDueAt, DateOnly? DueOn, DateTimeOffset? DueAt, bool DuePending)
        : Telling(To, Number, Seq)
    {
        /// <summary>The statement of an accepted message.</summary>
        /// <param name="digest">Hash of the submitted body.</param>
        public AcceptedStatement Statement(Header header, string digest, DateTimeOffset acceptedAt) =>
            new(header.Hub, header.From, header.To, header.MessageId, header.ExchangeId, header.Kind, header.Version, digest, Number, Seq, acceptedAt)
            {
                Test = header.Test,
                AckDueOn = AckDueOn,
                AckDueAt = AckDueAt,
                DueOn = DueOn,
                DueAt = DueAt,
                DuePending = DuePending,
            };
    }

    /// <summary>What the hub tells by itself; each party gets its own.</summary>
    /// <param name="Kind"><see cref="Kinds.Overdue"/> or <see cref="Kinds.DueChange"/>.</param>
    public sealed record Event(string To, int Number, int Seq, string Kind, string Duty, DateOnly? DueOn, DateTimeOffset? DueAt, string? Cause) : Telling(To, Number, Seq)
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
        };
    }
}
