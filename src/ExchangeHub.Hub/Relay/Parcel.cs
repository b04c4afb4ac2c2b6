using System.Text;
using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Ledger;

namespace ExchangeHub.Hub.Relay;

/// <summary>One message to one county, and the statements it carries.</summary>
public sealed record Parcel(string County, OutboundMessage Message, IReadOnlyList<Outgoing> Contents)
{
    const string ReceiptsType = $"{Kinds.Receipts}.v1";
    // Members, quotes, index and comma of one receipt; and what stands around all of them.
    const int ReceiptFrame = 48, PathElement = B64u.HashLength + 3, MessageFrame = 64;

    /// <summary>A delivery is one message each; the receipts of one county and batch travel together, split so that each body stays under the limit.</summary>
    public static IReadOnlyList<Parcel> Pack(IEnumerable<Outgoing> outgoing)
    {
        var parcels = new List<Parcel>();
        var receipts = new List<Outgoing.Receipt>();
        foreach (var one in outgoing)
            if (one is Outgoing.Delivery delivery)
                parcels.Add(Of(delivery));
            else if (one is Outgoing.Receipt receipt)
                receipts.Add(receipt);
        foreach (var group in receipts.GroupBy(r => (r.Addressee, r.Batch)))
            parcels.AddRange(Split([.. group]).Select(Of));
        return parcels;
    }

    static Parcel Of(Outgoing.Delivery delivery)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Delivery(delivery.Stamp(), delivery.Body is null ? null : Encoding.ASCII.GetString(delivery.Body)),
            ContractsJson.Compact.Delivery);
        return new(delivery.Addressee, new OutboundMessage(BrokerNames.Deliver, delivery.Addressee, delivery.Type, body)
        {
            MessageId = delivery.MessageId.ToString(),
            CorrelationId = delivery.ExchangeId?.ToString(),
            TraceParent = delivery.TraceParent ?? Tracing.ParentOf(delivery.ExchangeId ?? delivery.MessageId, delivery.MessageId),
        }, [delivery]);
    }

    static Parcel Of(IReadOnlyList<Outgoing.Receipt> receipts)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ReceiptsMessage([.. receipts.Select(r => new Receipt(B64u.Encode(r.Leaf), r.Index, r.Path))], receipts[0].Root), ContractsJson.Compact.ReceiptsMessage);
        return new(receipts[0].Addressee, new OutboundMessage(BrokerNames.Deliver, receipts[0].Addressee, ReceiptsType, body)
        {
            MessageId = Guid.NewGuid().ToString(),
        }, receipts);
    }

    static IEnumerable<IReadOnlyList<Outgoing.Receipt>> Split(IReadOnlyList<Outgoing.Receipt> receipts)
    {
        var part = new List<Outgoing.Receipt>();
        var size = 0;
        foreach (var receipt in receipts)
        {
            var more = ReceiptFrame + (receipt.Leaf.Length * 4 / 3) + 3 + (PathElement * receipt.Path.Count);
            if (part.Count > 0 && size + more > Limits.BodyBytesMax)
            {
                yield return part;
                part = [];
                size = 0;
            }
            if (part.Count == 0)
                size = MessageFrame + receipt.Root.Length;
            part.Add(receipt);
            size += more;
        }
        yield return part;
    }
}
