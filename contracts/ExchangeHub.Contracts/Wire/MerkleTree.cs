using System.Numerics;
using System.Security.Cryptography;

namespace ExchangeHub.Contracts.Wire;

/// <summary>The tree over a batch's statements: RFC 6962 section 2.1 with SHA-256, checked as RFC 9162 section 2.1.3.2.</summary>
public static class MerkleTree
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>H(0x00 ‖ leaf).</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> leaf) => Prefixed(0x00, leaf, default);

    /// <summary>H(0x01 ‖ left ‖ right).</summary>
    public static byte[] HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Prefixed(0x01, left, right);

    /// <summary>The root over leaf hashes in order; of none, the hash of nothing.</summary>
    public static byte[] Root(ReadOnlySpan<byte[]> leafHashes) => leafHashes.Length switch
    {
        0 => SHA256.HashData([]),
        1 => leafHashes[0],
        var n => HashNode(Root(leafHashes[..Split(n)]), Root(leafHashes[Split(n)..])),
    };

    /// <summary>The sibling hashes from a leaf up to the root.</summary>
    public static IReadOnlyList<byte[]> Path(ReadOnlySpan<byte[]> leafHashes, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leafHashes.Length);
        var path = new List<byte[]>();
        Climb(leafHashes, index, path);
        return path;
    }

    /// <summary>Whether a leaf hash stands at <paramref name="index"/> of a tree of <paramref name="size"/> leaves with this root.</summary>
    public static bool Verify(ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size)
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

    static void Climb(ReadOnlySpan<byte[]> leaves, int index, List<byte[]> path)
    {
        if (leaves.Length == 1)
            return;
        var k = Split(leaves.Length);
        if (index < k)
        {
            Climb(leaves[..k], index, path);
            path.Add(Root(leaves[k..]));
        }
        else
        {
            Climb(leaves[k..], index - k, path);
            path.Add(Root(leaves[..k]));
        }
    }

    // The largest power of two below n.
    static int Split(int n) => 1 << (BitOperations.Log2((uint)(n - 1)));

    static byte[] Prefixed(byte prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData([prefix]);
        sha.AppendData(first);
        sha.AppendData(second);
        return sha.GetHashAndReset();
    }
}
