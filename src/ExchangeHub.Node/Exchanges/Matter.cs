using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>The person an exchange is about: what lists and pages show masked.</summary>
/// <param name="Id">Resident identity number.</param>
public sealed record Subject(string Name, string Id);

/// <summary>What an exchange is about: the content of its opening message. One member is set, by the opening's kind; none where it could not be read.</summary>
public sealed record Matter(CertificateVerificationRequest? Question = null, AssistanceCheckRequest? Check = null, MoveNotice? Notice = null)
{
    /// <summary>What a notice tells, in the order pages show it.</summary>
    static readonly IReadOnlyList<string> told = ["personName", "personId", "movedOn", "fromUnit", "toUnit", "address", "phone", "movedTo"];

    public Subject? Subject => this switch
    {
        { Question: { } q } => new(q.HolderName, q.HolderId),
        { Check: { } c } => new(c.PersonName, c.PersonId),
        { Notice: { } n } => new(n.PersonName, n.PersonId),
        _ => null,
    };

    /// <summary>One of <see cref="Codes.Purposes"/>.</summary>
    public string? Purpose => Question?.Purpose ?? Check?.Purpose ?? Notice?.Purpose;

    /// <summary>One of <see cref="Codes.LegalBases"/>.</summary>
    public string? LegalBasis => Question?.LegalBasis ?? Check?.LegalBasis ?? Notice?.LegalBasis;

    public string? Note => Question?.Note ?? Check?.Note ?? Notice?.Note;

    /// <summary>What a page shows line by line: everything a certificate's request or a notice may say, the items that a check asks.</summary>
    public IReadOnlyList<string> Lines => this switch
    {
        { Question: not null } => AskedFields.All,
        { Check: { } c } => [.. Codes.CheckItems.Where(c.Items.Contains)],
        { Notice: not null } => told,
        _ => [],
    };

    /// <summary>What a reply may speak of, by the opening's kind; nothing in a notice.</summary>
    public IReadOnlyList<string> Answerable => Question is not null ? AskedFields.All : Check is not null ? Codes.CheckItems : [];

    /// <summary>Whether a reply may say <c>same</c> or <c>different</c> of a field: it was asked.</summary>
    public bool Asks(string field) => Check is { } check ? check.Items.Contains(field) : Question is not null && Value(field) is not null;

    /// <summary>What the opening says of a field, as text; days as <c>yyyy-MM-dd</c>.</summary>
    public string? Value(string field) => this switch
    {
        { Question: { } q } => ValueOf(q, field),
        { Check: { } c } => ValueOf(c, field),
        { Notice: { } n } => ValueOf(n, field),
        _ => null,
    };

    static string? ValueOf(CertificateVerificationRequest asked, string field) => field switch
    {
        "certificateType" => asked.CertificateType,
        "certificateNumber" => asked.CertificateNumber,
        "holderName" => asked.HolderName,
        "holderId" => asked.HolderId,
        "issuedOn" => Day(asked.IssuedOn),
        "validUntil" => Day(asked.ValidUntil),
        _ => null,
    };

    static string? ValueOf(AssistanceCheckRequest asked, string field) => field switch
    {
        CheckItem.Identity => $"{asked.PersonName} {asked.PersonId}",
        CheckItem.Residence => asked.ResidenceAddress ?? "",
        CheckItem.HouseholdRegistration => asked.HouseholdAddress ?? "",
        CheckItem.Contact => asked.Phone ?? "",
        _ => null,
    };

    static string? ValueOf(MoveNotice notice, string field) => field switch
    {
        "personName" => notice.PersonName,
        "personId" => notice.PersonId,
        "movedOn" => Day(notice.MovedOn),
        "fromUnit" => notice.FromUnit,
        "toUnit" => notice.ToUnit,
        "address" => notice.Address,
        "phone" => notice.Phone,
        "movedTo" => notice.MovedTo,
        _ => null,
    };

    static string? Day(DateOnly? day) => day is { } on ? WireTime.Format(on) : null;
}
