namespace ExchangeHub.Contracts;

// Older versions of contents: they travel as long as some county takes no newer one, and what was stored is read for ever. A record here never
// changes. Old to new always works; new to old only where the older one says the same.

/// <summary>Version 1 of <see cref="AssistanceCheckRequest"/>: it asks about the state on the day of the answer, and about no other day's.</summary>
public sealed record AssistanceCheckRequestV1(string PersonName, string PersonId, IReadOnlyList<string> Items, string Purpose, string LegalBasis,
    string? ResidenceAddress = null, string? HouseholdAddress = null, string? Phone = null, string? Note = null)
{
    /// <summary>The same question in the newest version.</summary>
    public AssistanceCheckRequest Lift() => new(PersonName, PersonId, Items, Purpose, LegalBasis, ResidenceAddress, HouseholdAddress, Phone, Note);

    /// <summary>The same question in this version.</summary>
    /// <returns>None where it asks about a certain day: this version cannot say so, and without the day it would be another question.</returns>
    public static AssistanceCheckRequestV1? Of(AssistanceCheckRequest c) => c.StateOn is not null ? null
        : new(c.PersonName, c.PersonId, c.Items, c.Purpose, c.LegalBasis, c.ResidenceAddress, c.HouseholdAddress, c.Phone, c.Note);
}
