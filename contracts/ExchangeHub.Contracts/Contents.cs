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

/// <summary>Sealed content of an assistance check request: please compare these items of a person with your records. Version 2; the first one is
/// <see cref="AssistanceCheckRequestV1"/>.</summary>
/// <param name="PersonId">Resident identity number (GB 11643); a wrong check digit warns, it never blocks.</param>
/// <param name="Items">What is asked: some of <see cref="Codes.CheckItems"/>, at least one, each once.</param>
/// <param name="Purpose">One of <see cref="Codes.Purposes"/>.</param>
/// <param name="LegalBasis">One of <see cref="Codes.LegalBases"/>.</param>
/// <param name="ResidenceAddress">What the asker has on file, for the item <c>residence</c>.</param>
/// <param name="HouseholdAddress">For the item <c>householdRegistration</c>.</param>
/// <param name="Phone">For the item <c>contact</c>.</param>
/// <param name="StateOn">基准日: the day whose state is asked about, <c>yyyy-MM-dd</c> in Asia/Shanghai; absent: the day of the answer. Who does not know
/// this member would compare with today's records and answer something else than was asked, so it is a version and no optional addition.</param>
public sealed record AssistanceCheckRequest(string PersonName, string PersonId, IReadOnlyList<string> Items, string Purpose, string LegalBasis,
    string? ResidenceAddress = null, string? HouseholdAddress = null, string? Phone = null, string? Note = null, DateOnly? StateOn = null)
{
    /// <summary>Whether records as they stand on a day can answer it; what was before is a person's to find out.</summary>
    public bool AsksAbout(DateOnly day) => StateOn is not { } on || on >= day;
}

/// <summary>Sealed content of a notice: who moved, when, from where to where.</summary>
/// <param name="PersonId">Resident identity number (GB 11643); a wrong check digit warns, it never blocks.</param>
/// <param name="MovedOn">The day of the move, <c>yyyy-MM-dd</c>: when they left, arrived, or moved on.</param>
/// <param name="Purpose">One of <see cref="Codes.Purposes"/>.</param>
/// <param name="LegalBasis">One of <see cref="Codes.LegalBases"/>.</param>
/// <param name="FromUnit">Township left, GB/T 10114.</param>
/// <param name="ToUnit">Township moved to, GB/T 10114.</param>
/// <param name="MovedTo">A departure's next county, six digits, where it is known.</param>
public sealed record MoveNotice(string PersonName, string PersonId, DateOnly MovedOn, string Purpose, string LegalBasis,
    string? FromUnit = null, string? ToUnit = null, string? Address = null, string? Phone = null, string? MovedTo = null, string? Note = null);

/// <summary>Sealed content of a reply: field by field whether it agrees, never the record itself.</summary>
/// <param name="Fields">By what was asked, see <see cref="AskedFields.Of"/>; values of <see cref="Codes.FieldMatches"/>.</param>
/// <param name="CertificateStatus">Of a certificate that was found: one of <see cref="Codes.RegisterStatuses"/>.</param>
public sealed record FeedbackReply(IReadOnlyDictionary<string, string> Fields, string? Note = null, string? CertificateStatus = null);

/// <summary>Sealed content of every other kind: a note for the other clerk.</summary>
public sealed record NoteContent(string? Note = null);

/// <summary>Signed content of a statistics report: a day's counts of one county, and whether a clerk was there. Counts only, never names.</summary>
/// <param name="On">The day, <c>yyyy-MM-dd</c> in Asia/Shanghai. A later report of the same day takes the place of the earlier.</param>
/// <param name="SignedIn">A clerk signed in on that day; <c>true</c> or absent.</param>
/// <param name="EntriesNeedingNotice">Register entries of the day for which a notice is due; of them <paramref name="EntriesNotified"/> were sent.</param>
/// <param name="ChangeEvents">Changes of the listed kinds; of them <paramref name="ChangeEventsInTime"/> were notified in time.</param>
/// <param name="ActiveOutflowRecords">Outflow records in force; of them <paramref name="ContactsConfirmed"/> with a contact confirmed in the window.</param>
/// <param name="OneSidedRecords">Records without a counterpart.</param>
public sealed record StatisticsReport(DateOnly On, bool? SignedIn = null, int? EntriesNeedingNotice = null, int? EntriesNotified = null,
    int? ChangeEvents = null, int? ChangeEventsInTime = null, int? ActiveOutflowRecords = null, int? ContactsConfirmed = null, int? OneSidedRecords = null);

/// <summary>What a reply speaks of, in the order pages show it: the members of a certificate's request, the items of an assistance check.</summary>
public static class AskedFields
{
    /// <summary>What may be asked by an opening kind; nothing by a notice.</summary>
    public static IReadOnlyList<string> Of(string kind) => kind switch
    {
        Kinds.CertificateVerificationRequest => All,
        Kinds.AssistanceCheckRequest => Codes.CheckItems,
        _ => [],
    };

    /// <summary>Of a certificate verification request.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["certificateType", "certificateNumber", "holderName", "holderId", "issuedOn", "validUntil"];
}

/// <summary>JSON of contents and hub messages: camelCase compared exactly, absent members left out, duplicates refused, no reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNameCaseInsensitive = false, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(CertificateVerificationRequest))]
[JsonSerializable(typeof(AssistanceCheckRequest))]
[JsonSerializable(typeof(AssistanceCheckRequestV1))]
[JsonSerializable(typeof(MoveNotice))]
[JsonSerializable(typeof(StatisticsReport))]
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
