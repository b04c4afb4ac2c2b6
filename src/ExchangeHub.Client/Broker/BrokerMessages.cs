using System.Text;
using RabbitMQ.Client.Events;

namespace ExchangeHub.Client.Broker;

/// <summary>A message to publish, with the properties of the wire; everything is persistent JSON.</summary>
/// <param name="Exchange">Exchange of the broker, see <see cref="Contracts.Wire.BrokerNames"/>.</param>
/// <param name="Type"><c>kind.vN</c>.</param>
public sealed record OutboundMessage(string Exchange, string RoutingKey, string Type, ReadOnlyMemory<byte> Body)
{
    public string? MessageId { get; init; }
    public string? CorrelationId { get; init; }
    /// <summary>The sender's broker user; a county must set its code, the broker checks it.</summary>
    public string? UserId { get; init; }
    /// <summary>W3C trace context, so that all hops of an exchange join one trace.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>What became of one publish. Only <see cref="Confirmed"/> means that the broker has it.</summary>
public enum PublishOutcome
{
    Confirmed,
    /// <summary>No queue takes this routing key (mandatory).</summary>
    Returned,
    /// <summary>The broker said no: a full queue, an unroutable policy.</summary>
    Refused,
    /// <summary>No answer within the deadline: it may or may not be there. The connection was given up.</summary>
    TimedOut,
    /// <summary>The channel or connection went away: it may or may not be there.</summary>
    Lost,
}

/// <summary>A message as it came, its bytes copied. Acknowledged through the consumer that read it.</summary>
public sealed record ReceivedMessage(ReadOnlyMemory<byte> Body, string RoutingKey, bool Redelivered)
{
    public string? MessageId { get; init; }
    public string? CorrelationId { get; init; }
    public string? UserId { get; init; }
    public string? Type { get; init; }
    public string? ContentType { get; init; }
    public string? ContentEncoding { get; init; }
    /// <summary>1 or 2 where the property is set.</summary>
    public int? DeliveryMode { get; init; }
    public string? TraceParent { get; init; }
    /// <summary>Names of all AMQP headers, values left aside: the hub refuses some of them.</summary>
    public IReadOnlyCollection<string> HeaderNames { get; init; } = [];

    internal ulong Tag { get; init; }
    internal int Session { get; init; }

    /// <summary>A copy of what the client library lends.</summary>
    internal static ReceivedMessage Of(BasicDeliverEventArgs e, int session) => new(e.Body.ToArray(), e.RoutingKey, e.Redelivered)
    {
        Tag = e.DeliveryTag,
        Session = session,
        MessageId = e.BasicProperties.MessageId,
        CorrelationId = e.BasicProperties.CorrelationId,
        UserId = e.BasicProperties.UserId,
        Type = e.BasicProperties.Type,
        ContentType = e.BasicProperties.ContentType,
        ContentEncoding = e.BasicProperties.ContentEncoding,
        DeliveryMode = e.BasicProperties.IsDeliveryModePresent() ? (int)e.BasicProperties.DeliveryMode : null,
        TraceParent = e.BasicProperties.Headers is { } headers && headers.TryGetValue("traceparent", out var value) ? AsText(value) : null,
        HeaderNames = e.BasicProperties.Headers is { } all ? [.. all.Keys] : [],
    };

    static string? AsText(object? value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value as string;
}
