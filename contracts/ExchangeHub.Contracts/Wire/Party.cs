using System.Text.RegularExpressions;

namespace ExchangeHub.Contracts.Wire;

/// <summary>Forms of the small texts in a header: parties, codes, identifiers.</summary>
public static partial class Party
{
    public const string Registrar = "registrar";

    /// <summary>A county's six-digit code of GB/T 2260.</summary>
    public static bool IsCounty(string? text) => text is { Length: 6 } && text.All(char.IsAsciiDigit);

    /// <summary>A hub's id: <c>hub.</c> and 1 to 32 of <c>a-z0-9-</c>.</summary>
    public static bool IsHub(string? text) => text is not null && HubForm().IsMatch(text);

    public static bool IsParty(string? text) => IsCounty(text) || IsHub(text) || text == Registrar;

    /// <summary>A code: a letter and up to 39 letters, digits or hyphens.</summary>
    public static bool IsCode(string? text) => text is not null && CodeForm().IsMatch(text);

    /// <summary>A UUID in lower case with hyphens, 36 characters, any version.</summary>
    public static bool IsUuid(string? text) => text is not null && UuidForm().IsMatch(text);

    /// <summary>The asker's own number: its code, the Shanghai day, 4 to 6 digits.</summary>
    public static bool IsCaseNumber(string? text) => text is not null && CaseNumberForm().IsMatch(text);

    [GeneratedRegex(@"\Ahub\.[a-z0-9-]{1,32}\z")] private static partial Regex HubForm();
    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]{0,39}\z")] private static partial Regex CodeForm();
    [GeneratedRegex(@"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z")] private static partial Regex UuidForm();
    [GeneratedRegex(@"\A[0-9]{6}-[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])-[0-9]{4,6}\z")] private static partial Regex CaseNumberForm();
}
