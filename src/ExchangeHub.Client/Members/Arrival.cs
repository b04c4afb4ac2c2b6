using System.Text;
using System.Text.Json;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>One stamp as it came, over the broker or by the feed; nothing of it is checked yet.</summary>
/// <param name="IsReceipt">It stood in a <c>receipts</c> message, so it speaks of an own message.</param>
/// <param name="Body">Absent in a receipt or event, and where the hub no longer keeps it.</param>
sealed record Arrival(Stamp Stamp, bool IsReceipt, byte[]? Body, string? TraceParent)
{
    /// <summary>Everything a message of the hub carries; none where its body has not the form of one.</summary>
    public static IReadOnlyList<Arrival>? Read(ReceivedMessage message)
    {
        if (message.Body.Length > Limits.DeliveryBytesMax || !StrictJson.TryParseObject(message.Body, depthMax: 6, out var document))
            return null;
        using (document)
        {
            try
            {
                if (document.RootElement.TryGetProperty("receipts", out _))
                    return document.RootElement.Deserialize(ContractsJson.Default.ReceiptsMessage) is { } receipts
                        ? [.. receipts.Receipts.Select(r => new Arrival(new Stamp(r.Leaf, r.Index, r.Path, receipts.Root), IsReceipt: true, Body: null, message.TraceParent))]
                        : null;
                return document.RootElement.Deserialize(ContractsJson.Default.Delivery) is { } delivery
                    ? [new Arrival(delivery.Stamp, IsReceipt: false, Bytes(delivery.Body), message.TraceParent)]
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    public static Arrival OfReceipt(Stamp stamp) => new(stamp, IsReceipt: true, Body: null, TraceParent: null);

    public static Arrival Of(FeedItem item) => new(item.Stamp, IsReceipt: false, Bytes(item.Body), TraceParent: null);

    /// <summary>The exchange its leaf speaks of, taken on trust: only a hint where to fetch again.</summary>
    public Guid? HintedExchange => B64u.TryDecode(Stamp.Leaf, out var leaf) ? Statement.Read(leaf) switch
    {
        AcceptedStatement accepted => accepted.ExchangeId,
        EventStatement told => told.ExchangeId,
        _ => null,
    } : null;

    /// <summary>What its leaf says of itself: an event of no exchange, for which there is no place to fetch it again.</summary>
    public bool IsOfNoExchange => B64u.TryDecode(Stamp.Leaf, out var leaf) && Statement.Read(leaf) is EventStatement { ExchangeId: null };

    static byte[]? Bytes(string? body) => body is null ? null : Encoding.UTF8.GetBytes(body);
}
