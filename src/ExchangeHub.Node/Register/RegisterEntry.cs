using System.Text;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Node.Register;

/// <summary>One certificate in the county's own register.</summary>
/// <param name="Status">One of <see cref="Codes.RegisterStatuses"/>.</param>
public sealed record RegisterEntry(string CertificateType, string CertificateNumber, string HolderName, string HolderId,
    DateOnly? IssuedOn, DateOnly? ValidUntil, string Status)
{
    /// <summary>The columns of a register file, in the order of a template; the first six are the request's members.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. AskedFields.All, "status"];

    public string NumberKey => KeyOf(CertificateNumber);

    public string IdKey => KeyOf(HolderId);

    /// <summary>Whether the register would be looked up here for this question: the asked number, or the asked person.</summary>
    public bool IsCandidateFor(Matter asked) =>
        (asked.Question is { } question && NumberKey == KeyOf(question.CertificateNumber)) || (asked.Subject is { } person && IdKey == KeyOf(person.Id));

    /// <summary>How values are compared: after NFKC and trimming, and no other way, so that "exactly equal" means the same in every county.</summary>
    public static string KeyOf(string value) => value.Normalize(NormalizationForm.FormKC).Trim();

    /// <summary>A column's value as text; days as <c>yyyy-MM-dd</c>.</summary>
    public string? Value(string column) => column switch
    {
        "certificateType" => CertificateType,
        "certificateNumber" => CertificateNumber,
        "holderName" => HolderName,
        "holderId" => HolderId,
        "issuedOn" => IssuedOn is { } on ? WireTime.Format(on) : null,
        "validUntil" => ValidUntil is { } until ? WireTime.Format(until) : null,
        "status" => Status,
        _ => null,
    };
}
