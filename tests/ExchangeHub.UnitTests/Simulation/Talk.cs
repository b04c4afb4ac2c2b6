using ExchangeHub.Contracts;
using ExchangeHub.Hub.Intake;
using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>A message a county keeps until it has its receipt: the same bytes each time.</summary>
sealed class Sent(Intent intent, Incoming bytes)
{
    public Intent Intent { get; } = intent;
    public Incoming Bytes { get; } = bytes;
    public bool WasPublished { get; set; }
    /// <summary>The latest verdict; final unless it is held.</summary>
    public Statement? Receipt { get; set; }
    public bool IsFinal => Receipt is AcceptedStatement or RefusedStatement;
}

/// <summary>One exchange as one county knows it: what it was told, by number, and what it has still to say.</summary>
sealed class Talk(Guid id, string own, string other, bool isAsker, string kind, bool test)
{
    public Guid Id { get; } = id;
    public string Own { get; } = own;
    public string Other { get; } = other;
    public bool IsAsker { get; } = isAsker;
    public bool Asks { get; } = kind.EndsWith("request", StringComparison.Ordinal);
    public string Kind { get; } = kind;
    public bool Test { get; } = test;
    /// <summary>The last <c>seq</c> applied.</summary>
    public int Seq { get; set; }
    public Queue<Sent> ToSend { get; } = new();
    public SortedDictionary<int, (Told Told, string? MessageKind, string? From)> Told { get; } = [];

    /// <summary>Where the county believes the exchange stands.</summary>
    public string Phase
    {
        get
        {
            var phase = "Open";
            foreach (var (told, messageKind, _) in Told.Values)
                phase = (messageKind ?? told.What) switch
                {
                    "acknowledgement" when !Asks => "Closed",
                    "feedback-reply" => "Answered",
                    "return" => "Returned",
                    "return-contest" => "Open",
                    "withdrawal" => "Withdrawn",
                    "confirmation" or "closure" => "Closed",
                    "dispute" => "Disputed",
                    _ => phase,
                };
            return phase;
        }
    }

    public Guid? LastOf(string messageKind, string? from = null) =>
        Told.Values.Where(t => t.MessageKind == messageKind && (from is null || t.From == from)).Select(t => (Guid?)Guid.Parse(t.Told.What)).LastOrDefault();

    public Guid? LastOfOther => Told.Values.Where(t => t.From == Other).Select(t => (Guid?)Guid.Parse(t.Told.What)).LastOrDefault();

    public void Apply(Statement said)
    {
        var (number, told, messageKind, from) = said switch
        {
            AcceptedStatement a => (a.Number, new Told(a.Number, a.MessageId.ToString(), null, DateOf(a.AckDueOn, a.AckDueAt), DateOf(a.DueOn, a.DueAt), a.DuePending), a.Kind, a.From),
            EventStatement e => (e.Number!.Value, new Told(e.Number.Value, e.Kind, AboutOf(e), Answer: DateOf(e.DueOn, e.DueAt)), (string?)null, (string?)null),
            _ => throw new SimulationException($"{said.GetType().Name} stands in no exchange."),
        };
        if (Told.TryGetValue(number, out var before) && before.Told != told)
            throw new SimulationException($"{Own} was told two things as number {number} of {Id}: {before.Told} and {told}.");
        Told[number] = (told, messageKind, from);
    }

    // What tells an instant only, tells no day.
    static Date? DateOf(DateOnly? on, DateTimeOffset? at) => at is { } instant ? new Date(on ?? default, instant) : null;

    static string AboutOf(EventStatement e) => e.Kind switch
    {
        "due-change" => $"{e.Duty} {e.Cause}",
        "closure" => e.Cause!,
        "ruling" => e.Outcome!,
        _ => e.Duty!,
    };
}
