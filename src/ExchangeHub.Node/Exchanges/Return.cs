using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Sends a question or notice back.</summary>
/// <param name="ReasonCode">One of <see cref="Codes.ReturnReasons"/>.</param>
/// <param name="SuggestedTo">The county that may be the right one; only with <c>NotOurs</c>.</param>
public sealed record Return(string? ReasonCode, string? SuggestedTo = null, string? Note = null, bool Automatic = false) : Move
{
    internal override string Kind => Kinds.Return;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var reason = form.Text("/header/reasonCode", ReasonCode, Codes.ReturnReasons.Contains);
        var county = form.Optional("/header/suggestedTo", SuggestedTo, Party.IsCounty);
        if (county is not null && (reason != ReturnReasons.NotOurs || county == exchange.County || county == exchange.Counterpart))
            form.Refuse(RefusalCodes.MemberInvalid, "/header/suggestedTo");
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.OpeningId, ReasonCode = reason, SuggestedTo = county, Automatic = Automatic }, new OpenedContent(Note: note));
    }
}

/// <summary>Says that a return was wrong: open again, the old due date stands.</summary>
/// <param name="ReasonCode">One of <see cref="Codes.ContestReasons"/>.</param>
public sealed record Contest(string? ReasonCode, string? Note = null) : Move
{
    internal override string Kind => Kinds.ReturnContest;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var reason = form.Text("/header/reasonCode", ReasonCode, Codes.ContestReasons.Contains);
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.ReturnId, ReasonCode = reason }, new OpenedContent(Note: note));
    }
}

/// <summary>Takes an own question or notice back.</summary>
/// <param name="ReasonCode">One of <see cref="Codes.WithdrawalReasons"/>, or left out.</param>
public sealed record Withdraw(string? ReasonCode = null, string? Note = null) : Move
{
    internal override string Kind => Kinds.Withdrawal;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var reason = form.Optional("/header/reasonCode", ReasonCode, Codes.WithdrawalReasons.Contains);
        var note = form.Note(Note);
        return new(h => h with { ReasonCode = reason }, new OpenedContent(Note: note));
    }
}
