using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Confirms the answer and closes the exchange.</summary>
/// <param name="Mark">One of <see cref="Codes.Marks"/>, or left out.</param>
public sealed record Confirm(string? Mark = null, string? Note = null, bool Automatic = false) : Move
{
    internal override string Kind => Kinds.Confirmation;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var mark = form.Optional("/header/mark", Mark, Codes.Marks.Contains);
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.ReplyId, Mark = mark, Automatic = Automatic }, new OpenedContent(Note: note));
    }
}

/// <summary>Disputes the answer: open again with a fresh clock.</summary>
/// <param name="ReasonCode">One of <see cref="Codes.DisputeReasons"/>.</param>
public sealed record Dispute(string? ReasonCode, string? Note = null, bool Automatic = false) : Move
{
    internal override string Kind => Kinds.Dispute;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var reason = form.Text("/header/reasonCode", ReasonCode, Codes.DisputeReasons.Contains);
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.ReplyId, ReasonCode = reason, Automatic = Automatic }, new OpenedContent(Note: note));
    }
}
