using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Ledger;

/// <summary>The tree of one batch as it is stored and told: leaf hashes in one piece, paths as text.</summary>
public sealed class BatchTree
{
    readonly byte[][] leafHashes;
    readonly MerkleTree tree;

    public BatchTree(byte[][] leafHashes)
    {
        if (leafHashes.Length == 0)
            throw new ArgumentException("A batch that says nothing has no tree.", nameof(leafHashes));
        this.leafHashes = leafHashes;
        tree = MerkleTree.Of(leafHashes);
    }

    /// <param name="leafHashes">size × 32 bytes, as stored with the batch.</param>
    public static BatchTree FromStored(byte[] leafHashes) => new([.. leafHashes.Chunk(MerkleTree.HashBytes)]);

    public int Size => tree.Size;

    public byte[] Root => tree.RootHash;

    /// <summary>All leaf hashes, one after the other.</summary>
    public byte[] Stored() => [.. leafHashes.SelectMany(h => h)];

    /// <summary>Hashes from the leaf up, b64u.</summary>
    public string[] Path(int index) => [.. tree.PathOf(index).Select(h => B64u.Encode(h))];
}
