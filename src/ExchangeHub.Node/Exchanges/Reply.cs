using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Answers a question. In an answered exchange it is a correction of the own reply.</summary>
/// <param name="Outcome">One of <see cref="Codes.Outcomes"/>.</param>
/// <param name="ReasonCode">One of <see cref="Codes.ReplyReasons"/>; needed for every outcome but <c>Match</c>, where it is left out.</param>
/// <param name="Fields">By asked member: one of <see cref="Codes.FieldMatches"/>. Members that were not asked, or are not named, are <c>notAnswered</c>.</param>
/// <param name="Automatic">A county's own system answered; no person did.</param>
public sealed record Reply(string? Outcome, string? ReasonCode, IReadOnlyDictionary<string, string>? Fields, string? Note = null, bool Automatic = false)
{
    /// <summary>What is wrong with it as an answer to this question, and the content when nothing is.</summary>
    public (FeedbackReply? Content, IReadOnlyList<Refusal> Errors) Check(CertificateVerificationRequest? question)
    {
        var form = new FormCheck();
        var outcome = form.Text("/header/outcome", Outcome, Codes.Outcomes.Contains);
        if (outcome is not (null or Outcomes.Match))
            form.Text("/header/reasonCode", ReasonCode, Codes.ReplyReasons.Contains);
        var fields = AskedFields.All.ToDictionary(f => f, _ => FieldMatch.NotAnswered);
        foreach (var (field, match) in Fields ?? new Dictionary<string, string>())
        {
            if (!fields.ContainsKey(field))
                form.Refuse(RefusalCodes.MemberUnknown, "/content/fields");
            else if (!Codes.FieldMatches.Contains(match) || (question is not null && match != FieldMatch.NotAnswered && !IsAsked(question, field)))
                form.Refuse(RefusalCodes.MemberInvalid, $"/content/fields/{field}");
            else
                fields[field] = match;
        }
        // An outcome and its fields must not contradict each other: the other side acts on both. A day may differ on a certificate that matches.
        if (outcome == Outcomes.Match && fields.FirstOrDefault(f => f.Value == FieldMatch.Different && RegisterComparison.Decides(f.Key)).Key is { } differs)
            form.Refuse(RefusalCodes.MemberInvalid, $"/content/fields/{differs}");
        if (outcome == Outcomes.MatchWithDifferences && !fields.ContainsValue(FieldMatch.Different))
            form.Refuse(RefusalCodes.MemberInvalid, "/content/fields");
        var note = form.Note("/content/note", Note);
        return form.Errors.Count == 0 ? (new FeedbackReply(fields, note), []) : (null, form.Errors);
    }

    static bool IsAsked(CertificateVerificationRequest question, string field) => RegisterComparison.AskedValue(question, field) is not null;
}

/// <summary>Says that the question was received by a person, or by a named policy (<paramref name="Automatic"/>).</summary>
public sealed record Acknowledge(string? Note = null, bool Automatic = false)
{
    public IReadOnlyList<Refusal> Check()
    {
        var form = new FormCheck();
        form.Note("/content/note", Note);
        return form.Errors;
    }
}

/// <summary>Sends a question back.</summary>
/// <param name="ReasonCode">One of <see cref="Codes.ReturnReasons"/>.</param>
/// <param name="SuggestedTo">The county that may be the right one; only with <c>NotOurs</c>.</param>
public sealed record Return(string? ReasonCode, string? SuggestedTo = null, string? Note = null, bool Automatic = false)
{
    public IReadOnlyList<Refusal> Check(NodeExchange exchange)
    {
        var form = new FormCheck();
        var reason = form.Text("/header/reasonCode", ReasonCode, Codes.ReturnReasons.Contains);
        if (form.Optional("/header/suggestedTo", SuggestedTo, Party.IsCounty) is { } county
            && (reason != ReturnReasons.NotOurs || county == exchange.County || county == exchange.Counterpart))
            form.Refuse(RefusalCodes.MemberInvalid, "/header/suggestedTo");
        form.Note("/content/note", Note);
        return form.Errors;
    }
}

/// <summary>Takes an own question back.</summary>
/// <param name="ReasonCode">One of <see cref="Codes.WithdrawalReasons"/>, or left out.</param>
public sealed record Withdraw(string? ReasonCode = null, string? Note = null)
{
    public IReadOnlyList<Refusal> Check()
    {
        var form = new FormCheck();
        form.Optional("/header/reasonCode", ReasonCode, Codes.WithdrawalReasons.Contains);
        form.Note("/content/note", Note);
        return form.Errors;
    }
}
