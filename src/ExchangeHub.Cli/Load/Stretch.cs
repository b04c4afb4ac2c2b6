using System.Diagnostics;
using HdrHistogram;

namespace ExchangeHub.Cli.Load;

/// <summary>The measuring of one stretch, from many tasks.</summary>
sealed class Stretch
{
    readonly LatencyRecorder whole = new(), toOffice = new();
    readonly long started = Stopwatch.GetTimestamp();
    int full;

    public void Arrived(TimeSpan after) => toOffice.Record(after);

    public void Ended(TimeSpan after)
    {
        whole.Record(after);
        Interlocked.Increment(ref full);
    }

    public StretchResult Read(Beside beside)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(beside, full, seconds, full / seconds, whole.Read(), toOffice.Read());
    }
}

/// <summary>Latencies collected from many tasks, in microseconds up to an hour.</summary>
sealed class LatencyRecorder
{
    const long MicrosecondsMax = 3_600_000_000;

    readonly LongHistogram histogram = new(MicrosecondsMax, 3);
    readonly Lock sync = new();

    public void Record(TimeSpan latency)
    {
        lock (sync)
            histogram.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 0, MicrosecondsMax));
    }

    public Latencies Read()
    {
        lock (sync)
            return new Latencies(At(50), At(90), At(99), At(100));
    }

    double At(double percentile) => histogram.TotalCount == 0 ? 0 : histogram.GetValueAtPercentile(percentile) / 1000d;
}
