using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExchangeHub.Contracts;

/// <summary>Sealed content of a certificate verification request: is this certificate yours, and is it valid?</summary>
/// <param name="CertificateType">One of <see cref="Codes.CertificateTypes"/>.</param>
/// <param name="HolderId">Resident identity number (GB 11643); a wrong check digit warns, it never blocks.</param>
/// <param name="Purpose">One of <see cref="Codes.Purposes"/>.</param>
/// <param name="LegalBasis">One of <see cref="Codes.LegalBases"/>.</param>
/// <param name="IssuedOn">Day of issue, <c>yyyy-MM-dd</c>.</param>
/// <param name="ValidUntil">Last day of validity, <c>yyyy-MM-dd</c>.</param>
public sealed record CertificateVerificationRequest(string CertificateType, string CertificateNumber, string HolderName, string HolderId,
    string Purpose, string LegalBasis, DateOnly? IssuedOn = null, DateOnly? ValidUntil = null, string? Note = null);

/// <summary>Sealed content of a reply: field by field whether it agrees, never the record itself.</summary>
/// <param name="Fields">By the request's members without purpose, legalBasis and note; values of <see cref="Codes.FieldMatches"/>.</param>
public sealed record FeedbackReply(IReadOnlyDictionary<string, string> Fields, string? Note = null);

/// <summary>Sealed content of an acknowledgement, a return or a withdrawal.</summary>
public sealed record NoteContent(string? Note = null);

/// <summary>The request's members that a reply speaks of, in the order pages show them.</summary>
public static class AskedFields
{
    public static IReadOnlyList<string> All { get; } =
        ["certificateType", "certificateNumber", "holderName", "holderId", "issuedOn", "validUntil"];
}

/// <summary>JSON of contents and hub messages: camelCase compared exactly, absent members left out, duplicates refused, no reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNameCaseInsensitive = false, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(CertificateVerificationRequest))]
[JsonSerializable(typeof(FeedbackReply))]
[JsonSerializable(typeof(NoteContent))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(ReceiptsMessage))]
[JsonSerializable(typeof(FeedPage))]
[JsonSerializable(typeof(ReceiptsPage))]
[JsonSerializable(typeof(BatchRoot))]
[JsonSerializable(typeof(KeyRecord))]
[JsonSerializable(typeof(RegistryEntry))]
[JsonSerializable(typeof(RegistrySnapshot))]
[JsonSerializable(typeof(RegistryView))]
[JsonSerializable(typeof(EntryView))]
[JsonSerializable(typeof(EnrolmentInvitation))]
[JsonSerializable(typeof(EnrolmentRequest))]
[JsonSerializable(typeof(Enrolment))]
[JsonSerializable(typeof(RegistryUpdate))]
[JsonSerializable(typeof(HubTime))]
[JsonSerializable(typeof(DueDatesView))]
[JsonSerializable(typeof(WorkingDaysView))]
[JsonSerializable(typeof(Takes))]
[JsonSerializable(typeof(CountyDirectory))]
[JsonSerializable(typeof(DirectoryView))]
[JsonSerializable(typeof(CountyClosure))]
[JsonSerializable(typeof(CountyDetails))]
[JsonSerializable(typeof(IReadOnlyList<CountyAgreement>))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>For hub messages that carry a body as a JSON string: quotes as <c>\"</c>, not <c>\u0022</c>. What it writes is ASCII because bodies are.</summary>
    public static ContractsJson Compact { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
