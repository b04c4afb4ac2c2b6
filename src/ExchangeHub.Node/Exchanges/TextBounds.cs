using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>How long the texts of a message may be, in a form as well as in what another county sealed, as the contract's schemas say: names and
/// numbers become keys of tables, and an index takes no row above 2,704 bytes. Counted in Unicode code points, as JSON Schema counts.</summary>
static class TextBounds
{
    /// <summary>Characters of a name, a number, an address, a code: 800 bytes at most.</summary>
    const int ShortMax = 200;
    /// <summary>A note is read by a person beside a question: more belongs into a file. Far below what a body may hold.</summary>
    const int NoteMax = 2_000;

    public static bool IsShort(string? text) => text is null || text.EnumerateRunes().Count() <= ShortMax;

    public static bool IsNote(string? text) => text is null || text.EnumerateRunes().Count() <= NoteMax;

    public static bool Hold(CertificateVerificationRequest q) => AreShort(q.CertificateType, q.CertificateNumber, q.HolderName, q.HolderId, q.Purpose, q.LegalBasis) && IsNote(q.Note);

    public static bool Hold(AssistanceCheckRequest c) =>
        AreShort([c.PersonName, c.PersonId, c.Purpose, c.LegalBasis, c.ResidenceAddress, c.HouseholdAddress, c.Phone, .. c.Items]) && IsNote(c.Note);

    public static bool Hold(MoveNotice n) => AreShort(n.PersonName, n.PersonId, n.Purpose, n.LegalBasis, n.FromUnit, n.ToUnit, n.Address, n.Phone) && IsNote(n.Note)
        && (n.MovedTo is null || Party.IsCounty(n.MovedTo));

    public static bool Hold(FeedbackReply r) => AreShort([r.CertificateStatus, .. r.Fields.Keys, .. r.Fields.Values]) && IsNote(r.Note);

    static bool AreShort(params IEnumerable<string?> texts) => texts.All(IsShort);
}
