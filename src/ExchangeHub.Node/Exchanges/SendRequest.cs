using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Asks another county whether a certificate is valid. Texts as they were typed; <see cref="Check"/> says what is wrong with them.</summary>
/// <param name="To">The asked county's code.</param>
/// <param name="IssuedOn">Day of issue, <c>yyyy-MM-dd</c>; may be left out.</param>
/// <param name="ValidUntil">Last day of validity, <c>yyyy-MM-dd</c>; may be left out.</param>
/// <param name="Urgency"><c>urgent</c> or left out.</param>
/// <param name="ReasonCode">One of <see cref="Codes.RequestReasons"/>, or left out.</param>
/// <param name="Follows">An earlier exchange of this county.</param>
/// <param name="ExchangeId">Made by the caller, so that a form sent twice asks once; left out: made here.</param>
/// <param name="Test">A trial: counts in no figure.</param>
public sealed record SendRequest(string? To, string? CertificateType, string? CertificateNumber, string? HolderName, string? HolderId,
    string? IssuedOn, string? ValidUntil, string? Purpose, string? LegalBasis, string? Note = null, string? Urgency = null, string? ReasonCode = null,
    Guid? Follows = null, Guid? ExchangeId = null, bool Test = false)
{
    /// <summary>What is wrong, and the question when nothing is.</summary>
    public (CertificateVerificationRequest? Question, IReadOnlyList<Refusal> Errors, IReadOnlyList<Refusal> Warnings) Check(string county)
    {
        var form = new FormCheck();
        if (form.Text("/header/to", To, Party.IsCounty) is { } to && to == county)
            form.Refuse(RefusalCodes.ReceiverUnknown, "/header/to");
        form.Optional("/header/urgency", Urgency, Codes.Urgencies.Contains);
        form.Optional("/header/reasonCode", ReasonCode, Codes.RequestReasons.Contains);
        var question = new CertificateVerificationRequest(
            form.Text("/content/certificateType", CertificateType, Codes.CertificateTypes.Contains) ?? "",
            form.Text("/content/certificateNumber", CertificateNumber, FormCheck.IsShort) ?? "",
            form.Text("/content/holderName", HolderName, FormCheck.IsShort) ?? "",
            form.Text("/content/holderId", HolderId, FormCheck.IsShort) ?? "",
            form.Text("/content/purpose", Purpose, Codes.Purposes.Contains) ?? "",
            form.Text("/content/legalBasis", LegalBasis, Codes.LegalBases.Contains) ?? "",
            form.Day("/content/issuedOn", IssuedOn), form.Day("/content/validUntil", ValidUntil),
            form.Note("/content/note", Note));
        IReadOnlyList<Refusal> warnings = RegisterEntry.KeyOf(question.HolderId) is { Length: 18 } id && !ResidentId.CheckDigitHolds(id)
            ? [new(NodeCodes.CheckDigitWrong, "/content/holderId")] : [];
        return (form.Errors.Count == 0 ? question : null, form.Errors, warnings);
    }
}

/// <summary>Checks texts of a form or an HTTP body; blank means left out.</summary>
sealed class FormCheck
{
    const int ShortMax = 200;
    const int NoteMax = 2_000;

    readonly List<Refusal> errors = [];

    public IReadOnlyList<Refusal> Errors => errors;

    public void Refuse(string code, string field) => errors.Add(new(code, field));

    public string? Text(string field, string? value, Func<string, bool> form)
    {
        if (string.IsNullOrWhiteSpace(value))
            Refuse(RefusalCodes.MemberMissing, field);
        return Optional(field, value, form);
    }

    public string? Optional(string field, string? value, Func<string, bool> form)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        var trimmed = value.Trim();
        if (form(trimmed))
            return trimmed;
        Refuse(RefusalCodes.MemberInvalid, field);
        return null;
    }

    public DateOnly? Day(string field, string? value) =>
        Optional(field, value, v => WireTime.TryParseDay(v, out _)) is { } text && WireTime.TryParseDay(text, out var on) ? on : null;

    public string? Note(string field, string? value) => Optional(field, value, v => v.Length <= NoteMax && !v.Contains('\0'));

    public static bool IsShort(string value) => value.Length <= ShortMax && !value.Any(char.IsControl);
}
