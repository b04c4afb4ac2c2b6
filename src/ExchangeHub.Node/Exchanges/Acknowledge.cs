using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Says that a question or notice was received by a person, or by a named policy (<paramref name="Automatic"/>).</summary>
/// <param name="Open">Of a notice: opens the county's own record of the movement from it, where there is none; of a departure that names it, to the
/// county moved on to.</param>
public sealed record Acknowledge(string? Note = null, bool Automatic = false, bool Open = false) : Move
{
    internal override string Kind => Kinds.Acknowledgement;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var note = form.Note(Note);
        if (Open && exchange is not ({ IsNotice: true, Notice: not null } and not { Kind: Kinds.DepartureNotice, Notice.MovedTo: null }))
            form.Refuse(RefusalCodes.MemberInvalid, "/open");
        return new(h => h with { InReplyTo = exchange.OpeningId, Automatic = Automatic }, new OpenedContent(Note: note));
    }
}

/// <summary>Says that the question is being verified; stops no clock.</summary>
public sealed record InterimReply(string? Note = null, bool Automatic = false) : Move
{
    internal override string Kind => Kinds.InterimReply;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.OpeningId, Automatic = Automatic }, new OpenedContent(Note: note));
    }
}

/// <summary>Says something to the other side beside the case: a thread, no clock.</summary>
public sealed record Clarify(string? Note) : Move
{
    internal override string Kind => Kinds.Clarification;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        if (string.IsNullOrWhiteSpace(Note))
            form.Refuse(RefusalCodes.MemberMissing, "/content/note");
        var note = form.Note(Note);
        return new(h => h, new OpenedContent(Note: note));
    }
}
