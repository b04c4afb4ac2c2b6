using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Relay;

namespace ExchangeHub.UnitTests.Hub;

public sealed class ParcelTests
{
    static readonly string Root = new('r', 436);

    [Theory, InlineData(1), InlineData(100), InlineData(200)]
    public void Receipts_of_one_county_and_batch_travel_together_and_no_bundle_is_over_the_limit(int count)
    {
        var batch = Guid.NewGuid();
        var tree = new BatchTree([.. Enumerable.Range(0, 200).Select(i => MerkleTree.HashLeaf(BitConverter.GetBytes(i)))]);
        var receipts = Enumerable.Range(0, count).Select(i => new Outgoing.Receipt("330106", batch, i, new byte[620], tree.Path(i), Root, Pending: true)).ToList();

        var parcels = Parcel.Pack(receipts);
        parcels.SelectMany(p => p.Contents).ShouldBe(receipts);
        parcels.ShouldAllBe(p => p.Message.Body.Length <= Limits.BodyBytesMax && p.Message.Type == "receipts.v1" && p.Message.RoutingKey == "330106");
        // As few as possible: all but the last are filled beyond nine tenths.
        parcels.SkipLast(1).ShouldAllBe(p => p.Message.Body.Length > Limits.BodyBytesMax * 9 / 10);
    }

    [Fact]
    public void Receipts_of_two_counties_and_of_two_batches_never_share_a_bundle()
    {
        static Outgoing.Receipt Of(string county, Guid batch) => new(county, batch, 0, [1], [], Root, Pending: true);
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        Parcel.Pack([Of("330106", one), Of("510104", one), Of("330106", other), Of("330106", one)]).Count.ShouldBe(3);
    }

    [Fact]
    public void A_delivery_carries_the_submitted_text_unchanged_and_the_submission_s_ids()
    {
        var (message, exchange) = (Guid.NewGuid(), Guid.NewGuid());
        var body = """{"header":{"wire":1},"sealed":"a.b.c"}"""u8.ToArray();
        var parcel = Parcel.Pack([new Outgoing.Delivery("510104", Guid.NewGuid(), 0, "{}"u8.ToArray(), [], Root, "withdrawal.v1", message, exchange, body, "00-a-b-01",
            DateTimeOffset.UnixEpoch, Opens: false)]).ShouldHaveSingleItem();
        (parcel.Message.MessageId, parcel.Message.CorrelationId, parcel.Message.Type, parcel.Message.TraceParent)
            .ShouldBe((message.ToString(), exchange.ToString(), "withdrawal.v1", "00-a-b-01"));
        JsonSerializer.Deserialize(parcel.Message.Body.Span, ContractsJson.Default.Delivery)!.Body.ShouldBe(System.Text.Encoding.ASCII.GetString(body));
    }
}
