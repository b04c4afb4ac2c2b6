using System.Security.Cryptography;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Ledger;

namespace ExchangeHub.UnitTests.Hub;

public sealed class BatchTreeTests
{
    [Fact]
    public void Its_root_and_paths_are_those_of_the_wire_s_tree_for_every_size_of_a_batch()
    {
        for (var size = 1; size <= 70; size++)
        {
            var hashes = Enumerable.Range(0, size).Select(i => MerkleTree.HashLeaf(BitConverter.GetBytes(i))).ToArray();
            var tree = new BatchTree(hashes);
            tree.Root.ShouldBe(MerkleTree.Root(hashes));
            for (var index = 0; index < size; index++)
                tree.Path(index).ShouldBe(MerkleTree.Path(hashes, index).Select(h => B64u.Encode(h)));
        }
    }

    [Fact]
    public void It_is_built_again_from_what_is_stored()
    {
        var tree = new BatchTree([.. Enumerable.Range(0, 200).Select(i => SHA256.HashData(BitConverter.GetBytes(i)))]);
        var again = BatchTree.FromStored(tree.Stored());
        again.Root.ShouldBe(tree.Root);
        again.Path(137).ShouldBe(tree.Path(137));
    }
}
