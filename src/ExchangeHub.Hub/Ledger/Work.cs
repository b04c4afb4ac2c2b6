using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub.Ledger;

/// <summary>One thing a batch has to do, in order of arrival.</summary>
public abstract record Work
{
    /// <summary>Judge a message of an authenticated county.</summary>
    /// <param name="Screened">What the steps before the tables found; empty: nothing.</param>
    public sealed record Judge(Incoming Message, IReadOnlyList<Refusal> Screened) : Work;

    /// <summary>Judge a quarantined message again: the same bytes, this batch's time. For its exchange the time since then counts as an outage of the hub.</summary>
    public sealed record Replay(Incoming Message, IReadOnlyList<Refusal> Screened, Guid QuarantineId, DateTimeOffset HeldAt) : Work;

    /// <summary>Keep a message that fails by the hub's own fault, and tell its sender that it is held.</summary>
    /// <param name="Reason">A code for the operator.</param>
    /// <param name="MayBeKept">Its bytes are fit to be kept, for a replay.</param>
    public sealed record Hold(Incoming Message, string Reason, bool MayBeKept) : Work;

    /// <summary>Do to an exchange what is the hub's own duty.</summary>
    public sealed record Duty(Guid ExchangeId, HubCommand Command) : Work;

    /// <summary>Tell a county that registry or directory changed.</summary>
    /// <param name="Snapshot">Number of the newest snapshot.</param>
    /// <param name="Directory">Version of the newest directory.</param>
    public sealed record Announce(string County, int Snapshot, int Directory) : Work;
}

/// <summary>What was said to (county, message id) before.</summary>
/// <param name="LeafHashes">Of its batch, to build the path again.</param>
public sealed record Seen(byte[] Digest, string Verdict, Guid Batch, int Index, byte[] Leaf, string Root, byte[] LeafHashes);

/// <summary>Verdicts as they stand in <c>hub.submissions</c>.</summary>
public static class Verdicts
{
    public const string Accepted = "accepted";
    public const string Refused = "refused";
    public const string Held = "held";
}
