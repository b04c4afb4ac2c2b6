using System.Security.Cryptography;
using CsCheck;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

public sealed class MerkleTreeTests
{
    [Fact]
    public void Every_leaf_of_every_tree_up_to_300_is_proved_by_its_path()
    {
        for (var size = 1; size <= 300; size++)
        {
            var leaves = Leaves(size);
            var tree = MerkleTree.Of(leaves);
            tree.RootHash.ShouldBe(ByDefinition(leaves), $"size {size}");
            for (var index = 0; index < size; index++)
                MerkleTree.Verify(leaves[index], index, size, tree.PathOf(index), tree.RootHash).ShouldBeTrue($"{index} of {size}");
        }
    }

    [Fact]
    public void A_flipped_bit_in_leaf_path_or_root_another_index_or_size_proves_nothing() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 299], Gen.Int[0, 255], Gen.Int[0, 9]).Sample((size, at, bit, part) =>
        {
            var index = at % size;
            var leaves = Leaves(size);
            var tree = MerkleTree.Of(leaves);
            var path = tree.PathOf(index).ToList();
            MerkleTree.Verify(Flip(leaves[index], bit), index, size, path, tree.RootHash).ShouldBeFalse();
            MerkleTree.Verify(leaves[index], index, size, path, Flip(tree.RootHash, bit)).ShouldBeFalse();
            if (size > 1)
            {
                MerkleTree.Verify(leaves[index], (index + 1) % size, size, path, tree.RootHash).ShouldBeFalse();
                MerkleTree.Verify(leaves[index], index, size, path[1..], tree.RootHash).ShouldBeFalse();
                path[part % path.Count] = Flip(path[part % path.Count], bit);
                MerkleTree.Verify(leaves[index], index, size, path, tree.RootHash).ShouldBeFalse();
            }
            MerkleTree.Verify(leaves[index], index, size, [.. tree.PathOf(index), leaves[0]], tree.RootHash).ShouldBeFalse();
            MerkleTree.Verify(leaves[index], index, index, tree.PathOf(index), tree.RootHash).ShouldBeFalse();
            MerkleTree.Verify(leaves[index], -1, size, tree.PathOf(index), tree.RootHash).ShouldBeFalse();
        }, iter: 2_000);

    [Fact]
    public void A_leaf_and_a_node_of_the_same_bytes_hash_differently()
    {
        var left = MerkleTree.HashLeaf("a"u8);
        var right = MerkleTree.HashLeaf("b"u8);
        MerkleTree.HashNode(left, right).ShouldNotBe(MerkleTree.HashLeaf([.. left, .. right]));
    }

    [Fact]
    public void The_tree_of_nothing_is_the_hash_of_nothing() => MerkleTree.Root([]).ShouldBe(SHA256.HashData([]));

    static byte[][] Leaves(int size) => [.. Enumerable.Range(0, size).Select(i => MerkleTree.HashLeaf(BitConverter.GetBytes(i)))];

    // RFC 6962 section 2.1 as it is written there: split at the largest power of two below the size.
    static byte[] ByDefinition(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
            return leaves[0];
        var k = 1;
        while (k * 2 < leaves.Length)
            k *= 2;
        return SHA256.HashData([0x01, .. ByDefinition(leaves[..k]), .. ByDefinition(leaves[k..])]);
    }

    static byte[] Flip(byte[] hash, int bit)
    {
        var flipped = (byte[])hash.Clone();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
