using ExchangeHub.Web.Components;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Which asked members speak of the person, and how they are shown while nobody gave a reason to see them in full.</summary>
public static class Masking
{
    /// <summary>The value as lists and pages show it: name and numbers masked, the rest as it is.</summary>
    /// <param name="field">One of the contracts' asked members.</param>
    public static string? Field(string field, string? value) => value is null ? null : field switch
    {
        "holderName" => Mask.Name(value),
        "holderId" or "certificateNumber" => Mask.Number(value),
        _ => value,
    };
}
