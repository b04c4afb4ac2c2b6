using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>What a county has time for. An absent member means any.</summary>
/// <param name="Province">The province of the county that owes, six digits; <c>null</c>: every province.</param>
/// <param name="Kind">The opening kind; <c>null</c>: every kind.</param>
/// <param name="Scope"><c>null</c>: every scope.</param>
/// <param name="Urgent"><c>true</c>: urgent messages only.</param>
/// <param name="EffectiveFrom">First local day of deliveries it holds for.</param>
/// <param name="EffectiveUntil">First local day it no longer holds for; <c>null</c>: open.</param>
public sealed record DeadlinePolicy(string? Province, string? Kind, Scope? Scope, bool Urgent, DateOnly EffectiveFrom, DateOnly? EffectiveUntil,
    Term Acknowledgement, Term Feedback)
{
    /// <summary>Whether it holds for a message; a policy for ordinary messages holds for an urgent one where no urgent policy does.</summary>
    public bool HoldsFor(string province, string kind, Scope scope, bool urgent, DateOnly on) =>
        (Province is null || Province == province) && (Kind is null || Kind == kind) && (Scope is null || Scope == scope)
        && (!Urgent || urgent) && EffectiveFrom <= on && (EffectiveUntil is null || on < EffectiveUntil);

    /// <summary>Reads <c>province,kind,scope,urgency,effectiveFrom,effectiveUntil,acknowledgement,feedback</c>; an empty field means any.</summary>
    /// <exception cref="FormatException">A row is no policy; the message names the line.</exception>
    public static IReadOnlyList<DeadlinePolicy> ReadCsv(TextReader text) => CsvTable.Read(text,
        ["province", "kind", "scope", "urgency", "effectiveFrom", "effectiveUntil", "acknowledgement", "feedback"],
        row => Read(row["province"], row["kind"], row["scope"], row["urgency"], row["effectiveFrom"], row["effectiveUntil"],
            row["acknowledgement"], row["feedback"]));

    /// <summary>A policy from the texts of its row; <c>null</c> when one of them is wrong.</summary>
    public static DeadlinePolicy? Read(string? province, string? kind, string? scope, string? urgency, string? effectiveFrom, string? effectiveUntil,
        string? acknowledgement, string? feedback)
    {
        Scope? cut = null;
        if (scope is not null)
        {
            if (!Enum.TryParse<Scope>(scope, out var known) || known.ToString() != scope)
                return null;
            cut = known;
        }
        DateOnly? end = null;
        if (effectiveUntil is not null)
        {
            if (!WireTime.TryParseDay(effectiveUntil, out var day))
                return null;
            end = day;
        }
        return urgency is null or "urgent" && WireTime.TryParseDay(effectiveFrom, out var begin)
            && Term.TryParse(acknowledgement, out var acknowledge) && Term.TryParse(feedback, out var answer)
            ? new DeadlinePolicy(province, kind, cut, urgency is not null, begin, end, acknowledge, answer)
            : null;
    }
}
