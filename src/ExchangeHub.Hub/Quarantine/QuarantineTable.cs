using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub.Quarantine;

/// <summary>The row of a quarantined message: the bytes as they came, and why.</summary>
static class QuarantineTable
{
    public const string Insert = """
        insert into hub.quarantine (id, at, reason, county, message_id, exchange_id, digest, body, properties)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
        """;

    public static List<object?> Row(Guid id, DateTimeOffset at, string reason, Incoming message) =>
    [
        id, at, reason, message.County, message.MessageId, message.Submission?.Header.ExchangeId, message.Digest, message.Body,
        JsonSerializer.Serialize(message.Properties, PropertiesJson.Default.IncomingProperties),
    ];

    public static Incoming Read(byte[] body, string properties) =>
        Incoming.Read(body, JsonSerializer.Deserialize(properties, PropertiesJson.Default.IncomingProperties)!);
}

[JsonSerializable(typeof(IncomingProperties))]
sealed partial class PropertiesJson : JsonSerializerContext;
