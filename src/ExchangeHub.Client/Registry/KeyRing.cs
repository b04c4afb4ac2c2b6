using System.Collections.Immutable;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>What became of a snapshot, an entry or an update that was held against a ring.</summary>
public enum RingVerdict
{
    Accepted,
    /// <summary>The same as before; nothing changed.</summary>
    Unchanged,
    /// <summary>A number below the newest one seen: refused.</summary>
    SmallerNumber,
    /// <summary>One number with two roots: somebody forges. Nothing is sealed any more.</summary>
    Fraud,
    /// <summary>A signature, root, path or form that does not hold.</summary>
    Invalid,
    /// <summary>The entry lies in a newer snapshot than the ring's: fetch the registry first.</summary>
    NewerSnapshot,
}

/// <summary>A verdict with the ring that follows from it; the old one where nothing was accepted.</summary>
public sealed record RingChange(RingVerdict Verdict, KeyRing Ring)
{
    public bool Ok => Verdict is RingVerdict.Accepted or RingVerdict.Unchanged;
}

/// <summary>How old the newest snapshot is, counted from its <c>issuedAt</c>.</summary>
public enum RegistryAge
{
    Fresh,
    /// <summary>Over 14 days: warn.</summary>
    Old,
    /// <summary>Over 30 days, or none at all: seal nothing new.</summary>
    TooOld,
}

/// <summary>
/// The registry as one party trusts it: pinned registrars, the newest snapshot seen, and verified entries: all of them at the hub,
/// those asked for at a node. A key counts only if its record verifies and its entry lies in this snapshot. Immutable.
/// </summary>
public sealed class KeyRing
{
    sealed record Known(ImmutableArray<byte> Leaf, IReadOnlyList<RegisteredKey> Keys);

    ImmutableDictionary<string, Jwk> registrars = ImmutableDictionary<string, Jwk>.Empty;
    ImmutableDictionary<string, Known> entries = ImmutableDictionary<string, Known>.Empty;
    ImmutableDictionary<string, int> places = ImmutableDictionary<string, int>.Empty;
    List<byte[]> leaves = [];

    KeyRing(string hub) => Hub = hub;

    KeyRing(KeyRing from) => (Hub, registrars, entries, places, leaves, Parties, Number, Root, IssuedAt, SnapshotToken) =
        (from.Hub, from.registrars, from.entries, from.places, from.leaves, from.Parties, from.Number, from.Root, from.IssuedAt, from.SnapshotToken);

    public string Hub { get; }

    /// <summary>Number of the newest accepted snapshot; 0 before the first.</summary>
    public int Number { get; private init; }

    public string Root { get; private init; } = "";

    public DateTimeOffset IssuedAt { get; private init; }

    /// <summary>The snapshot as it travels; empty before the first.</summary>
    public string SnapshotToken { get; private init; } = "";

    /// <summary>Every party of the snapshot, sorted.</summary>
    public IReadOnlyList<string> Parties { get; private init; } = [];

    /// <summary>The registrars' public keys that are trusted: the pinned one and those it signed.</summary>
    public IReadOnlyCollection<Jwk> Registrars => [.. registrars.Values];

    /// <summary>An empty ring that trusts this registrar and nobody else.</summary>
    public static KeyRing Pinned(string hub, params IEnumerable<Jwk> registrars) =>
        new(hub) { registrars = registrars.ToImmutableDictionary(PublicJwk.Kid, StringComparer.Ordinal) };

    public bool Knows(string party) => places.ContainsKey(party);

    /// <summary>Whether the party's entry is here and lies in the newest snapshot.</summary>
    public bool Holds(string party) => entries.ContainsKey(party);

    public IReadOnlyList<RegisteredKey> KeysOf(string party) => entries.TryGetValue(party, out var known) ? known.Keys : [];

    /// <summary>A party's signing key by <c>kid</c>, valid or not: the caller judges it at the hub's stamp.</summary>
    public RegisteredKey? SigningKey(string party, string kid) =>
        KeysOf(party).FirstOrDefault(k => k.Use == RegisteredKey.Signing && k.Kid == kid);

    /// <summary>Whether a <c>kid</c> is a current encryption key of the party.</summary>
    public bool IsSealingKey(string party, string kid, DateTimeOffset at) =>
        KeysOf(party).Any(k => k.Use == RegisteredKey.Encryption && k.Kid == kid && k.ValidAt(at));

    /// <summary>The key to seal to: the valid <c>enc</c> record with the latest <c>from</c>.</summary>
    public RegisteredKey? SealingKey(string party, DateTimeOffset at) =>
        KeysOf(party).Where(k => k.Use == RegisteredKey.Encryption && k.ValidAt(at)).MaxBy(k => k.From);

    public RegistryAge AgeAt(DateTimeOffset now) => Number == 0 || now - IssuedAt > Limits.SnapshotStopAfter ? RegistryAge.TooOld
        : now - IssuedAt > Limits.SnapshotWarnAfter ? RegistryAge.Old
        : RegistryAge.Fresh;

    /// <summary>A node: takes the answer of <c>GET /registry</c>. Entries whose leaf changed are dropped and asked for again.</summary>
    public RingChange Accept(RegistryView view)
    {
        if (ReadSnapshot(view.Snapshot) is not { } snapshot || view.Parties.Count != view.Leaves.Count || view.Parties.Count != snapshot.Size
            || !IsSorted(view.Parties) || DecodeHashes(view.Leaves) is not { } hashes)
            return new(RingVerdict.Invalid, this);
        return Advance(view.Snapshot, snapshot, view.Parties, hashes, entries);
    }

    /// <summary>A node: takes the answer of <c>GET /registry/{party}/keys</c>, whose snapshot must be the ring's.</summary>
    public RingChange AcceptEntry(string party, EntryView view)
    {
        if (ReadSnapshot(view.Root) is not { } snapshot)
            return new(RingVerdict.Invalid, this);
        if (snapshot.Number > Number)
            return new(RingVerdict.NewerSnapshot, this);
        if (snapshot.Number < Number)
            return new(RingVerdict.SmallerNumber, this);
        if (snapshot.Root != Root)
            return new(RingVerdict.Fraud, this);
        if (!B64u.TryDecode(view.Leaf, out var leaf) || !places.TryGetValue(party, out var place) || place != view.Index
            || DecodeHashes(view.Path) is not { } path || !B64u.TryDecode(Root, out var root)
            || !MerkleTree.Verify(MerkleTree.HashLeaf(leaf), view.Index, snapshot.Size, path, root)
            || ReadEntry(leaf, party) is not { } keys)
            return new(RingVerdict.Invalid, this);
        return new(RingVerdict.Accepted, new KeyRing(this) { entries = entries.SetItem(party, new Known([.. leaf], keys)) });
    }

    /// <summary>An entry that was kept beside the snapshot: taken where its leaf is the snapshot's, left out otherwise.</summary>
    internal KeyRing AcceptHeld(string text) =>
        B64u.TryDecode(text, out var leaf) && RegistryJson.Read(leaf, ContractsJson.Default.RegistryEntry) is { } entry
        && places.TryGetValue(entry.Party, out var place) && leaves[place].AsSpan().SequenceEqual(MerkleTree.HashLeaf(leaf))
        && ReadEntry(leaf, entry.Party) is { } keys
            ? new KeyRing(this) { entries = entries.SetItem(entry.Party, new Known([.. leaf], keys)) }
            : this;

    /// <summary>The hub: takes what the registrar publishes. Unchanged entries stay; the snapshot must cover exactly all of them.</summary>
    public RingChange Accept(RegistryUpdate update)
    {
        var changed = new List<(string Party, byte[] Leaf)>(update.Entries.Count);
        foreach (var text in update.Entries)
        {
            if (!B64u.TryDecode(text, out var leaf) || RegistryJson.Read(leaf, ContractsJson.Default.RegistryEntry) is not { } entry)
                return new(RingVerdict.Invalid, this);
            changed.Add((entry.Party, leaf));
        }
        var trusting = changed.Where(c => c.Party == Party.Registrar).Aggregate(this, (ring, c) => ring.Trusting(c.Leaf));
        if (trusting.ReadSnapshot(update.Snapshot) is not { } snapshot)
            return new(RingVerdict.Invalid, this);
        if (snapshot.Number <= Number)
            return new(Advance(update.Snapshot, snapshot, Parties, leaves, entries).Verdict, this); // before thousands of records are verified for nothing
        var merged = entries;
        foreach (var (party, leaf) in changed)
        {
            if (trusting.ReadEntry(leaf, party) is not { } keys)
                return new(RingVerdict.Invalid, this);
            merged = merged.SetItem(party, new Known([.. leaf], keys));
        }
        var parties = merged.Keys.Order(StringComparer.Ordinal).ToList();
        var hashes = parties.ConvertAll(p => MerkleTree.HashLeaf(merged[p].Leaf.AsSpan()));
        if (snapshot.Size != parties.Count)
            return new(RingVerdict.Invalid, this);
        var change = trusting.Advance(update.Snapshot, snapshot, parties, hashes, merged);
        return change.Ok ? change : new(change.Verdict, this);
    }

    /// <summary>
    /// A new registrar key counts once a pinned one signed its record: held against the entry of <c>registrar</c> before a snapshot
    /// that the new key signed.
    /// </summary>
    public KeyRing Trusting(byte[] registrarEntry) =>
        RegistryJson.Read(registrarEntry, ContractsJson.Default.RegistryEntry) is not { Party: Party.Registrar } entry ? this
            : entry.Records.Aggregate(this, (ring, token) =>
                RegisteredKey.TryRead(token, Hub, ring.Registrar, out var key) && key.Role == Roles.Registrar
                    ? new KeyRing(ring) { registrars = ring.registrars.SetItem(key.Kid, key.Jwk) }
                    : ring);

    /// <summary>What <c>GET /registry</c> answers from this ring.</summary>
    public RegistryView View() => new(SnapshotToken, Parties, [.. leaves.Select(l => B64u.Encode(l))]);

    /// <summary>What <c>GET /registry/{party}/keys</c> answers from this ring, or none.</summary>
    public EntryView? EntryOf(string party, IReadOnlyList<string> takes) => !entries.TryGetValue(party, out var known) ? null
        : new EntryView(B64u.Encode(known.Leaf.AsSpan()), places[party],
            [.. MerkleTree.Path([.. leaves], places[party]).Select(h => B64u.Encode(h))], SnapshotToken, takes);

    /// <summary>Every held entry's bytes, b64u: with the snapshot enough to build the same ring again.</summary>
    public IReadOnlyList<string> Entries() =>
        [.. entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => B64u.Encode(e.Value.Leaf.AsSpan()))];

    Jwk? Registrar(string kid) => registrars.GetValueOrDefault(kid);

    RegistrySnapshot? ReadSnapshot(string token) =>
        CompactJws.TryVerify(token, JoseTypes.Registry, Registrar, out var verified)
        && RegistryJson.Read(verified.Payload, ContractsJson.Default.RegistrySnapshot) is { } snapshot
        && snapshot.Hub == Hub && snapshot.Number > 0 && snapshot.Size > 0 && B64u.IsHash(snapshot.Root) && WireTime.TryParse(snapshot.IssuedAt, out _)
            ? snapshot : null;

    List<RegisteredKey>? ReadEntry(byte[] leaf, string party)
    {
        if (RegistryJson.Read(leaf, ContractsJson.Default.RegistryEntry) is not { } entry || entry.Party != party || entry.Records.Count == 0)
            return null;
        var keys = new List<RegisteredKey>(entry.Records.Count);
        foreach (var token in entry.Records)
        {
            if (!RegisteredKey.TryRead(token, Hub, Registrar, out var key))
            {
                // Who pinned a later registrar cannot check the records of those before it, and need not.
                if (party == Party.Registrar)
                    continue;
                return null;
            }
            if (key.Party != party || keys.Exists(k => k.Kid == key.Kid))
                return null;
            keys.Add(key);
        }
        return keys;
    }

    RingChange Advance(string token, RegistrySnapshot snapshot, IReadOnlyList<string> parties, List<byte[]> hashes, ImmutableDictionary<string, Known> held)
    {
        // The registrar's signature held, so its number and root are facts even where the leaves beside them are wrong.
        if (snapshot.Number < Number)
            return new(RingVerdict.SmallerNumber, this);
        if (snapshot.Number == Number)
            return new(snapshot.Root == Root ? RingVerdict.Unchanged : RingVerdict.Fraud, this);
        if (B64u.Encode(MerkleTree.Root([.. hashes])) != snapshot.Root || !WireTime.TryParse(snapshot.IssuedAt, out var issuedAt))
            return new(RingVerdict.Invalid, this);
        var order = parties.Select((party, place) => (party, place)).ToImmutableDictionary(p => p.party, p => p.place, StringComparer.Ordinal);
        var stillThere = held.Where(e => order.TryGetValue(e.Key, out var place)
            && MerkleTree.HashLeaf(e.Value.Leaf.AsSpan()).AsSpan().SequenceEqual(hashes[place])).ToImmutableDictionary();
        return new(RingVerdict.Accepted, new KeyRing(this)
        {
            entries = stillThere,
            places = order,
            leaves = hashes,
            Parties = parties,
            Number = snapshot.Number,
            Root = snapshot.Root,
            IssuedAt = issuedAt,
            SnapshotToken = token,
        });
    }

    static bool IsSorted(IReadOnlyList<string> parties)
    {
        for (var i = 1; i < parties.Count; i++)
            if (string.CompareOrdinal(parties[i - 1], parties[i]) >= 0)
                return false;
        return true;
    }

    static List<byte[]>? DecodeHashes(IReadOnlyList<string> hashes)
    {
        var decoded = new List<byte[]>(hashes.Count);
        foreach (var hash in hashes)
        {
            if (!B64u.TryDecode(hash, out var bytes) || bytes.Length != MerkleTree.HashBytes)
                return null;
            decoded.Add(bytes);
        }
        return decoded;
    }
}
