using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Reports;

namespace ExchangeHub.Hub.Ledger;

/// <summary>What a batch is going to write and say, before its root is signed. Filled by <see cref="BatchFold"/>.</summary>
sealed class BatchDraft(DateTimeOffset at)
{
    public sealed record SubmissionRow(string County, Guid MessageId, byte[] Digest, int Index, string Verdict, IReadOnlyList<string> Codes);

    /// <param name="ExchangeId">Absent, as is <paramref name="Seq"/>, in an event of no exchange.</param>
    public sealed record DeliveryRow(int Index, string Addressee, Guid? ExchangeId, int? Seq, string Type, Guid MessageId, string? Sender, byte[]? Body,
        string? TraceParent, DateTimeOffset AcceptedAt, bool Opens);

    public sealed record QuarantineRow(Guid Id, string Reason, Incoming Message, bool MayBeKept);

    /// <summary>One exchange's way through the batch: one append to its stream.</summary>
    public sealed class Thread(Exchange? before)
    {
        public Exchange? Before { get; } = before;
        public Exchange? After { get; set; } = before;
        public List<ExchangeEvent> Facts { get; } = [];
    }

    /// <summary>The batch's reading of the business clock.</summary>
    public DateTimeOffset At { get; } = at;
    /// <summary>Statements in the order decided: the leaves.</summary>
    public List<byte[]> Leaves { get; } = [];
    public List<SubmissionRow> Submissions { get; } = [];
    /// <summary>Who gets a receipt of which leaf; unlike <see cref="Submissions"/> it also holds what is not kept.</summary>
    public List<(string County, int Index)> Receipts { get; } = [];
    public List<DeliveryRow> Deliveries { get; } = [];
    public List<(string County, Seen Seen)> Repeats { get; } = [];
    public List<ReportRow> Reports { get; } = [];
    public List<QuarantineRow> Quarantine { get; } = [];
    /// <summary>Verdicts of replays, by the quarantine row's id.</summary>
    public Dictionary<Guid, string> Replayed { get; } = [];
    public Dictionary<Guid, Thread> Threads { get; } = [];
    /// <summary>Kinds accepted, codes refused, duties told overdue: for the counts of telemetry, after the commit.</summary>
    public List<string> AcceptedKinds { get; } = [];
    public List<IReadOnlyList<string>> RefusedCodes { get; } = [];
    public List<string> OverdueDuties { get; } = [];

    /// <summary>Exchanges that are not as they were: most by facts, some only in when they are looked at next.</summary>
    public IEnumerable<Thread> Changed => Threads.Values.Where(t => t.After is not null && !ReferenceEquals(t.After, t.Before));

    /// <summary>Nothing was said and nothing is to be written.</summary>
    public bool IsEmpty => Leaves.Count == 0 && Replayed.Count == 0 && !Changed.Any();

    public int Say(Statement statement)
    {
        Leaves.Add(statement.Write());
        return Leaves.Count - 1;
    }

    public BatchTree Tree() => new([.. Leaves.Select(l => MerkleTree.HashLeaf(l))]);
}
