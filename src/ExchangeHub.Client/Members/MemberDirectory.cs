using System.Globalization;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>One copy in memory of a directory that many counties of a process hold.</summary>
public sealed class DirectoryCopies
{
    readonly Lock sync = new();
    WeakReference<SignedDirectory>? newest;

    internal SignedDirectory Share(SignedDirectory one)
    {
        lock (sync)
        {
            if (newest is not null && newest.TryGetTarget(out var known) && known.Token == one.Token)
                return known;
            newest = new(one);
            return one;
        }
    }
}

/// <summary>The directory as one county sees it: fetched from the hub, trusted by the hub's registered key, kept in the county's folder.</summary>
sealed class MemberDirectory(CountyFolder folder, HubApi api, MemberRegistry registry, DirectoryCopies copies, Func<OperatorNotice, CancellationToken, Task> tell)
{
    volatile SignedDirectory? current = folder.LoadDirectory() is { } kept
        && SignedDirectory.Read(kept, folder.Settings.Hub, kid => registry.Ring.SigningKey(folder.Settings.Hub, kid)) is { } read ? copies.Share(read) : null;

    /// <summary>The newest one seen; none before the first.</summary>
    public SignedDirectory? Current => current;

    /// <summary>Fetches it where the hub has a newer one. One caller at a time.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (!registry.CanWork)
            return; // without a key of its own it cannot say who asks
        var (hub, known) = (folder.Settings.Hub, current);
        if (await api.GetDirectoryAsync(known?.Place, ct) is not { } token)
            return;
        var key = CompactJws.TryReadKid(token, JoseTypes.Directory, out var kid, Limits.DirectoryCharactersMax) ? await registry.SigningKeyAsync(hub, kid, ct) : null;
        if (key is null || SignedDirectory.Read(token, hub, _ => key) is not { } fetched)
            await tell(new(NoticeCodes.DirectoryInvalid, $"newest seen {Text(known)}"), ct);
        else if (known is not null && fetched.Place.CompareTo(known.Place) < 0)
            await tell(new(NoticeCodes.DirectorySmaller, $"{Text(fetched)}, newest seen {Text(known)}"), ct);
        else if (known is null || fetched.Place.CompareTo(known.Place) > 0)
        {
            folder.SaveDirectory(token);
            current = copies.Share(fetched);
        }
    }

    static string Text(SignedDirectory? directory) =>
        directory is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{directory.Place.Epoch}.{directory.Place.Version}");
}
