using System.Diagnostics;
using System.Security.Cryptography;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Intake;

/// <summary>A message as the broker handed it over: the bytes that travelled, and what stood beside them.</summary>
public sealed record Incoming(byte[] Body, IncomingProperties Properties)
{
    /// <summary>The authenticated county: the broker checked <c>user-id</c> against the connection. <c>null</c>: nobody can be answered.</summary>
    public string? County { get; } = Party.IsCounty(Properties.UserId) ? Properties.UserId : null;

    /// <summary>Identity of the message is (<see cref="County"/>, this).</summary>
    public Guid? MessageId { get; } = Party.IsUuid(Properties.MessageId) ? Guid.ParseExact(Properties.MessageId!, "D") : null;

    /// <summary>SHA-256 of the body.</summary>
    public byte[] Digest { get; } = SHA256.HashData(Body);

    /// <summary>The body by the steps "size and JSON" and "schema"; <c>null</c> with <see cref="BodyRefusals"/>. Read once, outside any transaction.</summary>
    public Submission? Submission { get; private init; }

    public IReadOnlyList<Refusal> BodyRefusals { get; private init; } = [];

    public static Incoming Of(ReceivedMessage message) => Read(message.Body.ToArray(), new(message.RoutingKey, message.UserId, message.MessageId,
        message.CorrelationId, message.Type, message.ContentType, message.DeliveryMode, TraceOf(message), [.. NotAllowedOf(message)]));

    public static Incoming Read(byte[] body, IncomingProperties properties)
    {
        var submission = Submission.Read(body, out var refusals);
        return new(body, properties) { Submission = submission, BodyRefusals = refusals };
    }

    // A trace context that is none is left out: it refuses nothing and would only break what carries it on.
    static string? TraceOf(ReceivedMessage message) => ActivityContext.TryParse(message.TraceParent, null, out _) ? message.TraceParent : null;

    static IEnumerable<string> NotAllowedOf(ReceivedMessage message)
    {
        if (message.ContentEncoding is not null)
            yield return "content-encoding";
        foreach (var name in NotAllowedHeaders.Where(message.HeaderNames.Contains))
            yield return name;
    }

    static readonly string[] NotAllowedHeaders = ["CC", "tracestate", "baggage"];
}

/// <summary>AMQP properties and headers the wire speaks of, and the routing key. Kept as they came, for a replay.</summary>
/// <param name="NotAllowed">Names of those present that section 2 of the wire refuses.</param>
public sealed record IncomingProperties(string RoutingKey, string? UserId, string? MessageId, string? CorrelationId, string? Type, string? ContentType,
    int? DeliveryMode, string? TraceParent, IReadOnlyList<string> NotAllowed);
