using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.Hub.Rates;

/// <summary>One row of <c>hub.obligations</c>: a thing a county owes, with all that figures are cut by. Rows end and open; a due date is never updated.</summary>
/// <param name="Unit">The county that owes.</param>
/// <param name="Counterpart">The county that asked.</param>
/// <param name="Direction">The way of the person a notice speaks of; <see cref="NoDirection"/> for kinds that have none.</param>
/// <param name="DeliveredAt">The opening's acceptance, UTC; the same in every row of an exchange.</param>
public sealed record Obligation(Guid ExchangeId, int Ordinal, string Unit, string Counterpart, string Duty, string Kind, Scope Scope, string? Reason,
    string Direction, bool Test, bool Automatic, DateTimeOffset DeliveredAt, DateTimeOffset OpenedAt, DateOnly? DueOn, DateTimeOffset? DueAt,
    DateTimeOffset? FulfilledAt, DateTimeOffset? WithdrawnAt, DateTimeOffset? EndedAt, string? EndedWhy, DateTimeOffset? OverdueToldAt,
    DateTimeOffset? EscalatedAt = null)
{
    /// <summary>A request asks; it moves nobody.</summary>
    public const string NoDirection = "none";

    /// <summary>The way of a notice's person, <c>outflow</c>, <c>inflow</c> or <c>departure</c>.</summary>
    static string DirectionOf(string kind) => Kinds.IsNotice(kind) ? kind[..kind.IndexOf('-', StringComparison.Ordinal)] : NoDirection;

    internal static Obligation Of(Exchange exchange, Owed owed) => new(exchange.Id, owed.Ordinal, exchange.Receiver, exchange.Asker, owed.Duty, exchange.Kind,
        exchange.Scope, exchange.Reason, DirectionOf(exchange.Kind), exchange.Test, owed.Automatic, exchange.OpenedAt, owed.OpenedAt, owed.Due?.On, owed.Due?.At,
        owed.FulfilledAt, owed.WithdrawnAt, owed.EndedAt, owed.EndedWhy, owed.OverdueToldAt, owed.EscalatedAt);
}

/// <summary>From exchange to obligation rows: one pure fold, used live and by a rebuild.</summary>
public static class ObligationFold
{
    /// <summary>Every row of an exchange.</summary>
    public static IEnumerable<Obligation> Rows(Exchange exchange) => exchange.Owed.Select(o => Obligation.Of(exchange, o));

    /// <summary>The rows to insert (ordinal new) or to update between two states of an exchange.</summary>
    /// <param name="before"><c>null</c>: the exchange is new.</param>
    public static IEnumerable<Obligation> Changed(Exchange? before, Exchange after) =>
        from owed in after.Owed
        where before is null || owed.Ordinal > before.Owed.Count || before.Owed[owed.Ordinal - 1] != owed
        select Obligation.Of(after, owed);
}
