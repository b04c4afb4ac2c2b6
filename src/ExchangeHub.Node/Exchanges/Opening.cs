using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>A question or notice to another county, which opens an exchange. Texts as they were typed.</summary>
public abstract record Opening
{
    /// <summary>The addressed county's code.</summary>
    public abstract string? To { get; init; }
    /// <summary>An earlier exchange of this county.</summary>
    public abstract Guid? Follows { get; init; }
    /// <summary>Made by the caller, so that a form sent twice opens once; left out: made here.</summary>
    public abstract Guid? ExchangeId { get; init; }
    /// <summary>A trial: counts in no figure.</summary>
    public abstract bool Test { get; init; }

    /// <summary>Checks the form and says what to send.</summary>
    /// <param name="county">The own county.</param>
    /// <param name="today">In Asia/Shanghai.</param>
    internal abstract OpeningDraft Draft(string county, DateOnly today, FormCheck form);
}

/// <summary>An opening message to be sealed; worth nothing where the form found a fault.</summary>
/// <param name="Fill">Sets the members that the kind takes beside the common ones.</param>
sealed record OpeningDraft(string Kind, string To, Matter Matter, Func<Header, Header> Fill);
