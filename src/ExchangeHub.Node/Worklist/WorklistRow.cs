using System.Globalization;
using System.Text;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Node.Worklist;

/// <summary>What a list holds. The first five are work this county owes, most pressing first; the others are its own questions.</summary>
public enum WorklistGroup
{
    /// <summary>Everything owed, by due time; what has no due date yet comes last.</summary>
    All,
    Overdue,
    /// <summary>Due by the end of this day in Asia/Shanghai, not yet overdue.</summary>
    Today,
    Later,
    /// <summary>The due date waits for a year's calendar.</summary>
    Pending,
    /// <summary>Own questions that wait for the other side, newest first.</summary>
    Awaited,
    /// <summary>Own questions that were answered, returned, withdrawn or refused, newest end first.</summary>
    Ended,
    /// <summary>Own questions that wait for this county: more time is asked for, a person's answer is neither confirmed nor disputed, or it came back or
    /// was refused and nothing follows it. Newest first.</summary>
    ToDecide,
}

/// <summary>One line of a list; the person is masked.</summary>
/// <param name="CertificateType">One of the contracts' certificate types.</param>
/// <param name="ReceivedAt">Receiver: the hub's stamp; asker: when it was written. UTC.</param>
/// <param name="AckOverdue">Not acknowledged, and the time to do so is over.</param>
/// <param name="AnsweredAt">The first reply. UTC.</param>
/// <param name="RepliedAt">The first reply since the last dispute: in time by <c>dueAt</c>. UTC.</param>
/// <param name="WaitingKind">The last own message without a final receipt.</param>
/// <param name="Held">The hub holds that message and judges it later.</param>
/// <param name="Verifying">The question is being verified, an interim reply said so.</param>
/// <param name="ExtensionAsked">More time is asked for and not decided.</param>
/// <param name="Escalated">The province was told.</param>
/// <param name="RecordMatch">Of a notice that came: what the county's own records say.</param>
public sealed record WorklistRow(Guid ExchangeId, Side Side, string Counterpart, string Kind, NodePhase Phase, string? CaseNumber, string? CertificateType,
    string HolderNameMasked, string HolderIdMasked, bool Urgent, bool Test, DateTimeOffset ReceivedAt, DateOnly? DueOn, DateTimeOffset? DueAt, bool DuePending,
    bool Overdue, bool DueToday, bool Acknowledged, bool AckOverdue, string? Outcome, bool Automatic, DateTimeOffset? AnsweredAt, DateTimeOffset? RepliedAt, DateTimeOffset? EndedAt,
    string? WaitingKind, bool Held, IReadOnlyList<string> RefusedCodes, bool Verifying, bool ExtensionAsked, bool Escalated, string? RecordMatch)
{
    internal static WorklistRow Of(NodeExchange e, DateTimeOffset now)
    {
        var overdue = e.ListedDueAt <= now;
        var person = e.Matter.Subject is { } subject ? Masking.Of(subject) : new Subject("", "");
        return new(e.Id, e.Side, e.Counterpart, e.Kind, e.Phase, e.CaseNumber, e.Question?.CertificateType, person.Name, person.Id,
            e.Urgency is not null, e.Test, e.BeganAt, e.ListedDueOn, e.ListedDueAt, e.DuePending, overdue,
            !overdue && e.ListedDueOn <= WireTime.DayOf(now), e.Acknowledged, !e.Acknowledged && e.AckDueAt <= now, e.Outcome, e.Automatic, e.AnsweredAt,
            e.RepliedAt, e.EndedAt, e.Waiting.Count > 0 ? e.Waiting[^1].Kind : null, e.Waiting.Count > 0 && e.Waiting[^1].Held, e.Refused?.Codes ?? [],
            e.VerifyingAt is not null && e.Phase is (NodePhase.Open or NodePhase.Disputed), e.Undecided is not null, e.EscalatedAt is not null, e.Record?.What);
    }
}

/// <summary>How much lies where, for headings and tabs.</summary>
/// <param name="NotAcknowledged">Owed, of these not yet acknowledged.</param>
/// <param name="Awaited">Own questions that wait for the other side.</param>
/// <param name="Ended">Own questions with an end.</param>
/// <param name="ToDecide">Own questions that wait for this county.</param>
/// <param name="Marker">Hand it back to <see cref="WorklistQueries.NewSinceAsync"/> to learn what came since.</param>
public sealed record WorklistCounts(int Overdue, int Today, int Later, int Pending, int NotAcknowledged, int Awaited, int Ended, int ToDecide, long Marker)
{
    public int Owed => Overdue + Today + Later + Pending;
}

/// <summary>A page of a list, and where the next one starts.</summary>
/// <param name="Next">Opaque; <c>null</c> on the last page.</param>
public sealed record WorklistPage(IReadOnlyList<WorklistRow> Rows, string? Next);

/// <summary>The place after a row in a list's order: the instant it is sorted by (none: last) and its id.</summary>
readonly record struct WorklistCursor(DateTimeOffset? At, Guid Id)
{
    public override string ToString() => B64u.Encode(Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{(At is { } at ? WireTime.Format(at) : "-")}/{Id:D}")));

    /// <returns>The place; <c>null</c> for a text that no page gave out.</returns>
    public static WorklistCursor? Parse(string? text)
    {
        if (text is null || !B64u.TryDecode(text, out var bytes))
            return null;
        var parts = Encoding.ASCII.GetString(bytes).Split('/');
        if (parts.Length != 2 || !Guid.TryParseExact(parts[1], "D", out var id))
            return null;
        if (parts[0] == "-")
            return new(null, id);
        return WireTime.TryParse(parts[0], out var at) ? new(at, id) : null;
    }
}
