using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Ledger;

/// <summary>The tree of one batch with all its levels, so that the paths of two hundred leaves cost one pass.
/// Pairing level by level, a last odd hash rising unchanged, is the same tree as <see cref="MerkleTree"/>'s split.</summary>
public sealed class BatchTree
{
    readonly List<byte[][]> levels = [];

    public BatchTree(byte[][] leafHashes)
    {
        if (leafHashes.Length == 0)
            throw new ArgumentException("A batch that says nothing has no tree.", nameof(leafHashes));
        levels.Add(leafHashes);
        while (levels[^1].Length > 1)
        {
            var below = levels[^1];
            var level = new byte[(below.Length + 1) / 2][];
            for (var i = 0; i < level.Length; i++)
                level[i] = 2 * i + 1 < below.Length ? MerkleTree.HashNode(below[2 * i], below[2 * i + 1]) : below[2 * i];
            levels.Add(level);
        }
    }

    /// <param name="leafHashes">size × 32 bytes, as stored with the batch.</param>
    public static BatchTree FromStored(byte[] leafHashes) => new([.. leafHashes.Chunk(MerkleTree.HashBytes)]);

    public int Size => levels[0].Length;

    public byte[] Root => levels[^1][0];

    /// <summary>All leaf hashes, one after the other.</summary>
    public byte[] Stored() => [.. levels[0].SelectMany(h => h)];

    /// <summary>Hashes from the leaf up, b64u.</summary>
    public string[] Path(int index)
    {
        var path = new List<string>(levels.Count);
        foreach (var level in levels)
        {
            if ((index ^ 1) < level.Length)
                path.Add(B64u.Encode(level[index ^ 1]));
            index >>= 1;
        }
        return [.. path];
    }
}
