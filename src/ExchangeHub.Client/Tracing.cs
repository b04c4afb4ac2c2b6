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
        $"00-{exchangeId:N}-{SpanOf(messageId)}-01";

    /// <summary>
    /// Starts a span in the trace a message carries, or in its exchange's. The caller's own span, if any, is linked.
    /// </summary>
    /// <param name="traceParent">The message's <c>traceparent</c>; ignored where it is ill-formed.</param>
    public static Activity? Start(string name, ActivityKind kind, Guid exchangeId, string? traceParent = null)
    {
        if (!Source.HasListeners())
            return null;
        if (!ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent) && exchangeId != Guid.Empty)
            parent = ActivityContext.TryParse(ParentOf(exchangeId, exchangeId), traceState: null, isRemote: true, out var own) ? own : default;
        var links = Activity.Current is { } ambient && ambient.TraceId != parent.TraceId ? new[] { new ActivityLink(ambient.Context) } : null;
        var activity = Source.CreateActivity(name, kind, parent, links: links);
        activity?.SetTag("messaging.system", "rabbitmq").SetTag("exchangehub.exchange_id", exchangeId.ToString("D")).Start();
        return activity;
    }

    // Zero is no span id; a UUID's last eight bytes carry its variant bits and never are.
    static string SpanOf(Guid messageId)
    {
        var hex = messageId.ToString("N")[16..];
        return hex == "0000000000000000" ? "0000000000000001" : hex;
    }
}
