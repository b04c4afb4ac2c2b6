using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Node.Register;

/// <summary>One asked member beside what the register holds.</summary>
/// <param name="Field">One of <see cref="AskedFields.Of"/>.</param>
/// <param name="Match">One of <see cref="Codes.FieldMatches"/>.</param>
public sealed record ComparedField(string Field, string? Asked, string? Register, string Match);

/// <summary>A question beside the register: what agrees, and what a clerk would probably answer.</summary>
/// <param name="Found">Whether the register holds the certificate or the person at all.</param>
/// <param name="Status">The register's status of the certificate found.</param>
/// <param name="Exact">Type, number, name and id are equal and the certificate holds: this answers <c>Match</c> by itself, whatever its days
/// say; a day that differs is told as <c>different</c> beside it. Of an assistance check: every asked item is known, on file and the same, and no
/// earlier day's state is asked about.</param>
/// <param name="Outcome">The outcome to suggest, one of <see cref="Codes.Outcomes"/>.</param>
/// <param name="ReasonCode">The reason to suggest beside it.</param>
/// <param name="ComparedAt">When, UTC.</param>
public sealed record RegisterComparison(bool Found, string? Status, bool Exact, string Outcome, string? ReasonCode,
    IReadOnlyList<ComparedField> Fields, DateTimeOffset ComparedAt)
{
    /// <summary>The members that decide whether it is the certificate asked for; days only describe it.</summary>
    static readonly IReadOnlyList<string> deciding = ["certificateType", "certificateNumber", "holderName", "holderId", .. Codes.CheckItems];

    /// <summary>Whether a match cannot stand beside a difference in this member.</summary>
    public static bool Decides(string field) => deciding.Contains(field);

    /// <summary>The status that a reply tells: that of the certificate asked for, not of another one of the person.</summary>
    [JsonIgnore]
    public string? StatusToTell => Fields.All(f => f.Match == FieldMatch.Same || !Decides(f.Field)) ? Status : null;

    /// <summary>Compares a question with what the register found for it.</summary>
    /// <param name="candidates">Entries with the asked number or the asked person; the best one is taken.</param>
    public static RegisterComparison Of(Matter asked, IReadOnlyList<RegisterEntry> candidates, DateTimeOffset at) =>
        asked.Check is not null ? OfCheck(asked, candidates, at) : OfCertificate(asked, asked.Question!, candidates, at);

    static RegisterComparison OfCertificate(Matter asked, CertificateVerificationRequest question, IReadOnlyList<RegisterEntry> candidates, DateTimeOffset at)
    {
        var entry = candidates.OrderByDescending(c => Nearness(question, c)).ThenBy(c => c.NumberKey, StringComparer.Ordinal).FirstOrDefault();
        var fields = AskedFields.All.Select(f => Compare(f, asked.Value(f), entry?.Value(f))).ToList();
        if (entry is null)
            return new(false, null, false, Outcomes.PersonNotFound, "NoRecord", fields, at);

        var same = fields.TrueForAll(f => f.Match == FieldMatch.Same || !Decides(f.Field));
        var exact = same && Codes.Holds(entry.Status);
        var (outcome, reason) = entry switch
        {
            _ when exact => (Outcomes.Match, null),
            _ when same => ("CannotVerify", "RecordIncomplete"), // the certificate agrees but is suspended or cancelled
            _ when IsSame(fields, "holderId") || IsSame(fields, "holderName") => (Outcomes.MatchWithDifferences, "FieldsDiffer"),
            _ => (Outcomes.PersonNotFound, "NoRecord"), // the number belongs to somebody else
        };
        return new(true, entry.Status, exact, outcome, reason, fields, at);
    }

    // The register knows who holds a certificate, and nothing of where people live: the other items are a clerk's. So is every item as it was on an
    // earlier day: what is on file now is shown beside it, and answers nothing.
    static RegisterComparison OfCheck(Matter asked, IReadOnlyList<RegisterEntry> candidates, DateTimeOffset at)
    {
        var (name, id) = asked.Subject!;
        var entry = candidates.OrderByDescending(c => Same(name, c.HolderName)).FirstOrDefault(c => Same(id, c.HolderId));
        var fields = asked.Lines.Select(f => Compare(f, asked.Value(f), f == CheckItem.Identity && entry is not null ? $"{entry.HolderName} {entry.HolderId}" : null)).ToList();
        var answers = asked.Check!.AsksAbout(WireTime.DayOf(at));
        if (!answers)
            fields = [.. fields.Select(f => f with { Match = FieldMatch.NotAnswered })];
        // An item that is not known here was not compared, and a match of nothing says nothing.
        var exact = fields.Count > 0 && asked.Check.Items.All(Codes.CheckItems.Contains) && fields.TrueForAll(f => f.Match == FieldMatch.Same);
        var (outcome, reason) = entry switch
        {
            _ when !answers => ("CannotVerify", "RecordIncomplete"),
            null => (Outcomes.PersonNotFound, "NoRecord"),
            _ when exact => (Outcomes.Match, (string?)null),
            _ when fields.Exists(f => f.Match == FieldMatch.Different) => (Outcomes.MatchWithDifferences, "FieldsDiffer"),
            _ => ("CannotVerify", "RecordIncomplete"),
        };
        return new(entry is not null, null, exact, outcome, reason, fields, at);
    }

    /// <summary>Whether a clerk would read the same in another one, whenever that was made.</summary>
    public bool SaysTheSameAs(RegisterComparison? other) => other is not null && Fields.SequenceEqual(other.Fields)
        && this == other with { Fields = Fields, ComparedAt = ComparedAt };

    /// <summary>The fields as a reply carries them: every one that may be answered.</summary>
    public IReadOnlyDictionary<string, string> MatchesOf(Matter asked) =>
        asked.Answerable.ToDictionary(f => f, f => Fields.FirstOrDefault(c => c.Field == f)?.Match ?? FieldMatch.NotAnswered);

    static ComparedField Compare(string field, string? asked, string? register) => new(field, asked, register,
        asked is null || register is null ? FieldMatch.NotAnswered
        : Same(asked, register) ? FieldMatch.Same : FieldMatch.Different);

    static bool Same(string left, string right) => RegisterEntry.KeyOf(left) == RegisterEntry.KeyOf(right);

    static bool IsSame(List<ComparedField> fields, string field) => fields.Exists(f => f.Field == field && f.Match == FieldMatch.Same);

    /// <summary>The certificate asked for comes first, then the person's certificate of that type, then any of theirs.</summary>
    static int Nearness(CertificateVerificationRequest asked, RegisterEntry entry) =>
        (Same(asked.HolderId, entry.HolderId) ? 8 : 0) + (Same(asked.CertificateNumber, entry.CertificateNumber) ? 4 : 0)
        + (asked.CertificateType == entry.CertificateType ? 2 : 0) + (entry.Status == Codes.RegisterValid ? 1 : 0);
}
