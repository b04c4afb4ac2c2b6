using ExchangeHub.Contracts;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Answers a question field by field, or item by item. After an own reply it is a correction, or the answer to a dispute.</summary>
/// <param name="Outcome">One of <see cref="Codes.Outcomes"/>.</param>
/// <param name="ReasonCode">One of <see cref="Codes.ReplyReasons"/>; needed for every outcome but <c>Match</c>, where it is left out.</param>
/// <param name="Fields">By what was asked: one of <see cref="Codes.FieldMatches"/>. What was not asked, or is not named, is <c>notAnswered</c>.</param>
/// <param name="Automatic">A county's own system answered; no person did.</param>
/// <param name="CertificateStatus">One of <see cref="Codes.RegisterStatuses"/>; left out: what the register said of the certificate.</param>
public sealed record Reply(string? Outcome, string? ReasonCode, IReadOnlyDictionary<string, string>? Fields, string? Note = null, bool Automatic = false,
    string? CertificateStatus = null) : Move
{
    internal override string Kind => Kinds.FeedbackReply;

    internal override Draft Draft(NodeExchange exchange, FormCheck form)
    {
        var outcome = form.Text("/header/outcome", Outcome, Codes.Outcomes.Contains);
        var reason = outcome is null or Outcomes.Match ? null : form.Text("/header/reasonCode", ReasonCode, Codes.ReplyReasons.Contains);
        var content = new FeedbackReply(Answers(exchange.Matter, outcome, form), form.Note(Note), StatusOf(exchange, outcome, form));
        return new(h => h with
        {
            InReplyTo = exchange.OpeningId,
            Outcome = outcome,
            ReasonCode = reason,
            Automatic = Automatic,
            // The same answer once more is maintained, another one is told as changed.
            Supersedes = exchange.ReplyId,
            Changed = exchange.ReplyId is not null && exchange.DiffersFrom(outcome!, content),
        }, new OpenedContent(Reply: content));
    }

    Dictionary<string, string> Answers(Matter matter, string? outcome, FormCheck form)
    {
        var fields = matter.Answerable.ToDictionary(f => f, _ => FieldMatch.NotAnswered);
        foreach (var (field, match) in Fields ?? new Dictionary<string, string>())
        {
            if (!fields.ContainsKey(field))
                form.Refuse(RefusalCodes.MemberUnknown, "/content/fields");
            else if (!Codes.FieldMatches.Contains(match) || (match != FieldMatch.NotAnswered && !matter.Asks(field)))
                form.Refuse(RefusalCodes.MemberInvalid, $"/content/fields/{field}");
            else
                fields[field] = match;
        }
        // An outcome and its fields must not contradict each other: the other side acts on both. A day may differ on a certificate that matches.
        if (outcome == Outcomes.Match && fields.FirstOrDefault(f => f.Value == FieldMatch.Different && RegisterComparison.Decides(f.Key)).Key is { } differs)
            form.Refuse(RefusalCodes.MemberInvalid, $"/content/fields/{differs}");
        if (outcome == Outcomes.MatchWithDifferences && !fields.ContainsValue(FieldMatch.Different))
            form.Refuse(RefusalCodes.MemberInvalid, "/content/fields");
        return fields;
    }

    string? StatusOf(NodeExchange exchange, string? outcome, FormCheck form)
    {
        var given = form.Optional("/content/certificateStatus", CertificateStatus, Codes.RegisterStatuses.Contains);
        if (given is not null && exchange.Question is null)
            form.Refuse(RefusalCodes.MemberInvalid, "/content/certificateStatus");
        return given ?? (outcome == Outcomes.PersonNotFound ? null : exchange.Comparison?.StatusToTell);
    }
}
