using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Asks another county to compare items of a person with its records.</summary>
/// <param name="Items">Some of <see cref="Codes.CheckItems"/>, each once, at least one.</param>
/// <param name="ResidenceAddress">What is on file here, for the item <c>residence</c>.</param>
/// <param name="HouseholdAddress">For the item <c>householdRegistration</c>.</param>
/// <param name="Phone">For the item <c>contact</c>.</param>
/// <param name="StateOn">The day whose state is asked about, <c>yyyy-MM-dd</c>, not after today; left out: the day of the answer. A county that takes
/// version 1 only cannot be asked so: <c>VersionNotTaken</c>, <c>/content/stateOn</c>.</param>
/// <param name="Urgency"><c>urgent</c> or left out.</param>
/// <param name="ReasonCode">One of <see cref="Codes.RequestReasons"/>, or left out.</param>
public sealed record SendCheck(string? To, string? PersonName, string? PersonId, IReadOnlyList<string>? Items, string? Purpose, string? LegalBasis,
    string? ResidenceAddress = null, string? HouseholdAddress = null, string? Phone = null, string? StateOn = null, string? Note = null, string? Urgency = null, string? ReasonCode = null,
    Guid? Follows = null, Guid? ExchangeId = null, bool Test = false) : Opening
{
    internal override OpeningDraft Draft(string county, DateOnly today, FormCheck form)
    {
        var to = form.To(To, county);
        var urgency = form.Optional("/header/urgency", Urgency, Codes.Urgencies.Contains);
        var reason = form.Optional("/header/reasonCode", ReasonCode, Codes.RequestReasons.Contains);
        if (Items is not { Count: > 0 })
            form.Refuse(RefusalCodes.MemberMissing, "/content/items");
        else if (Items.Distinct().Count() != Items.Count || !Items.All(Codes.CheckItems.Contains))
            form.Refuse(RefusalCodes.MemberInvalid, "/content/items");
        var stateOn = form.Day("/content/stateOn", StateOn);
        if (stateOn > today)
            form.Refuse(RefusalCodes.MemberInvalid, "/content/stateOn");
        var check = new AssistanceCheckRequest(
            form.Text("/content/personName", PersonName, FormCheck.IsShort) ?? "",
            form.ResidentNumber("/content/personId", PersonId),
            Items ?? [],
            form.Text("/content/purpose", Purpose, Codes.Purposes.Contains) ?? "",
            form.Text("/content/legalBasis", LegalBasis, Codes.LegalBases.Contains) ?? "",
            For(CheckItem.Residence, "/content/residenceAddress", ResidenceAddress), For(CheckItem.HouseholdRegistration, "/content/householdAddress", HouseholdAddress),
            For(CheckItem.Contact, "/content/phone", Phone), form.Note(Note), stateOn);
        return new(Kinds.AssistanceCheckRequest, to ?? "", new Matter(Check: check), h => h with { Urgency = urgency, ReasonCode = reason });

        // What is sent without being asked about is a person's data for nothing.
        string? For(string item, string field, string? value)
        {
            var text = form.Optional(field, value, FormCheck.IsShort);
            if (text is not null && Items?.Contains(item) is not true)
                form.Refuse(RefusalCodes.MemberInvalid, field);
            return text;
        }
    }
}
