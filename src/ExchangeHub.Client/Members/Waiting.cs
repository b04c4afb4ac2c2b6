using System.Threading.Channels;

namespace ExchangeHub.Client.Members;

/// <summary>Wakes one waiting loop; set while nobody waits, it wakes the next wait at once.</summary>
sealed class Signal
{
    // One place: set twice, it wakes once.
    readonly Channel<bool> set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => set.Writer.TryWrite(true);

    /// <summary>Waits until set, or for so long of system time.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider system, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(atMost, system);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await set.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time is over: the caller looks for itself.
        }
    }
}

/// <summary>Tells everybody who watches a county's state that it changed.</summary>
sealed class Pulse
{
    TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref next).Task;

    public void Beat() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}

static class Pause
{
    /// <summary>Waits so long of system time, or until stopped; never throws.</summary>
    public static async Task ForAsync(TimeSpan time, TimeProvider system, CancellationToken stop)
    {
        try
        {
            await Task.Delay(time, system, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token itself.
        }
    }
}
