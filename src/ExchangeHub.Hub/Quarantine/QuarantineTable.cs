using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub.Quarantine;

/// <summary>
/// The row of a quarantined message: why, and the bytes as they came where they may be replayed: sealed, or a signed report of counts, and of a sender
/// and an id that the final receipt can name. Of any other message nothing is kept but digest and size: it may hold a person's data in the clear, and could take no effect.
/// </summary>
static class QuarantineTable
{
    public const string Insert = """
        insert into hub.quarantine (id, at, reason, county, message_id, exchange_id, digest, bytes, body, properties)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)
        """;

    /// <param name="mayBeKept">See <see cref="Screening.MayBeKept"/>.</param>
    public static List<object?> Row(Guid id, DateTimeOffset at, string reason, Incoming message, bool mayBeKept)
    {
        var replayable = message.County is not null && message.MessageId is not null && mayBeKept;
        return
        [
            id, at, reason, message.County, message.MessageId, message.Submission?.Header is { ExchangeId: var exchange } && exchange != Guid.Empty ? exchange : null, message.Digest, message.Body.Length,
            replayable ? message.Body : null, replayable ? JsonSerializer.Serialize(message.Properties, PropertiesJson.Default.IncomingProperties) : null,
        ];
    }

    public static Incoming Read(byte[] body, string properties) =>
        Incoming.Read(body, JsonSerializer.Deserialize(properties, PropertiesJson.Default.IncomingProperties)!);
}

[JsonSerializable(typeof(IncomingProperties))]
sealed partial class PropertiesJson : JsonSerializerContext;
