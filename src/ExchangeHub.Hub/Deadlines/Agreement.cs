using System.Collections.Frozen;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>An exchange agreement of two counties (双向协议): it holds in both directions.</summary>
/// <param name="StartsOn">First day in Asia/Shanghai.</param>
/// <param name="EndsOn">Last day; <c>null</c>: open.</param>
/// <param name="Kinds">Opening kinds it covers; empty: all.</param>
/// <param name="Acknowledgement">Instead of the policy's; <c>null</c>: the policy's.</param>
/// <param name="Feedback">The same for the answer.</param>
/// <param name="Contacts">By code, for people.</param>
public sealed record Agreement(Guid Id, string One, string Other, DateOnly StartsOn, DateOnly? EndsOn, IReadOnlyList<string> Kinds,
    Term? Acknowledgement, Term? Feedback, IReadOnlyDictionary<string, string> Contacts)
{
    /// <summary>What a contact's text may be long: a label for people.</summary>
    const int ContactMax = 200;

    public bool HoldsFor(string kind, DateOnly on) => StartsOn <= on && (EndsOn is null || on <= EndsOn) && (Kinds.Count == 0 || Kinds.Contains(kind));

    public Term? TermOf(string duty) => duty == Duties.Acknowledgement ? Acknowledgement : Feedback;

    /// <summary>Reads what was typed or sent.</summary>
    /// <param name="at">JSON Pointer of the agreement in what was sent.</param>
    /// <param name="refused">Everything that is wrong with it is added.</param>
    /// <returns><c>null</c> where something is.</returns>
    public static Agreement? Read(CountyAgreement sent, Divisions divisions, string at, List<Refusal> refused)
    {
        var before = refused.Count;
        void Refuse(string field, string code = RefusalCodes.MemberInvalid) => refused.Add(new(code, $"{at}/{field}"));
        if (sent.Counties is not [{ } one, { } other] || one == other)
            Refuse("counties");
        else if (!divisions.Knows(one) || !divisions.Knows(other))
            Refuse("counties", "CodeUnknown");
        DateOnly? ends = null;
        if (!WireTime.TryParseDay(sent.StartsOn, out var starts))
            Refuse("startsOn");
        if (sent.EndsOn is not null)
        {
            if (WireTime.TryParseDay(sent.EndsOn, out var last) && last >= starts)
                ends = last;
            else
                Refuse("endsOn");
        }
        if (sent.Kinds?.All(k => Contracts.Kinds.Submitted.TryGetValue(k ?? "", out var rule) && rule.Opens) == false)
            Refuse("kinds", RefusalCodes.KindUnknown);
        if (!Reads(sent.Acknowledgement, out var acknowledgement))
            Refuse("acknowledgement");
        if (!Reads(sent.Feedback, out var feedback))
            Refuse("feedback");
        if (sent.Contacts?.All(c => sent.Counties?.Contains(c.Key) == true && c.Value is { Length: > 0 and <= ContactMax } && !c.Value.Any(char.IsControl)) == false)
            Refuse("contacts");
        return refused.Count > before ? null
            : new(sent.Id, sent.Counties![0], sent.Counties[1], starts, ends, sent.Kinds ?? [], acknowledgement, feedback, sent.Contacts ?? new Dictionary<string, string>());
    }

    public CountyAgreement ToContract() => new(Id, [One, Other], WireTime.Format(StartsOn), EndsOn is { } last ? WireTime.Format(last) : null,
        Kinds.Count > 0 ? Kinds : null, Acknowledgement?.ToString(), Feedback?.ToString(), Contacts.Count > 0 ? Contacts : null);

    static bool Reads(string? text, out Term? term)
    {
        term = text is not null && Term.TryParse(text, out var read) ? read : null;
        return text is null || term is not null;
    }
}

/// <summary>All agreements, and the provinces whose counties answer only under one. Immutable.</summary>
public sealed class Agreements
{
    readonly FrozenDictionary<(string, string), Agreement[]> byPair;

    /// <param name="all">In the order of entry: of two that hold, the one that began later wins, then the later entry.</param>
    public Agreements(IReadOnlyList<Agreement> all, IEnumerable<string> demandedBy)
    {
        All = all;
        DemandedBy = demandedBy.ToFrozenSet();
        byPair = all.Select((agreement, entry) => (agreement, entry)).GroupBy(a => Pair(a.agreement.One, a.agreement.Other)).ToFrozenDictionary(g => g.Key,
            g => g.OrderByDescending(a => a.agreement.StartsOn).ThenByDescending(a => a.entry).Select(a => a.agreement).ToArray());
    }

    public static Agreements None { get; } = new([], []);

    public IReadOnlyList<Agreement> All { get; }

    /// <summary>Province codes.</summary>
    public IReadOnlySet<string> DemandedBy { get; }

    /// <summary>The agreements of two counties that hold for a kind on a day, the one that counts first.</summary>
    public IEnumerable<Agreement> Between(string one, string other, string kind, DateOnly on) =>
        byPair.TryGetValue(Pair(one, other), out var theirs) ? theirs.Where(a => a.HoldsFor(kind, on)) : [];

    static (string, string) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
