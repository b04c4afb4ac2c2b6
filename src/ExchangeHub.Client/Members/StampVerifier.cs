using System.Collections.Concurrent;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>A statement whose root, path and hub held.</summary>
sealed record VerifiedStamp(Statement Statement, string LeafHash, Stamp Stamp);

/// <summary>Check (a) of the wire's section 4: the root is signed by a hub key valid at <c>at</c>, the path climbs to it, the hub is ours.</summary>
sealed class StampVerifier(string hub, Func<string, CancellationToken, Task<RegisteredKey?>> hubKey)
{
    // A batch's root stands in many stamps; its signature is checked once.
    const int RootsMax = 512;
    readonly ConcurrentDictionary<string, BatchRoot> roots = new(StringComparer.Ordinal);

    /// <returns>The statement, or none where something does not hold.</returns>
    public async Task<VerifiedStamp?> VerifyAsync(Stamp stamp, CancellationToken ct)
    {
        if (await RootAsync(stamp.Root, ct) is not { } root
            || !B64u.TryDecode(stamp.Leaf, out var leaf) || !B64u.TryDecode(root.Root, out var rootHash))
            return null;
        var path = new List<byte[]>(stamp.Path.Count);
        foreach (var text in stamp.Path)
        {
            if (!B64u.TryDecode(text, out var hash))
                return null;
            path.Add(hash);
        }
        var leafHash = MerkleTree.HashLeaf(leaf);
        return MerkleTree.Verify(leafHash, stamp.Index, root.Size, path, rootHash) && Statement.Read(leaf) is { } statement && statement.Hub == hub
            ? new VerifiedStamp(statement, B64u.Encode(leafHash), stamp) : null;
    }

    async Task<BatchRoot?> RootAsync(string token, CancellationToken ct)
    {
        if (roots.TryGetValue(token, out var known))
            return known;
        if (!CompactJws.TryReadKid(token, JoseTypes.Root, out var kid) || await hubKey(kid, ct) is not { } key
            || !CompactJws.TryVerify(token, JoseTypes.Root, _ => key.Jwk, out var verified)
            || RegistryJson.Read(verified.Payload, ContractsJson.Default.BatchRoot) is not { } root
            || root.Hub != hub || root.Size < 1 || !B64u.IsHash(root.Root)
            || !WireTime.TryParse(root.At, out var at) || !key.ValidAt(at))
            return null;
        if (roots.Count >= RootsMax)
            roots.Clear();
        roots.TryAdd(token, root);
        return root;
    }
}
