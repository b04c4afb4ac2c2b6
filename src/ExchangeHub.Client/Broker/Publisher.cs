using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ExchangeHub.Client.Broker;

/// <summary>
/// Publishes until the broker confirms or the deadline passes, mandatory and persistent, many at once on one channel.
/// After a hang or a lost channel it starts on a new connection or channel; it never trusts one that failed.
/// </summary>
public sealed class Publisher(BrokerConnection connection, TimeProvider system, ILogger<Publisher>? log = null) : IAsyncDisposable
{
    /// <summary>Confirms that may be outstanding: enough to fill a batch and its receipts, little enough to bound memory.</summary>
    const int OutstandingMax = 1_000;

    /// <summary>How long one publish may wait for its confirm, unless told otherwise: a healthy broker takes milliseconds.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(15);

    readonly ILogger log = log ?? NullLogger<Publisher>.Instance;
    readonly SemaphoreSlim gate = new(1, 1);
    (IConnection Connection, IChannel Channel)? open;

    public TimeSpan Deadline { get; init; } = DefaultDeadline;

    /// <summary>Publishes one message.</summary>
    public async Task<PublishOutcome> PublishAsync(OutboundMessage message, CancellationToken ct = default) =>
        (await PublishManyAsync([message], ct))[0];

    /// <summary>
    /// Publishes all, pipelined, and says for each what became of it. It does not throw for anything the broker does; where no
    /// connection can be had, every message is <see cref="PublishOutcome.Lost"/>.
    /// </summary>
    public async Task<IReadOnlyList<PublishOutcome>> PublishManyAsync(IReadOnlyList<OutboundMessage> messages, CancellationToken ct = default)
    {
        if (messages.Count == 0)
            return [];
        using var deadline = new CancellationTokenSource(Deadline, system);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        (IConnection Connection, IChannel Channel) on;
        try
        {
            on = await OpenAsync(either.Token);
        }
        catch (Exception e) when (BrokerConnection.IsBrokerFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return [.. messages.Select(_ => PublishOutcome.Lost)];
        }
        // All are under way before the first is awaited: confirms come back in bulk.
        var underWay = new Task<PublishOutcome>[messages.Count];
        for (var i = 0; i < messages.Count; i++)
            underWay[i] = OneAsync(on.Channel, messages[i], deadline.Token, either.Token);
        var outcomes = await Task.WhenAll(underWay);
        if (outcomes.Any(o => o == PublishOutcome.TimedOut))
            await ForgetAsync(on, andConnection: true);
        else if (outcomes.Any(o => o == PublishOutcome.Lost) || !on.Channel.IsOpen)
            await ForgetAsync(on, andConnection: !on.Connection.IsOpen);
        var lost = outcomes.Count(o => o is PublishOutcome.TimedOut or PublishOutcome.Lost);
        if (lost > 0)
            BrokerLog.PublishFailed(log, lost, messages.Count);
        ct.ThrowIfCancellationRequested();
        return outcomes;
    }

    static async Task<PublishOutcome> OneAsync(IChannel channel, OutboundMessage message, CancellationToken deadline, CancellationToken either)
    {
        try
        {
            // The wait is bounded here as well: a cancelled token is known not to reach every wait inside the library.
            await channel.BasicPublishAsync(message.Exchange, message.RoutingKey, mandatory: true, Properties(message), message.Body, either)
                .AsTask().WaitAsync(either);
            return PublishOutcome.Confirmed;
        }
        catch (PublishException e)
        {
            return e.IsReturn ? PublishOutcome.Returned : channel.IsOpen ? PublishOutcome.Refused : PublishOutcome.Lost;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return PublishOutcome.TimedOut;
        }
        catch (Exception e) when (BrokerConnection.IsBrokerFault(e))
        {
            return PublishOutcome.Lost;
        }
    }

    static BasicProperties Properties(OutboundMessage message) => new()
    {
        ContentType = "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = message.MessageId,
        CorrelationId = message.CorrelationId,
        Type = message.Type,
        UserId = message.UserId,
        Headers = message.TraceParent is { } trace
            ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["traceparent"] = trace } : null,
    };

    async Task<(IConnection, IChannel)> OpenAsync(CancellationToken ct)
    {
        if (open is { Channel.IsOpen: true } ready)
            return ready;
        await gate.WaitAsync(ct);
        try
        {
            if (open is { Channel.IsOpen: true } meanwhile)
                return meanwhile;
            var on = await connection.OpenAsync(ct);
            // The library documents a default for the limiter, but this constructor leaves it out; and its own limiter throws when more
            // wait than may be outstanding, so a large batch would fail for being large.
            var channel = await on.CreateChannelAsync(new CreateChannelOptions(
                publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
                outstandingPublisherConfirmationsRateLimiter: new ConcurrencyLimiter(new()
                {
                    PermitLimit = OutstandingMax,
                    QueueLimit = int.MaxValue,
                    QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                })), ct).WaitAsync(ct);
            open = (on, channel);
            return (on, channel);
        }
        finally
        {
            gate.Release();
        }
    }

    async Task ForgetAsync((IConnection Connection, IChannel Channel) failed, bool andConnection)
    {
        await gate.WaitAsync();
        try
        {
            if (open is { } now && ReferenceEquals(now.Channel, failed.Channel))
                open = null;
        }
        finally
        {
            gate.Release();
        }
        if (andConnection)
            await connection.GiveUp(failed.Connection);
        else
            await ChannelEnd.CloseAsync(failed.Channel);
    }

    public async ValueTask DisposeAsync()
    {
        if (open is { } left)
            await ChannelEnd.CloseAsync(left.Channel);
        open = null;
        gate.Dispose();
    }
}

static class ChannelEnd
{
    static readonly TimeSpan closeMax = TimeSpan.FromSeconds(2);

    public static async Task CloseAsync(IChannel channel)
    {
        try
        {
            using var limit = new CancellationTokenSource(closeMax);
            if (channel.IsOpen)
                await channel.CloseAsync(limit.Token).WaitAsync(limit.Token);
            await channel.DisposeAsync();
        }
        catch (Exception e) when (BrokerConnection.IsBrokerFault(e))
        {
            // It is being thrown away: how it fails says nothing new.
        }
    }
}
