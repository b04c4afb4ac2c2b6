namespace ExchangeHub.Hub.Intake;

/// <summary>What intake is doing, for readiness, metrics, the deadline clock and whoever waits for quiet.</summary>
public sealed class IntakeState
{
    TaskCompletionSource taking = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int inHand;
    long caughtUpTicks;

    /// <summary>Why intake takes nothing, or <c>null</c> while it takes: a code such as <see cref="NoDatabase"/>.</summary>
    public string? StoppedBy { get; private set; } = Starting;

    /// <summary>Completes once intake takes messages.</summary>
    public Task WhenTakingAsync(CancellationToken ct) => Volatile.Read(ref taking).Task.WaitAsync(ct);

    public const string Starting = "Starting";
    public const string NoDatabase = "NoDatabase";
    public const string NoBroker = "NoBroker";
    public const string NoSchema = "NoSchema";
    public const string RegistryInvalid = "RegistryInvalid";
    public const string ClockSkew = "ClockSkew";
    public const string CommitUncertain = "CommitUncertain";

    /// <summary>Messages taken from the broker and not yet settled.</summary>
    public int InHand => Volatile.Read(ref inHand);

    /// <summary>System time at which intake last had nothing waiting; <c>null</c>: never since it started.</summary>
    public DateTimeOffset? CaughtUpAt => Interlocked.Read(ref caughtUpTicks) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    internal void Took(int count) => Interlocked.Add(ref inHand, count);

    internal void Settled(int count) => Interlocked.Add(ref inHand, -count);

    internal void CaughtUp(DateTimeOffset systemNow) => Interlocked.Exchange(ref caughtUpTicks, systemNow.UtcTicks);

    internal void Taking()
    {
        StoppedBy = null;
        taking.TrySetResult();
    }

    internal void Stopped(string reason)
    {
        StoppedBy = reason;
        if (taking.Task.IsCompleted)
            Volatile.Write(ref taking, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Interlocked.Exchange(ref caughtUpTicks, 0);
    }
}
