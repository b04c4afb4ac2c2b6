using ExchangeHub.Contracts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Node.Exchanges;

/// <summary>One line of what was asked or told, on a page: masked unless <see cref="ExchangeDetail.Revealed"/>.</summary>
/// <param name="Field">One of <see cref="Matter.Lines"/>.</param>
/// <param name="Asked">What the opening says; empty where an item was asked without a value.</param>
/// <param name="Register">What this county's own records hold (receiver only).</param>
/// <param name="Match">Receiver: how question and register compare. Asker: what the other side answered. One of <see cref="Codes.FieldMatches"/>.</param>
public sealed record QuestionRow(string Field, string? Asked, string? Register, string Match);

/// <summary>An exchange that this one follows, or that follows it.</summary>
public sealed record LinkedExchange(Guid Id, string Kind, Side Side, string Counterpart, NodePhase Phase, DateTimeOffset BeganAt);

/// <summary>The exchanges before and after one, nearest first, as far as this county is a party.</summary>
public sealed record ExchangeLinks(IReadOnlyList<LinkedExchange> Earlier, IReadOnlyList<LinkedExchange> Later)
{
    public static ExchangeLinks None { get; } = new([], []);
}

/// <summary>An exchange with its question, register, answer and timeline, as a page or the HTTP interface shows it to one county.</summary>
/// <param name="Exchange">The view without its personal data: question, answer and comparison stand in the members beside, masked.</param>
/// <param name="Revealed">The person's data is in full; who saw it, when and why is written down.</param>
/// <param name="Subject">The person.</param>
/// <param name="Purpose">Why the asker may ask, one of <see cref="Codes.Purposes"/>.</param>
/// <param name="StateOn">The day whose state an assistance check asks about; absent: the day of the answer.</param>
/// <param name="HasNotes">Somebody wrote a note: what it says may name the person, so it is shown only where <see cref="ExchangeDetail.Revealed"/>.</param>
/// <param name="QuestionNote">The asker's note, when revealed.</param>
/// <param name="SuggestedOutcome">What the comparison suggests to answer (receiver only).</param>
/// <param name="RegisterStatus">The register's status of the certificate found.</param>
/// <param name="Answers">The answer field by field, empty until it came.</param>
/// <param name="AnswerStatus">The status of the certificate that the answer tells, one of <see cref="Codes.RegisterStatuses"/>.</param>
/// <param name="AnswerNote">The answer's note, when revealed.</param>
/// <param name="Timeline">What happened; with its notes when revealed.</param>
public sealed record ExchangeDetail(NodeExchange Exchange, bool Revealed, Subject? Subject, IReadOnlyList<QuestionRow> Rows, string? Purpose, string? LegalBasis,
    DateOnly? StateOn, bool HasNotes, string? QuestionNote, string? SuggestedOutcome, string? SuggestedReason, bool RegisterFound, string? RegisterStatus,
    IReadOnlyDictionary<string, string> Answers, string? AnswerStatus, string? AnswerNote, IReadOnlyList<TimelineFact> Timeline, AllowedActions Allowed,
    ExchangeLinks Links)
{
    /// <summary>What the hub's refusal of the last own message says, a text for each code in the reader's language; empty where it refused none.</summary>
    public IReadOnlyList<string> RefusedTexts => [.. (Exchange.Refused?.Codes ?? []).Select(Problems.TitleOf)];

    /// <summary>Builds what one county may see of its own exchange.</summary>
    /// <param name="now">Business time, for what may still be done.</param>
    /// <param name="revealed">In full; otherwise names and numbers are masked and notes are left out.</param>
    public static ExchangeDetail Of(NodeExchange exchange, IReadOnlyList<TimelineFact> timeline, DateTimeOffset now, bool revealed, ExchangeLinks? links = null)
    {
        var matter = exchange.Matter;
        var compared = exchange.Comparison?.Fields.ToDictionary(f => f.Field, StringComparer.Ordinal);
        var answers = exchange.Answer?.Fields ?? new Dictionary<string, string>(StringComparer.Ordinal);
        string? Shown(string field, string? value) => revealed ? value : Masking.Field(field, value);
        var rows = matter.Lines.Select(field => new QuestionRow(field, Shown(field, matter.Value(field)),
            Shown(field, compared?.GetValueOrDefault(field)?.Register ?? RecordedValue(exchange.Record, field)),
            exchange.Side == Side.Receiver ? compared?.GetValueOrDefault(field)?.Match ?? FieldMatch.NotAnswered
                : answers.GetValueOrDefault(field) ?? FieldMatch.NotAnswered)).ToList();
        var subject = matter.Subject is { } s && !revealed ? Masking.Of(s) : matter.Subject;
        var record = exchange.Record is { } own && !revealed ? own with { PersonName = Masking.Field("personName", own.PersonName) } : exchange.Record;
        return new(exchange with { Matter = new(), Answer = null, Comparison = null, Record = record }, revealed, subject, rows, matter.Purpose, matter.LegalBasis,
            matter.Check?.StateOn,
            matter.Note is not null || exchange.Answer?.Note is not null || timeline.Any(f => f.Note is not null),
            revealed ? matter.Note : null, exchange.Comparison?.Outcome, exchange.Comparison?.ReasonCode,
            exchange.Comparison?.Found ?? false, exchange.Comparison?.Status, answers, exchange.Answer?.CertificateStatus, revealed ? exchange.Answer?.Note : null,
            revealed ? timeline : [.. timeline.Select(f => f with { Note = null })], AllowedActions.Of(exchange, now), links ?? ExchangeLinks.None);
    }

    static string? RecordedValue(RecordMatch? record, string field) => field switch
    {
        "personName" => record?.PersonName,
        "movedOn" => record?.MovedOn is { } on ? Contracts.Wire.WireTime.Format(on) : null,
        _ => null,
    };
}
