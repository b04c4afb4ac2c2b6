using ExchangeHub.Contracts;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>One asked member on a page: masked unless <see cref="ExchangeDetail.Revealed"/>.</summary>
/// <param name="Field">One of <see cref="AskedFields.All"/>.</param>
/// <param name="Register">What this county's own register holds (receiver only).</param>
/// <param name="Match">Receiver: how question and register compare. Asker: what the other side answered. One of <see cref="Codes.FieldMatches"/>.</param>
public sealed record QuestionRow(string Field, string? Asked, string? Register, string Match);

/// <summary>An exchange with its question, register, answer and timeline, as a page or the HTTP interface shows it to one county.</summary>
/// <param name="Exchange">The view without its personal data: question, answer and comparison stand in the members beside, masked.</param>
/// <param name="Revealed">The person's data is in full; who saw it, when and why is written down.</param>
/// <param name="Purpose">Why the asker may ask, one of <see cref="Codes.Purposes"/>.</param>
/// <param name="HasNotes">Somebody wrote a note: what it says may name the person, so it is shown only where <see cref="ExchangeDetail.Revealed"/>.</param>
/// <param name="QuestionNote">The asker's note, when revealed.</param>
/// <param name="SuggestedOutcome">What the comparison suggests to answer (receiver only).</param>
/// <param name="RegisterStatus">The register's status of the certificate found.</param>
/// <param name="Answers">The answer field by field, empty until it came.</param>
/// <param name="AnswerNote">The answer's note, when revealed.</param>
/// <param name="Timeline">What happened; with its notes when revealed.</param>
public sealed record ExchangeDetail(NodeExchange Exchange, bool Revealed, IReadOnlyList<QuestionRow> Rows, string? Purpose, string? LegalBasis,
    bool HasNotes, string? QuestionNote, string? SuggestedOutcome, string? SuggestedReason, bool RegisterFound, string? RegisterStatus,
    IReadOnlyDictionary<string, string> Answers, string? AnswerNote, IReadOnlyList<TimelineFact> Timeline, AllowedActions Allowed)
{
    /// <summary>Builds what one county may see of its own exchange.</summary>
    /// <param name="revealed">In full; otherwise names and numbers are masked and notes are left out.</param>
    public static ExchangeDetail Of(NodeExchange exchange, IReadOnlyList<TimelineFact> timeline, bool revealed)
    {
        var question = exchange.Question;
        var compared = exchange.Comparison?.Fields.ToDictionary(f => f.Field, StringComparer.Ordinal);
        var answers = exchange.Answer?.Fields ?? new Dictionary<string, string>(StringComparer.Ordinal);
        string? Shown(string field, string? value) => revealed ? value : Masking.Field(field, value);
        var rows = question is null ? [] : AskedFields.All.Select(field =>
        {
            var own = compared?.GetValueOrDefault(field);
            return new QuestionRow(field, Shown(field, RegisterComparison.AskedValue(question, field)), Shown(field, own?.Register),
                exchange.Side == Side.Receiver ? own?.Match ?? FieldMatch.NotAnswered : answers.GetValueOrDefault(field) ?? FieldMatch.NotAnswered);
        }).ToList();
        return new(exchange with { Question = null, Answer = null, Comparison = null }, revealed, rows, question?.Purpose, question?.LegalBasis,
            question?.Note is not null || exchange.Answer?.Note is not null || timeline.Any(f => f.Note is not null),
            revealed ? question?.Note : null, exchange.Comparison?.Outcome, exchange.Comparison?.ReasonCode,
            exchange.Comparison?.Found ?? false, exchange.Comparison?.Status, answers, revealed ? exchange.Answer?.Note : null,
            revealed ? timeline : [.. timeline.Select(f => f with { Note = null })], AllowedActions.Of(exchange));
    }
}

/// <summary>What this county may do in an exchange now: buttons are shown by it, commands are refused by it.</summary>
public sealed record AllowedActions(bool Acknowledge, bool Reply, bool Correct, bool Return, bool Withdraw)
{
    /// <summary>Nothing follows an own message on its way, but a reply or a return may follow an acknowledgement: it answers the question,
    /// not the acknowledgement, and a clerk need not wait a second for a receipt.</summary>
    public static AllowedActions Of(NodeExchange e)
    {
        var answered = e.Phase is NodePhase.Answered;
        var quiet = !e.UnderWay.Any();
        var onlyAcknowledging = e.UnderWay.All(w => w.Kind == Kinds.Acknowledgement);
        return new(
            Acknowledge: e.Takes(Kinds.Acknowledgement) && quiet && e.AcknowledgedAt is null,
            Reply: e.Takes(Kinds.FeedbackReply) && !answered && onlyAcknowledging,
            Correct: e.Takes(Kinds.FeedbackReply) && answered && quiet,
            Return: e.Takes(Kinds.Return) && onlyAcknowledging,
            Withdraw: e.Takes(Kinds.Withdrawal) && quiet);
    }
}
