using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Asks for more time, before the due time; the asker decides.</summary>
/// <param name="WorkingDays">After the due day, 1 to <see cref="Limits.ExtensionDaysMax"/>.</param>
/// <param name="ReasonCode">One of <see cref="Codes.ExtensionReasons"/>.</param>
public sealed record AskExtension(int? WorkingDays, string? ReasonCode, string? Note = null) : Move
{
    internal override string Kind => Kinds.ExtensionRequest;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        if (WorkingDays is null)
            form.Refuse(RefusalCodes.MemberMissing, "/header/workingDays");
        else if (WorkingDays is < 1 or > Limits.ExtensionDaysMax)
            form.Refuse(RefusalCodes.MemberInvalid, "/header/workingDays");
        var reason = form.Text("/header/reasonCode", ReasonCode, Codes.ExtensionReasons.Contains);
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.OpeningId, WorkingDays = WorkingDays, ReasonCode = reason }, new OpenedContent(Note: note));
    }
}

/// <summary>Grants or denies the extension that is asked for.</summary>
/// <param name="Decision">One of <see cref="Codes.Decisions"/>.</param>
/// <param name="ReasonCode">One of <see cref="Codes.DecisionReasons"/>; only where it is denied, and then it may be left out.</param>
public sealed record DecideExtension(string? Decision, string? ReasonCode = null, string? Note = null) : Move
{
    internal override string Kind => Kinds.ExtensionDecision;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var decision = form.Text("/header/decision", Decision, Codes.Decisions.Contains);
        var reason = form.Optional("/header/reasonCode", ReasonCode, Codes.DecisionReasons.Contains);
        if (reason is not null && decision == Decisions.Granted)
            form.Refuse(RefusalCodes.MemberInvalid, "/header/reasonCode");
        var note = form.Note(Note);
        return new(h => h with { InReplyTo = exchange.Undecided!.RequestId, Decision = decision, ReasonCode = reason }, new OpenedContent(Note: note));
    }
}
