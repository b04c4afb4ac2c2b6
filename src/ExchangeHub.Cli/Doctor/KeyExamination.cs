using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Doctor;

/// <summary>Whether private keys lie where only their owner reads them, and whether the verified registry still lets them do their work.</summary>
static class KeyExamination
{
    public const string FilesCure = "Give the folder to its own user alone: chmod 700, files 600.";

    /// <summary>A renewal takes the hands of a node and of the registrar: two months leave room for both.</summary>
    static readonly TimeSpan EndsSoon = TimeSpan.FromDays(60);

    /// <summary>The hub's key against the hub's record.</summary>
    public static async Task<Finding> HubAsync(Installation installation, CancellationToken cancel)
    {
        var path = Path.Combine(installation.HubFolder, "hub.pem");
        if (FileIll(path) is { } ill)
            return ill;
        using var key = SigningKey.FromPem(await File.ReadAllTextAsync(path, cancel));
        var (ring, now) = await RegistryAsync(installation, [installation.HubId], cancel);
        const string another = "Move hub.pem away; exchangehub install makes another; start the hub again, then exchangehub enrol hub.";
        return ring.SigningKey(installation.HubId, key.Kid) switch
        {
            null => new(Health.Ill, "", $"the registry has no record of {key.Kid}: counties believe nothing the hub says", "exchangehub enrol hub"),
            var record when !record.ValidAt(now) => new(Health.Ill, "", $"{key.Kid} {Ended(record)}: counties believe nothing the hub says", another),
            var record when record.Until - now < EndsSoon => new(Health.Watch, "", $"{key.Kid} ends {WireTime.Format(record.Until)}", another),
            var record => new(Health.Well, "", $"{key.Kid} until {WireTime.Format(record.Until)}"),
        };
    }

    /// <summary>Each county's keys against its entry; the worst is told, the others are counted.</summary>
    public static async Task<Finding> CountiesAsync(Installation installation, CancellationToken cancel)
    {
        var paths = Directory.GetDirectories(installation.CountiesFolder).Order(StringComparer.Ordinal).ToList();
        foreach (var file in paths.SelectMany(p => Directory.GetFiles(Path.Combine(p, "keys"), "*.pem")))
            if (FileIll(file) is { } ill)
                return ill;
        var (ring, now) = await RegistryAsync(installation, paths.Select(p => Path.GetFileName(p)), cancel);
        var found = new List<Finding>();
        foreach (var path in paths)
        {
            using var folder = CountyFolder.Open(path);
            if (Judge(folder, ring, now) is { } trouble)
                found.Add(trouble);
        }
        return found.MaxBy(f => f.Health) is not { } worst ? new(Health.Well, "", $"{paths.Count} counties")
            : found.Count == 1 ? worst
            : worst with { Found = $"{worst.Found}; and {found.Count - 1} more of {paths.Count} counties" };
    }

    static Finding? Judge(CountyFolder folder, KeyRing ring, DateTimeOffset now)
    {
        var county = folder.Settings.Party;
        var invite = $"exchangehub enrol invite {county}, then enrol request and enrol sign: that ends the keys before.";
        var renew = $"exchangehub keys renew {county}, then enrol sign.";
        if (!ring.Knows(county))
            return new(Health.Watch, "", $"{county} is not in the registry", $"exchangehub enrol sign, where it has asked; otherwise exchangehub enrol invite {county}.");
        var valid = ring.KeysOf(county).Where(k => k.ValidAt(now)).ToLookup(k => k.Use);
        foreach (var use in new[] { RegisteredKey.Signing, RegisteredKey.Encryption })
            if (!valid.Contains(use))
                return new(Health.Ill, "", $"{county} has no valid key ({use}): its last {(ring.KeysOf(county).LastOrDefault(k => k.Use == use) is { } last ? Ended(last) : "is none")}",
                    folder.SigningKeyAt(ring, now) is null ? invite : renew);
        if (!folder.OwnEntryHolds(ring, now))
            return new(Health.Ill, "", $"{county} has a key in the registry that is not in its folder: lost, or another's", invite);
        var until = valid.Min(keys => keys.Max(k => k.Until));
        return until - now < EndsSoon ? new(Health.Watch, "", $"{county}: keys end {WireTime.Format(until)}", renew) : null;
    }

    static string Ended(RegisteredKey record) => record.RevokedAt is { } at ? $"was revoked {WireTime.Format(at)}" : $"ended {WireTime.Format(record.Until)}";

    static async Task<(KeyRing Ring, DateTimeOffset Now)> RegistryAsync(Installation installation, IEnumerable<string> parties, CancellationToken cancel)
    {
        var clocks = await BusinessClock.OfAsync(installation, cancel);
        using var http = new HttpClient { BaseAddress = installation.HubUrl };
        var pinned = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(installation.RegistrarKeyFile, cancel), ContractsJson.Default.Jwk)!;
        return (await new HubApi(http, installation.HubId, Party.Registrar, () => null, clocks).GetRingAsync(pinned, parties, cancel), clocks.Now);
    }

    static Finding? FileIll(string path) =>
        !File.Exists(path) ? new(Health.Ill, "", $"{path} is missing", "exchangehub install or exchangehub up makes what is missing.")
        : !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None
            ? new(Health.Ill, "", $"{path} can be read by others")
        : null;
}
