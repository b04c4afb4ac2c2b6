using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Tells another county who moved: out to it, in from it, or on from here.</summary>
/// <param name="Kind"><c>outflow-notice</c>, <c>inflow-notice</c> or <c>departure-notice</c>.</param>
/// <param name="MovedOn">The day of the move, <c>yyyy-MM-dd</c>.</param>
/// <param name="FromUnit">Township left, its code (GB/T 10114) or name.</param>
/// <param name="ToUnit">Township moved to.</param>
/// <param name="MovedTo">A departure's next county, where it is known.</param>
/// <param name="Supersedes">An earlier exchange of an own notice whose place this one takes.</param>
/// <param name="Automatic">A county's own system sends it; no person does.</param>
public sealed record SendNotice(string? Kind, string? To, string? PersonName, string? PersonId, string? MovedOn, string? Purpose, string? LegalBasis,
    string? FromUnit = null, string? ToUnit = null, string? Address = null, string? Phone = null, string? MovedTo = null, string? Note = null,
    Guid? Supersedes = null, Guid? Follows = null, Guid? ExchangeId = null, bool Test = false, bool Automatic = false) : Opening
{
    internal override OpeningDraft Draft(string county, DateOnly today, FormCheck form)
    {
        var kind = form.Text("/header/kind", Kind, Kinds.IsNotice);
        var to = form.To(To, county);
        var movedTo = form.Optional("/content/movedTo", MovedTo, Party.IsCounty);
        if (movedTo is not null && (kind != Kinds.DepartureNotice || movedTo == county))
            form.Refuse(RefusalCodes.MemberInvalid, "/content/movedTo");
        if (string.IsNullOrWhiteSpace(MovedOn))
            form.Refuse(RefusalCodes.MemberMissing, "/content/movedOn");
        if (Supersedes is not null && Follows is not null && Follows != Supersedes)
            form.Refuse(RefusalCodes.MemberInvalid, "/header/follows");
        var notice = new MoveNotice(
            form.Text("/content/personName", PersonName, FormCheck.IsShort) ?? "",
            form.ResidentNumber("/content/personId", PersonId),
            form.Day("/content/movedOn", MovedOn) ?? default,
            form.Text("/content/purpose", Purpose, Codes.Purposes.Contains) ?? "",
            form.Text("/content/legalBasis", LegalBasis, Codes.LegalBases.Contains) ?? "",
            form.Optional("/content/fromUnit", FromUnit, FormCheck.IsShort), form.Optional("/content/toUnit", ToUnit, FormCheck.IsShort),
            form.Optional("/content/address", Address, FormCheck.IsShort), form.Optional("/content/phone", Phone, FormCheck.IsShort), movedTo, form.Note(Note));
        return new(kind ?? "", to ?? "", new Matter(Notice: notice), h => h with { Automatic = Automatic });
    }
}
