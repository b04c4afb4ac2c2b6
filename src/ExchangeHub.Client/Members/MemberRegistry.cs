using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>
/// The registry as one county sees it: fetched from the hub, trusted only by the registrar's signature, kept in the county's folder.
/// A lookup that needs the hub and cannot reach it throws; it never answers "unknown" for that.
/// </summary>
sealed class MemberRegistry : IDisposable
{
    /// <summary>How often one look follows a registrar that publishes meanwhile, or a hub that only says so.</summary>
    const int FollowMax = 2;

    readonly CountyFolder folder;
    readonly HubApi api;
    readonly Clocks clocks;
    readonly Func<OperatorNotice, CancellationToken, Task> tell;
    readonly SemaphoreSlim gate = new(1, 1);
    volatile KeyRing ring;
    volatile bool fraud;
    volatile bool refused;

    public MemberRegistry(CountyFolder folder, HubApi api, Clocks clocks, Func<OperatorNotice, CancellationToken, Task> tell)
    {
        (this.folder, this.api, this.clocks, this.tell) = (folder, api, clocks, tell);
        (ring, fraud) = folder.LoadRing();
    }

    public KeyRing Ring => ring;

    /// <summary>
    /// Whether what is known of a party is all that there is: the last snapshot shown held, and the party's entry is here or the snapshot has none.
    /// Otherwise a key unknown here says nothing against who used it.
    /// </summary>
    public bool IsNewestOf(string party) => !refused && (ring.Holds(party) || !ring.Knows(party));

    /// <summary>Whether what lies in the folder is enough to receive and send by, also without the hub: an enrolled county's.</summary>
    public bool CanWork => ring.Number > 0 && folder.OwnEntryHolds(ring, clocks.Now);

    /// <summary>Why nothing may be sealed now, or none.</summary>
    public string? SealingStopped => fraud ? SealException.RegistryFraud
        : ring.AgeAt(clocks.Now) == RegistryAge.TooOld ? SealException.RegistryTooOld
        : !folder.OwnEntryHolds(ring, clocks.Now) ? SealException.OwnEntryWrong
        : null;

    /// <summary>Fetches the newest snapshot, the own entry and the hub's. How old the registry is, is told also while the hub is away.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            await RefreshHeldAsync(ct);
        }
        finally
        {
            gate.Release();
            if (ring.Number > 0 && ring.AgeAt(clocks.Now) != RegistryAge.Fresh)
                await tell(new(NoticeCodes.RegistryOld, $"snapshot {ring.Number} of {WireTime.Format(ring.IssuedAt)}"), ct);
        }
    }

    /// <summary>A party's signing key, valid or not. Unknown ones are looked for in a fresh registry first.</summary>
    public async Task<RegisteredKey?> SigningKeyAsync(string party, string kid, CancellationToken ct)
    {
        if (ring.SigningKey(party, kid) is { } known)
            return known;
        await EntryAsync(party, ct);
        if (ring.SigningKey(party, kid) is { } fetched)
            return fetched;
        await RefreshAsync(ct);
        await EntryAsync(party, ct);
        return ring.SigningKey(party, kid);
    }

    /// <summary>The key to seal to, or none where the party has no valid one.</summary>
    public async Task<RegisteredKey?> SealingKeyAsync(string party, CancellationToken ct)
    {
        await EntryAsync(party, ct);
        return ring.SealingKey(party, clocks.Now);
    }

    /// <summary>Sees to it that the party's entry of the newest snapshot is here, if there is one.</summary>
    public async Task EntryAsync(string party, CancellationToken ct)
    {
        if (ring.Holds(party))
            return;
        await gate.WaitAsync(ct);
        try
        {
            if (!ring.Knows(party))
                await RefreshHeldAsync(ct);
            if (!ring.Holds(party) && ring.Knows(party))
                await FetchEntryAsync(party, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Save() => folder.SaveRing(ring, fraud);

    public void Dispose() => gate.Dispose();

    async Task RefreshHeldAsync(CancellationToken ct, int follow = FollowMax)
    {
        var before = ring.Number;
        var change = await api.AdvanceAsync(ring, ct);
        refused = !change.Ok;
        await TakeAsync(change, ct);
        foreach (var party in new[] { folder.Settings.Party, folder.Settings.Hub })
            if (!ring.Holds(party) && ring.Knows(party))
                await FetchEntryAsync(party, ct, follow);
        if (ring.Number != before)
            Save();
        if (ring.Knows(folder.Settings.Party) && !folder.OwnEntryHolds(ring, clocks.Now))
            await tell(new(NoticeCodes.OwnEntryWrong, $"snapshot {ring.Number}"), ct);
    }

    async Task FetchEntryAsync(string party, CancellationToken ct, int follow = FollowMax)
    {
        if (await api.GetEntryAsync(party, ct) is not { } view)
            return;
        var change = ring.AcceptEntry(party, view);
        // The registrar published since we last looked, perhaps with a new key of its own: the entry says so before anything else does.
        if (change.Verdict is RingVerdict.NewerSnapshot or RingVerdict.Invalid && follow > 0)
        {
            var before = ring.Number;
            await RefreshHeldAsync(ct, follow - 1);
            if (ring.Number > before)
            {
                if (!ring.Holds(party) && ring.Knows(party))
                    await FetchEntryAsync(party, ct, follow - 1);
                return;
            }
        }
        if (change.Verdict == RingVerdict.Accepted)
            folder.KeepFetched(view.Leaf);
        await TakeAsync(change, ct);
    }

    async Task TakeAsync(RingChange change, CancellationToken ct)
    {
        ring = change.Ring;
        switch (change.Verdict)
        {
            case RingVerdict.SmallerNumber:
                await tell(new(NoticeCodes.SnapshotSmaller, $"newest seen {ring.Number}"), ct);
                break;
            case RingVerdict.Fraud:
                fraud = true;
                Save();
                await tell(new(NoticeCodes.RegistryFraud, $"snapshot {ring.Number} has two roots"), ct);
                break;
            case RingVerdict.Invalid:
                await tell(new(NoticeCodes.RegistryInvalid, $"newest seen {ring.Number}"), ct);
                break;
        }
    }
}
