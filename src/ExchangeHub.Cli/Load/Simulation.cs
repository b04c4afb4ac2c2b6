using HdrHistogram;

namespace ExchangeHub.Cli.Load;

/// <summary>What to simulate.</summary>
/// <param name="Count">Most questions to ask.</param>
/// <param name="Rate">Questions a second; 0: as fast as <paramref name="InFlight"/> allows.</param>
/// <param name="DurationSeconds">How long to go on asking, where the count does not end it first; what is asked is answered beyond it.</param>
public sealed record SimulationPlan(int Counties, int Count, double Rate, int InFlight, int Seed, double ShareLate, double ShareReturned, int? DurationSeconds = null)
{
    /// <summary>Every question of the simulation; the same plan gives the same ones.</summary>
    public IEnumerable<SimulatedQuestion> Questions(IReadOnlyList<string> counties)
    {
        var dice = new Random(Seed);
        for (var n = 0; n < Count; n++)
        {
            var from = dice.Next(counties.Count);
            var to = (from + 1 + dice.Next(counties.Count - 1)) % counties.Count;
            var fate = dice.NextDouble();
            yield return new SimulatedQuestion(n, counties[from], counties[to],
                fate < ShareLate ? Fate.AnsweredLate : fate < ShareLate + ShareReturned ? Fate.Returned : Fate.Answered);
        }
    }
}

/// <summary>What becomes of a question.</summary>
public enum Fate
{
    Answered,
    AnsweredLate,
    Returned,
}

public sealed record SimulatedQuestion(int Number, string From, string To, Fate Fate);

/// <summary>Milliseconds.</summary>
public sealed record Latencies(double P50, double P90, double P99, double Max);

/// <summary>Seconds of CPU that a process took during the run, and milliseconds of it for each exchange.</summary>
public sealed record CpuTime(string Process, double Seconds, double MillisecondsEach);

/// <summary>What a simulation measured. <paramref name="Asked"/> is the sum of answered, returned, late and failed.</summary>
/// <param name="Answered">In time, seen by the asker.</param>
/// <param name="Late">Answered after the deadline, seen by the asker.</param>
/// <param name="Failed">Refused or not seen in time by a clerk.</param>
/// <param name="Lost">Asked, and at the end neither answered nor returned in the hub's own rows or in the asker's; counted from the databases.</param>
/// <param name="LateAtHub">Answers of these exchanges that the hub holds to be late; the same as <paramref name="Late"/>, or a clock or a rule is wrong.</param>
/// <param name="FullExchangesPerSecond">Request, acknowledgement and reply (or return), seen by the asker.</param>
/// <param name="FullExchange">From the asker's command to the answer at the asker.</param>
/// <param name="OfficeToOffice">From the asker's command to the row in the other office's worklist; an open page shows it at most 2 s later, and the target is 3 s on the screen.</param>
/// <param name="WithinTarget">Whether every one was within the target.</param>
public sealed record SimulationResult(SimulationPlan Plan, int Asked, int Answered, int Returned, int Late, int Failed, int Lost, int LateAtHub, double Seconds, double FullExchangesPerSecond,
    Latencies FullExchange, Latencies OfficeToOffice, bool WithinTarget, IReadOnlyList<CpuTime> Cpu)
{
    /// <summary>Everything that was asked became of it what was meant.</summary>
    public bool IsWhole => Failed == 0 && Lost == 0 && Late == LateAtHub;
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
