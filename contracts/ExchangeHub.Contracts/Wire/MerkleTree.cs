using System.Security.Cryptography;

namespace ExchangeHub.Contracts.Wire;

/// <summary>
/// The tree over a batch's statements: RFC 6962 section 2.1 with SHA-256, checked as RFC 9162 section 2.1.3.2.
/// Built level by level, each hash once: splitting at the largest power of two below the size pairs neighbours
/// from the left and lifts an odd last one unchanged.
/// </summary>
public sealed class MerkleTree
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    readonly List<byte[][]> levels;

    MerkleTree(List<byte[][]> levels) => this.levels = levels;

    /// <summary>Builds the tree over leaf hashes in order; keep it to take many paths.</summary>
    public static MerkleTree Of(IReadOnlyList<byte[]> leafHashes)
    {
        var level = leafHashes.ToArray();
        var built = new List<byte[][]> { level };
        while (level.Length > 1)
        {
            var above = new byte[(level.Length + 1) / 2][];
            for (var i = 0; i < above.Length; i++)
                above[i] = (2 * i) + 1 < level.Length ? HashNode(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
            built.Add(level = above);
        }
        return new(built);
    }

    public int Size => levels[0].Length;

    /// <summary>The root; of no leaves, the hash of nothing.</summary>
    public byte[] RootHash => Size == 0 ? SHA256.HashData([]) : levels[^1][0];

    /// <summary>The sibling hashes from a leaf up to the root.</summary>
    public IReadOnlyList<byte[]> PathOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        var path = new List<byte[]>(levels.Count);
        foreach (var level in levels)
        {
            if ((index ^ 1) < level.Length && level.Length > 1)
                path.Add(level[index ^ 1]);
            index >>= 1;
        }
        return path;
    }

    /// <summary>H(0x00 ‖ leaf).</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> leaf) => SHA256.HashData([0x00, .. leaf]);

    /// <summary>H(0x01 ‖ left ‖ right).</summary>
    public static byte[] HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashBytes)];
        node[0] = 0x01;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashBytes)..]);
        return SHA256.HashData(node);
    }

    /// <summary>The root over leaf hashes in order; of none, the hash of nothing.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leafHashes) => Of(leafHashes).RootHash;

    /// <summary>The sibling hashes from one leaf up to the root.</summary>
    public static IReadOnlyList<byte[]> Path(IReadOnlyList<byte[]> leafHashes, int index) => Of(leafHashes).PathOf(index);

    /// <summary>Whether a leaf hash stands at <paramref name="index"/> of a tree of <paramref name="size"/> leaves with this root.</summary>
    public static bool Verify(ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || leafHash.Length != HashBytes)
            return false;
        var (fn, sn) = (index, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in path)
        {
            if (sn == 0 || sibling.Length != HashBytes)
                return false;
            if ((fn & 1) == 1 || fn == sn)
            {
                hash = HashNode(sibling, hash);
                while ((fn & 1) == 0 && fn != 0)
                    (fn, sn) = (fn >> 1, sn >> 1);
            }
            else
            {
                hash = HashNode(hash, sibling);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && root.SequenceEqual(hash);
    }
}
