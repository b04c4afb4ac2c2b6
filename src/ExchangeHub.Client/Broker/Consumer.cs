using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ExchangeHub.Client.Broker;

/// <summary>
/// Reads one queue with a bounded prefetch; every message is acknowledged by hand. A watchdog asks the broker whether it still
/// delivers to us and starts anew where it does not. Messages of an ended session are dropped unseen: the broker delivers them again.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    static readonly TimeSpan restartFirst = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan restartMax = TimeSpan.FromSeconds(10);
    static readonly TimeSpan watchEvery = TimeSpan.FromSeconds(20);
    static readonly TimeSpan answerMax = TimeSpan.FromSeconds(15);

    readonly BrokerConnection connection;
    readonly string queue;
    readonly ushort prefetch;
    readonly TimeProvider system;
    readonly ILogger log;
    readonly Channel<ReceivedMessage> buffer;
    readonly CancellationTokenSource stopping = new();
    readonly SemaphoreSlim paused = new(1, 1);
    readonly Lock sync = new();
    Task? supervising;
    IChannel? channel;
    int session;
    int inHand;
    long received;
    TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    TaskCompletionSource resumed = Completed();
    TaskCompletionSource consuming = new(TaskCreationOptions.RunContinuationsAsynchronously);
    TaskCompletionSource interrupted = Completed();

    /// <param name="prefetch">Messages the broker may hand over before the first is acknowledged; also the bound of our memory.</param>
    public Consumer(BrokerConnection connection, string queue, ushort prefetch, TimeProvider system, ILogger<Consumer>? log = null)
    {
        (this.connection, this.queue, this.prefetch, this.system) = (connection, queue, prefetch, system);
        this.log = log ?? NullLogger<Consumer>.Instance;
        buffer = Channel.CreateUnbounded<ReceivedMessage>(new UnboundedChannelOptions { SingleReader = false, SingleWriter = false });
    }

    /// <summary>Whether the broker delivers to us now.</summary>
    public bool IsConsuming => consuming.Task.IsCompletedSuccessfully;

    /// <summary>Messages handed over and not yet acknowledged or given back.</summary>
    public int InHand
    {
        get
        {
            lock (sync)
                return inHand;
        }
    }

    /// <summary>Begins; from then on it runs until disposed, whatever happens to the broker.</summary>
    public void Start() => supervising ??= Task.Run(SuperviseAsync);

    /// <summary>Completes once the broker delivers to us.</summary>
    public Task WhenConsumingAsync(CancellationToken ct)
    {
        lock (sync)
            return consuming.Task.WaitAsync(ct);
    }

    /// <summary>Completes once the broker no longer delivers to us; at once where it does not now.</summary>
    public Task WhenInterruptedAsync(CancellationToken ct)
    {
        lock (sync)
            return interrupted.Task.WaitAsync(ct);
    }

    /// <summary>The next messages: at least one, at most <paramref name="max"/>, whatever is there without waiting for more.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReadAsync(int max, CancellationToken ct)
    {
        var batch = new List<ReceivedMessage>();
        while (batch.Count == 0)
        {
            if (!await buffer.Reader.WaitToReadAsync(ct))
                return batch;
            while (batch.Count < max && buffer.Reader.TryRead(out var message))
                if (IsCurrent(message))
                    batch.Add(message);
        }
        return batch;
    }

    /// <summary>
    /// Acknowledges. Of a session that ended meanwhile nothing happens: those messages come again, and the duplicate test settles them.
    /// </summary>
    public async Task AckAsync(IEnumerable<ReceivedMessage> messages, CancellationToken ct = default)
    {
        foreach (var message in messages)
        {
            if (Current(message) is not { } on)
                continue;
            try
            {
                await on.BasicAckAsync(message.Tag, multiple: false, ct);
                lock (sync)
                    if (message.Session == session)
                        inHand--;
            }
            catch (Exception e) when (BrokerConnection.IsBrokerFault(e))
            {
                ct.ThrowIfCancellationRequested();
                EndSession();
                return;
            }
        }
    }

    /// <summary>Stops taking: what was handed over and not acknowledged goes back to the queue, once.</summary>
    public async Task PauseAsync()
    {
        await paused.WaitAsync();
        try
        {
            if (!resumed.Task.IsCompleted)
                return;
            resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        finally
        {
            paused.Release();
        }
        EndSession();
    }

    /// <summary>Takes again after <see cref="PauseAsync"/>.</summary>
    public void Resume() => resumed.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        resumed.TrySetResult();
        EndSession();
        if (supervising is not null)
            await supervising;
        buffer.Writer.TryComplete();
        stopping.Dispose();
        paused.Dispose();
    }

    async Task SuperviseAsync()
    {
        var wait = restartFirst;
        while (!stopping.IsCancellationRequested)
        {
            await resumed.Task;
            if (stopping.IsCancellationRequested)
                return;
            var reason = "paused";
            try
            {
                if (await ConsumeUntilEndedAsync(stopping.Token) is { } told)
                    reason = told;
                wait = restartFirst;
            }
            catch (Exception e) when (BrokerConnection.IsBrokerFault(e))
            {
                reason = e.GetType().Name;
            }
            if (stopping.IsCancellationRequested || !resumed.Task.IsCompleted)
                continue;
            BrokerLog.ConsumerStopped(log, queue, reason, wait.TotalSeconds);
            await Task.Delay(wait, system, stopping.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, restartMax.Ticks));
        }
    }

    async Task<string?> ConsumeUntilEndedAsync(CancellationToken ct)
    {
        var on = await connection.OpenAsync(ct);
        var own = await on.CreateChannelAsync(cancellationToken: ct).WaitAsync(answerMax, system, ct);
        int current;
        Task end;
        lock (sync)
        {
            current = ++session;
            channel = own;
            inHand = 0;
            ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            end = ended.Task;
        }
        try
        {
            await own.BasicQosAsync(0, prefetch, global: false, ct).WaitAsync(answerMax, system, ct);
            var consumer = new AsyncEventingBasicConsumer(own);
            consumer.ReceivedAsync += (_, e) =>
            {
                Interlocked.Increment(ref received);
                lock (sync)
                    if (current == session)
                        inHand++;
                buffer.Writer.TryWrite(ReceivedMessage.Of(e, current));
                return Task.CompletedTask;
            };
            consumer.UnregisteredAsync += (_, _) => EndedAsync(current);
            own.ChannelShutdownAsync += (_, _) => EndedAsync(current);
            await own.BasicConsumeAsync(queue, autoAck: false, consumer, ct).WaitAsync(answerMax, system, ct);
            BrokerLog.Consuming(log, queue);
            lock (sync)
            {
                interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
                consuming.TrySetResult();
            }
            return await WatchAsync(on, own, end, ct);
        }
        finally
        {
            lock (sync)
            {
                session++;
                channel = null;
                // One that nobody completed is kept: somebody waits for it, and a start that failed is followed by another.
                if (consuming.Task.IsCompleted)
                    consuming = new(TaskCreationOptions.RunContinuationsAsynchronously);
                interrupted.TrySetResult();
                inHand = 0;
            }
            await ChannelEnd.CloseAsync(own);
        }
    }

    // A consumer is known to die in silence: the broker is asked whether it has messages that do not come to us.
    async Task<string?> WatchAsync(IConnection on, IChannel own, Task end, CancellationToken ct)
    {
        var seen = Interlocked.Read(ref received);
        var suspicious = false;
        while (true)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var tick = Task.Delay(watchEvery, system, round.Token);
            if (await Task.WhenAny(end, tick) == end || ct.IsCancellationRequested)
            {
                await round.CancelAsync();
                return resumed.Task.IsCompleted ? "the channel or the queue's consumer ended" : null;
            }
            try
            {
                var state = await own.QueueDeclarePassiveAsync(queue, ct).WaitAsync(answerMax, system, ct);
                var now = Interlocked.Read(ref received);
                var idle = state.MessageCount > 0 && now == seen && InHand < prefetch;
                if (state.ConsumerCount == 0 || (idle && suspicious))
                    return "the broker has messages that do not arrive";
                (seen, suspicious) = (now, idle);
            }
            catch (TimeoutException)
            {
                await connection.GiveUp(on);
                return "the broker does not answer";
            }
        }
    }

    Task EndedAsync(int which)
    {
        lock (sync)
            if (which == session)
                ended.TrySetResult();
        return Task.CompletedTask;
    }

    void EndSession()
    {
        lock (sync)
            ended.TrySetResult();
    }

    bool IsCurrent(ReceivedMessage message) => Current(message) is not null;

    IChannel? Current(ReceivedMessage message)
    {
        lock (sync)
            return message.Session == session ? channel : null;
    }

    static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }
}
