using ExchangeHub.Contracts;
using ExchangeHub.Web.Components;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Which asked members speak of the person, and how they are shown while nobody gave a reason to see them in full.</summary>
public static class Masking
{
    /// <summary>The value as lists and pages show it: name, numbers and addresses masked, the rest as it is.</summary>
    /// <param name="field">One of <see cref="Matter.Lines"/>.</param>
    public static string? Field(string field, string? value) => value is null ? null : field switch
    {
        "holderName" or "personName" => Mask.Name(value),
        "holderId" or "certificateNumber" or "personId" or "phone" or CheckItem.Contact => Mask.Number(value),
        "address" or CheckItem.Residence or CheckItem.HouseholdRegistration => Mask.Address(value),
        CheckItem.Identity when value.LastIndexOf(' ') is var gap => $"{Mask.Name(value[..Math.Max(gap, 0)])} {Mask.Number(value[(gap + 1)..])}".TrimStart(),
        _ => value,
    };

    public static Subject Of(Subject person) => new(Mask.Name(person.Name), Mask.Number(person.Id));
}
