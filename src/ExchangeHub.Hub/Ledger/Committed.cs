using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Ledger;

/// <summary>A batch that is in the database for good, with all that is to be published of it.</summary>
/// <param name="At">The batch's reading of the business clock.</param>
/// <param name="Accepted">Messages accepted; <paramref name="Facts"/> counts facts of any origin.</param>
/// <param name="Replayed">Verdicts of replays, by the quarantine row's id.</param>
public sealed record Committed(DateTimeOffset At, IReadOnlyList<Outgoing> Outgoing, int Accepted, int Refused, int Repeated, int Facts,
    IReadOnlyDictionary<Guid, string> Replayed);

/// <summary>One statement on its way to one county.</summary>
/// <param name="Pending">Whether a row of <c>hub.pending</c> stands for it; a repeated receipt has none: its sender asks again.</param>
public abstract record Outgoing(string Addressee, Guid Batch, int Index, byte[] Leaf, IReadOnlyList<string> Path, string Root, bool Pending)
{
    public Stamp Stamp() => new(B64u.Encode(Leaf), Index, Path, Root);

    /// <summary>To the sender of a submission: travels with the others of its batch in <c>receipts.v1</c>.</summary>
    public sealed record Receipt(string Addressee, Guid Batch, int Index, byte[] Leaf, IReadOnlyList<string> Path, string Root, bool Pending)
        : Outgoing(Addressee, Batch, Index, Leaf, Path, Root, Pending);

    /// <summary>To the other side: its message, or (without body) an event.</summary>
    /// <param name="Type"><c>kind.vN</c>.</param>
    /// <param name="MessageId">Of the submission, or the event's id.</param>
    /// <param name="ExchangeId">Absent in an event of no exchange.</param>
    /// <param name="Opens">Whether due dates count from it: confirmed late, they count anew.</param>
    public sealed record Delivery(string Addressee, Guid Batch, int Index, byte[] Leaf, IReadOnlyList<string> Path, string Root,
        string Type, Guid MessageId, Guid? ExchangeId, byte[]? Body, string? TraceParent, DateTimeOffset AcceptedAt, bool Opens)
        : Outgoing(Addressee, Batch, Index, Leaf, Path, Root, Pending: true);
}

/// <summary>The commit was sent and its answer is lost: it may have happened. Neither done again nor acknowledged; the broker's redelivery settles it.</summary>
public sealed class CommitUncertainException(Exception inner) : Exception("The outcome of a commit is unknown.", inner);

/// <summary>The database did not write what was intended.</summary>
public sealed class RowsMismatchException(string table, long written, long intended)
    : Exception($"{table}: {written} rows written, {intended} intended.")
{
    public string Table { get; } = table;
}
