using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Registry;

/// <summary>The registry as the hub judges by it: the registrar's keys and what each county's node takes. Immutable.</summary>
public sealed record HubRegistry(KeyRing Keys, IReadOnlyDictionary<string, IReadOnlySet<string>> TakesByCounty)
{
    /// <summary>Whether the county was ever enrolled. Hub and registrar have entries, too, but nobody can address them.</summary>
    public bool Knows(string party) => Party.IsCounty(party) && Keys.Knows(party);

    /// <summary>A county may send while one of its signing keys is valid: revoking them suspends it.</summary>
    public bool MaySend(string county, DateTimeOffset at) => Keys.KeysOf(county).Any(k => k.Use == RegisteredKey.Signing && k.ValidAt(at));

    /// <summary>A county may be sent to while one of its encryption keys is valid.</summary>
    public bool MayReceive(string county, DateTimeOffset at) => Keys.SealingKey(county, at) is not null;

    public bool IsCurrentEncKey(string county, string kid, DateTimeOffset at) => Keys.IsSealingKey(county, kid, at);

    /// <summary>Every enrolled county, sorted.</summary>
    public IEnumerable<string> Counties => Keys.Parties.Where(Party.IsCounty);

    /// <summary>Suites of the county's keys that have neither ended nor been revoked; a ring holds keys of the one suite there is.</summary>
    public IReadOnlyList<string> SuitesOf(string county, DateTimeOffset at) =>
        Keys.KeysOf(county).Any(k => k.Until > at && !(k.RevokedAt <= at)) ? [Suites.P256] : [];

    /// <summary>Whether the county's node reads this kind and version; version 1 of all until it says otherwise.</summary>
    public bool Takes(string county, string kind, int version) =>
        TakesByCounty.TryGetValue(county, out var types) ? types.Contains(Kinds.TypeOf(kind, version)) : version == 1;

    /// <summary>What <c>GET /registry/{party}/keys</c> tells as <c>takes</c>.</summary>
    public IReadOnlyList<string> TypesTakenBy(string county) => TakesByCounty.TryGetValue(county, out var types)
        ? [.. types.Order(StringComparer.Ordinal)]
        : [.. Kinds.Submitted.Keys.Select(k => Kinds.TypeOf(k, 1)).Order(StringComparer.Ordinal)];
}
