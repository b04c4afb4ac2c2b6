using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Asks another county whether a certificate is valid.</summary>
/// <param name="IssuedOn">Day of issue, <c>yyyy-MM-dd</c>; may be left out.</param>
/// <param name="ValidUntil">Last day of validity, <c>yyyy-MM-dd</c>; may be left out.</param>
/// <param name="Urgency"><c>urgent</c> or left out.</param>
/// <param name="ReasonCode">One of <see cref="Codes.RequestReasons"/>, or left out.</param>
public sealed record SendRequest(string? To, string? CertificateType, string? CertificateNumber, string? HolderName, string? HolderId,
    string? IssuedOn, string? ValidUntil, string? Purpose, string? LegalBasis, string? Note = null, string? Urgency = null, string? ReasonCode = null,
    Guid? Follows = null, Guid? ExchangeId = null, bool Test = false) : Opening
{
    internal override OpeningDraft Draft(string county, DateOnly today, FormCheck form)
    {
        var to = form.To(To, county);
        var urgency = form.Optional("/header/urgency", Urgency, Codes.Urgencies.Contains);
        var reason = form.Optional("/header/reasonCode", ReasonCode, Codes.RequestReasons.Contains);
        var question = new CertificateVerificationRequest(
            form.Text("/content/certificateType", CertificateType, Codes.CertificateTypes.Contains) ?? "",
            form.Text("/content/certificateNumber", CertificateNumber, FormCheck.IsShort) ?? "",
            form.Text("/content/holderName", HolderName, FormCheck.IsShort) ?? "",
            form.ResidentNumber("/content/holderId", HolderId),
            form.Text("/content/purpose", Purpose, Codes.Purposes.Contains) ?? "",
            form.Text("/content/legalBasis", LegalBasis, Codes.LegalBases.Contains) ?? "",
            form.Day("/content/issuedOn", IssuedOn), form.Day("/content/validUntil", ValidUntil), form.Note(Note));
        return new(Kinds.CertificateVerificationRequest, to ?? "", new Matter(Question: question), h => h with { Urgency = urgency, ReasonCode = reason });
    }
}
