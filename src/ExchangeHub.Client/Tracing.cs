using System.Diagnostics;

namespace ExchangeHub.Client;

/// <summary>
/// Traces that join all hops of an exchange. The trace's id is the exchange's id, 16 bytes both, so every process finds the same
/// trace without being told, and an operator finds it by the number on the page.
/// </summary>
public static class Tracing
{
    public const string SourceName = "ExchangeHub";

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>A W3C <c>traceparent</c> in the exchange's trace; its span is made from the message's id, so sending again changes nothing.</summary>
    public static string ParentOf(Guid exchangeId, Guid messageId) =>
        $"00-{(exchangeId == Guid.Empty ? messageId : exchangeId):N}-{SpanOf(messageId)}-01"; // a message in no exchange has a trace of its own

    /// <summary>A message is made and sealed; it is sent later.</summary>
    public static Activity? Create(string destination, Guid exchangeId, Guid messageId, string? traceParent = null) =>
        Start("create", "create", destination, ActivityKind.Producer, exchangeId, messageId, traceParent);

    /// <summary>A message is handed to the broker.</summary>
    /// <param name="destination">The broker's exchange.</param>
    public static Activity? Publish(string destination, Guid exchangeId, Guid messageId, string? traceParent) =>
        Start("publish", "send", destination, ActivityKind.Producer, exchangeId, messageId, traceParent);

    /// <summary>A message is read and acted on.</summary>
    /// <param name="destination">The queue it was read from.</param>
    public static Activity? Process(string destination, Guid exchangeId, Guid? messageId, string? traceParent) =>
        Start("process", "process", destination, ActivityKind.Consumer, exchangeId, messageId, traceParent);

    /// <summary>
    /// Starts a span in the trace a message carries, or in its exchange's, named as OpenTelemetry's conventions for messaging say.
    /// The caller's own span, if any, is linked.
    /// </summary>
    /// <param name="traceParent">The message's <c>traceparent</c>; ignored where it is ill-formed.</param>
    static Activity? Start(string operation, string operationType, string destination, ActivityKind kind, Guid exchangeId, Guid? messageId, string? traceParent)
    {
        if (!Source.HasListeners())
            return null;
        if (!ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent) && exchangeId != Guid.Empty)
            parent = ActivityContext.TryParse(ParentOf(exchangeId, exchangeId), traceState: null, isRemote: true, out var own) ? own : default;
        var links = Activity.Current is { } ambient && ambient.TraceId != parent.TraceId ? new[] { new ActivityLink(ambient.Context) } : null;
        return Source.CreateActivity($"{operation} {destination}", kind, parent, links: links)
            ?.SetTag("messaging.system", "rabbitmq")
            .SetTag("messaging.operation.name", operation)
            .SetTag("messaging.operation.type", operationType)
            .SetTag("messaging.destination.name", destination)
            .SetTag("messaging.message.id", messageId?.ToString("D"))
            .SetTag("messaging.message.conversation_id", exchangeId.ToString("D"))
            .Start();
    }

    // Zero is no span id; a UUID's last eight bytes carry its variant bits and never are.
    static string SpanOf(Guid messageId)
    {
        var hex = messageId.ToString("N")[16..];
        return hex == "0000000000000000" ? "0000000000000001" : hex;
    }
}
