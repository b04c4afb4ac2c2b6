using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace ExchangeHub.Client.Broker;

/// <summary>
/// One connection to the broker, opened when first needed and opened anew after <see cref="GiveUp"/>. The client library's automatic
/// recovery is off: it is known to leave publishers hanging and consumers silently dead.
/// </summary>
public sealed class BrokerConnection : IAsyncDisposable
{
    static readonly TimeSpan handshakeMax = TimeSpan.FromSeconds(15);
    static readonly TimeSpan heartbeat = TimeSpan.FromSeconds(20);
    // Leaving politely is worth no more than this: the broker notices a closed socket anyway.
    static readonly TimeSpan closeMax = TimeSpan.FromSeconds(2);

    readonly ConnectionFactory factory;
    readonly SemaphoreSlim gate = new(1, 1);
    readonly ILogger log;
    IConnection? current;
    bool disposed;

    /// <param name="uri">AMQP URI with user, password and virtual host.</param>
    /// <param name="name">Shown in the broker's list of connections.</param>
    public BrokerConnection(Uri uri, string name, ILogger<BrokerConnection>? log = null)
    {
        this.log = log ?? NullLogger<BrokerConnection>.Instance;
        factory = new ConnectionFactory
        {
            Uri = uri,
            ClientProvidedName = name,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = heartbeat,
            RequestedConnectionTimeout = handshakeMax,
            HandshakeContinuationTimeout = handshakeMax,
            ContinuationTimeout = handshakeMax,
        };
    }

    /// <summary>The open connection, or a new one.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">The broker does not answer, or refuses the user.</exception>
    public async Task<IConnection> OpenAsync(CancellationToken ct)
    {
        if (current is { IsOpen: true } open)
            return open;
        await gate.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (current is { IsOpen: true } meanwhile)
                return meanwhile;
            if (current is { } dead)
                await CloseAsync(dead);
            current = null;
            current = await factory.CreateConnectionAsync(ct);
            BrokerLog.Connected(log, factory.UserName);
            TellBlocking(current);
            return current;
        }
        finally
        {
            gate.Release();
        }
    }

    // A broker short of memory or disk reads nothing more of who publishes: publishes wait for their deadline, and the operator is told why.
    void TellBlocking(IConnection connection)
    {
        connection.ConnectionBlockedAsync += (_, e) =>
        {
            BrokerLog.Blocked(log, factory.UserName, e.Reason);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            BrokerLog.Unblocked(log, factory.UserName);
            return Task.CompletedTask;
        };
    }

    /// <summary>Closes a connection that is no longer trusted; the next <see cref="OpenAsync"/> makes a new one.</summary>
    public async Task GiveUp(IConnection connection)
    {
        if (ReferenceEquals(Interlocked.CompareExchange(ref current, null, connection), connection))
            BrokerLog.GaveUp(log, factory.UserName);
        await CloseAsync(connection);
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        await gate.WaitAsync();
        disposed = true;
        gate.Release();
        if (Interlocked.Exchange(ref current, null) is { } open)
            await CloseAsync(open);
        gate.Dispose();
    }

    static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.CloseAsync(Constants.ReplySuccess, "closing", closeMax, abort: true, CancellationToken.None);
            await connection.DisposeAsync();
        }
        catch (Exception e) when (IsBrokerFault(e))
        {
            // It is being thrown away: how it fails says nothing new.
        }
    }

    /// <summary>Faults of the broker or of the way to it, as the client library shows them: worth a new connection, not a crash.</summary>
    public static bool IsBrokerFault(Exception e) => e is RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException
        or System.Net.Sockets.SocketException or TimeoutException or ObjectDisposedException or OperationCanceledException;
}

static partial class BrokerLog
{
    [LoggerMessage(1001, LogLevel.Information, "Connected to the broker as {User}")]
    public static partial void Connected(ILogger log, string user);

    [LoggerMessage(1002, LogLevel.Warning, "Gave up a connection to the broker of {User}")]
    public static partial void GaveUp(ILogger log, string user);

    [LoggerMessage(1003, LogLevel.Warning, "{Lost} of {Count} messages got no confirm; a new channel follows")]
    public static partial void PublishFailed(ILogger log, int lost, int count);

    [LoggerMessage(1004, LogLevel.Warning, "Consumer of {Queue} stopped: {Reason}; it starts again in {Seconds} s")]
    public static partial void ConsumerStopped(ILogger log, string queue, string reason, double seconds);

    [LoggerMessage(1005, LogLevel.Information, "Consuming {Queue}")]
    public static partial void Consuming(ILogger log, string queue);

    [LoggerMessage(1006, LogLevel.Warning, "The broker takes nothing from {User}: {Reason}")]
    public static partial void Blocked(ILogger log, string user, string reason);

    [LoggerMessage(1007, LogLevel.Information, "The broker takes messages from {User} again")]
    public static partial void Unblocked(ILogger log, string user);
}
