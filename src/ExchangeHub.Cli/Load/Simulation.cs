namespace ExchangeHub.Cli.Load;

/// <summary>What to simulate.</summary>
/// <param name="Count">Most questions to ask.</param>
/// <param name="Rate">Questions a second; 0: as fast as <paramref name="InFlight"/> allows.</param>
/// <param name="DurationSeconds">How long to go on asking, where the count does not end it first; what is asked is answered beyond it.</param>
/// <param name="Hubs">Hub processes on one database and one broker.</param>
/// <param name="Waiting">How many questions wait for one county more, whose node is away: the others' plan is played once without them, once while they wait,
/// and once while that county, back again, takes them in. 0: no such county.</param>
public sealed record SimulationPlan(int Counties, int Count, double Rate, int InFlight, int Seed, double ShareLate, double ShareReturned, int? DurationSeconds = null,
    int Hubs = 1, int Waiting = 0)
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

/// <summary>The plan played once.</summary>
/// <param name="Beside">What else went on.</param>
/// <param name="Full">Full exchanges (request, acknowledgement and reply, or return), seen by the asker.</param>
/// <param name="FullExchange">From the asker's command to the answer at the asker.</param>
/// <param name="OfficeToOffice">From the asker's command to the row in the other office's worklist.</param>
public sealed record StretchResult(Beside Beside, int Full, double Seconds, double FullExchangesPerSecond, Latencies FullExchange, Latencies OfficeToOffice);

/// <summary>What went on beside the counties that were measured.</summary>
public enum Beside
{
    Nothing,
    /// <summary>Many questions waited for a county whose node was away.</summary>
    QuestionsWait,
    /// <summary>That county took them in.</summary>
    CountyCatchesUp,
}

/// <summary>What one county that was away meant.</summary>
/// <param name="Waited">Questions that waited in its queue.</param>
/// <param name="AskedInSeconds">How long it took to ask them.</param>
/// <param name="CaughtUpInSeconds">From the return of its node to the last of them on its worklist.</param>
public sealed record CatchingUp(int Waited, double AskedInSeconds, double CaughtUpInSeconds);

/// <summary>What stood open and how much memory it took (resident, MiB) at the end of the run.</summary>
/// <param name="BrokerConnections">Of all counties and hubs.</param>
/// <param name="NodeMemory">With the clerks and the load itself; absent where the system does not tell.</param>
public sealed record Footprint(int BrokerConnections, int HubDatabaseSessions, int NodeDatabaseSessions, long? NodeMemory, IReadOnlyList<long?> HubMemory);

/// <summary>What a simulation measured. <paramref name="Asked"/> is the sum of answered, returned, late and failed.</summary>
/// <param name="Answered">In time, seen by the asker.</param>
/// <param name="Late">Answered after the deadline, seen by the asker.</param>
/// <param name="Failed">Refused or not seen in time by a clerk.</param>
/// <param name="Lost">Asked, and at the end neither answered, returned nor closed in the hub's own rows or in the asker's; counted from the databases.</param>
/// <param name="LateAtHub">Answers of these exchanges that the hub holds to be late; the same as <paramref name="Late"/>, or a clock or a rule is wrong.</param>
/// <param name="Stretches">The first with nothing beside it.</param>
/// <param name="WithinTarget">Whether every question of every stretch was in the other office's worklist early enough: an open page shows it at most 2 s later, and the target is 3 s on the screen.</param>
/// <param name="Cpu">Of the first stretch.</param>
public sealed record SimulationResult(SimulationPlan Plan, int Asked, int Answered, int Returned, int Late, int Failed, int Lost, int LateAtHub,
    IReadOnlyList<StretchResult> Stretches, CatchingUp? CatchingUp, bool WithinTarget, IReadOnlyList<CpuTime> Cpu, Footprint Footprint)
{
    /// <summary>Everything that was asked became of it what was meant.</summary>
    public bool IsWhole => Failed == 0 && Lost == 0 && Late == LateAtHub;
}
