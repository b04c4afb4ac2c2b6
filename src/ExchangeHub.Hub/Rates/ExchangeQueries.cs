using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Web.Accounts;
using Marten;

namespace ExchangeHub.Hub.Rates;

/// <summary>One fact of an exchange, as it is told: flat, absent members do not apply.</summary>
/// <param name="Number">Position in the stream, from 1.</param>
/// <param name="What">The fact's stored name.</param>
/// <param name="At">When the hub accepted it, UTC.</param>
/// <param name="By">The county whose message made it; absent: the hub itself.</param>
/// <param name="Outcome">A reply's, a ruling's; <c>granted</c> or <c>denied</c> of an extension; the mark of a confirmation.</param>
/// <param name="Reason">The message's reason code, or the cause of a due change or a closure.</param>
/// <param name="WorkingDays">How many an extension asks for.</param>
/// <param name="Upheld">Of an answer to a dispute: whether it changed.</param>
public sealed record TimelineFact(int Number, string What, DateTimeOffset At, string? By, Guid? MessageId, bool Automatic, string? Outcome, string? Reason,
    string? SuggestedTo, string? Duty, DateOnly? DueOn, DateTimeOffset? DueAt, int? WorkingDays = null, bool? Upheld = null);

/// <summary>One exchange with its timeline. Whom it is about the hub does not know.</summary>
public sealed record ExchangeView(Guid ExchangeId, string Asker, string Receiver, string Kind, Phase Phase, string Scope, bool Test, bool Urgent, string? Reason,
    string? CaseNumber, Guid? Follows, DateTimeOffset OpenedAt, IReadOnlyList<Obligation> Obligations, IReadOnlyList<TimelineFact> Timeline);

/// <summary>An exchange by its id, folded from its stream.</summary>
public sealed class ExchangeQueries(IDocumentStore events)
{
    static readonly Dictionary<Type, string> NameOf = ExchangeEvent.Stored.ToDictionary(s => s.Type, s => s.Name);

    /// <returns><c>null</c>: there is none, or it is not the caller's to see. One answer for both.</returns>
    public async Task<ExchangeView?> FindAsync(Guid id, CallerScope caller, CancellationToken ct = default)
    {
        await using var session = events.QuerySession();
        var stream = await session.Events.FetchStreamAsync(id, token: ct);
        var facts = stream.Select(e => (ExchangeEvent)e.Data).ToList();
        if (facts is not [Opened opened, ..] || Exchange.Fold(facts) is not { } exchange || !caller.CoversEither(exchange.Asker, exchange.Receiver))
            return null;
        return new ExchangeView(exchange.Id, exchange.Asker, exchange.Receiver, exchange.Kind, exchange.Phase, exchange.Scope.ToString(), exchange.Test, exchange.Urgent,
            exchange.Reason, opened.CaseNumber, opened.Follows, exchange.OpenedAt, [.. ObligationFold.Rows(exchange)],
            [.. facts.Select((fact, index) => Tell(exchange, fact, index + 1))]);
    }

    static TimelineFact Tell(Exchange on, ExchangeEvent fact, int number)
    {
        var told = new TimelineFact(number, NameOf[fact.GetType()], fact.At, null, (fact as MessageFact)?.MessageId, fact is MessageFact { Automatic: true },
            null, null, null, (fact as DutyFact)?.Duty, null, null);
        if (fact is MessageFact message)
            told = told with { By = MessageFacts.SideOf(message) is Side.Asker ? on.Asker : on.Receiver };
        return fact switch
        {
            Opened { OwesFeedback: true } o => told with { Reason = o.Reason, Duty = Duties.Feedback, DueOn = o.FeedbackDue?.On, DueAt = o.FeedbackDue?.At },
            Opened o => told with { Duty = Duties.Acknowledgement, DueOn = o.AcknowledgementDue?.On, DueAt = o.AcknowledgementDue?.At },
            WithdrawnByAsker w => told with { Reason = w.Reason },
            Answered a => told with { Outcome = a.Outcome, Reason = a.Reason },
            Corrected c => told with { Outcome = c.Outcome, Reason = c.Reason },
            AnsweredAgain a => told with { Outcome = a.Outcome, Reason = a.Reason, Upheld = a.Upheld },
            ReturnedByReceiver r => told with { Reason = r.Reason, SuggestedTo = r.SuggestedTo },
            ReturnContested c => told with { Reason = c.Reason },
            ExtensionRequested e => told with { Reason = e.Reason, WorkingDays = e.WorkingDays },
            ExtensionDecided e => told with { Outcome = e.Granted ? Decisions.Granted : Decisions.Denied, Reason = e.Reason },
            Confirmed c => told with { Outcome = c.Mark },
            DisputeRaised d => told with { Reason = d.Reason },
            Reminded r => told with { DueAt = r.DueAt },
            WentOverdue w => told with { DueAt = w.DueAt },
            Escalated e => told with { DueAt = e.DueAt },
            DueMoved m => told with { DueOn = m.To?.On, DueAt = m.To?.At, Reason = m.Cause },
            ClosedByHub c => told with { Reason = c.Cause },
            Ruled r => told with { Outcome = r.Outcome },
            _ => told,
        };
    }
}
