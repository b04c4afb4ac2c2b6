using ExchangeHub.Contracts;

namespace ExchangeHub.Client.Members;

/// <summary>A sealed message as it is stored before it is sent: the same bytes every time.</summary>
/// <param name="Body">The submission's bytes.</param>
/// <param name="Digest">SHA-256 of the body, b64u; the receipt names it.</param>
/// <param name="Content">The sender's own copy of the content, UTF-8 JSON: a sender cannot open what it sealed.</param>
public sealed record OutgoingMessage(Header Header, byte[] Body, string Digest, byte[] Content)
{
    /// <summary>W3C trace context, stored with the message so that all hops of its exchange join one trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How often it was published so far.</summary>
    public int Tries { get; init; }
}

/// <summary>One publish that the broker confirmed.</summary>
/// <param name="Tries">How often by now.</param>
/// <param name="NextTryAt">System clock, UTC: when the same bytes go again if no receipt came.</param>
public sealed record PublishedMessage(Guid MessageId, int Tries, DateTimeOffset NextTryAt);

/// <summary>What the operator of a node must know: the hub's fault, a forged registry, an unreadable message.</summary>
/// <param name="Code">One of <see cref="NoticeCodes"/>.</param>
/// <param name="Detail">Ids and codes, never content.</param>
public sealed record OperatorNotice(string Code, string Detail, Guid? ExchangeId = null, Guid? MessageId = null);

/// <summary>Codes of <see cref="OperatorNotice"/>.</summary>
public static class NoticeCodes
{
    /// <summary>A stamp or receipt does not hold (root, path, names, digest): the hub's fault; it is fetched again.</summary>
    public const string StampWrong = nameof(StampWrong);
    /// <summary>One <c>seq</c> with two leaves.</summary>
    public const string SeqFraud = nameof(SeqFraud);
    /// <summary>A message that could not be opened was put aside.</summary>
    public const string Unreadable = nameof(Unreadable);
    /// <summary>A message with an id that was applied before, put aside.</summary>
    public const string RepeatedId = nameof(RepeatedId);
    /// <summary>A message of a kind or form this node does not know, put aside.</summary>
    public const string KindUnknown = nameof(KindUnknown);
    /// <summary>The hub no longer keeps the body.</summary>
    public const string BodyGone = nameof(BodyGone);
    /// <summary>The hub took messages of ours, on the day named, that this store does not know: it is a copy from before them, and was healed.</summary>
    public const string RestoredCopy = nameof(RestoredCopy);
    /// <summary>The hub refused a message of ours that this store does not know: whoever wrote it must be told.</summary>
    public const string RefusedBeforeCopy = nameof(RefusedBeforeCopy);
    /// <summary>A snapshot with a smaller number was refused.</summary>
    public const string SnapshotSmaller = nameof(SnapshotSmaller);
    /// <summary>One snapshot number with two roots: nothing is sealed any more.</summary>
    public const string RegistryFraud = nameof(RegistryFraud);
    /// <summary>A snapshot, entry or key record that does not verify.</summary>
    public const string RegistryInvalid = nameof(RegistryInvalid);
    /// <summary>The own entry holds a key that is not ours, or lacks ours: nothing is sealed.</summary>
    public const string OwnEntryWrong = nameof(OwnEntryWrong);
    /// <summary>A message waits for the own key it is sealed to, which the registry has and this folder has not; nothing is received until it is back, or revoked.</summary>
    public const string OwnKeyMissing = nameof(OwnKeyMissing);
    /// <summary>No new snapshot for 14 days.</summary>
    public const string RegistryOld = nameof(RegistryOld);
    /// <summary>A directory that the hub's registered key did not sign, refused.</summary>
    public const string DirectoryInvalid = nameof(DirectoryInvalid);
    /// <summary>A directory older than one seen before, refused.</summary>
    public const string DirectorySmaller = nameof(DirectorySmaller);
    /// <summary>The hub could not judge a message by its own fault; the final statement follows.</summary>
    public const string Held = nameof(Held);
}
