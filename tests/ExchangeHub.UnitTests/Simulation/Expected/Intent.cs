namespace ExchangeHub.UnitTests.Simulation.Expected;

/// <summary>What a county means to say, before it is a header, bytes or a statement.</summary>
/// <param name="Id">The message's.</param>
sealed record Intent(Guid Id, Guid Exchange, string Kind, string From, string To)
{
    public bool Urgent { get; init; }
    public bool Test { get; init; }
    public bool Changed { get; init; }
    public string? Outcome { get; init; }
    public string? Reason { get; init; }
    public Guid? InReplyTo { get; init; }
    public Guid? Supersedes { get; init; }
    public Guid? Follows { get; init; }
    public bool Grants { get; init; }
    public int Days { get; init; }

    public bool Opens => Kind is "outflow-notice" or "inflow-notice" or "certificate-verification-request" or "assistance-check-request";

    public bool Asks => Kind is "certificate-verification-request" or "assistance-check-request";
}

/// <summary>One thing a party is told of an exchange, by message or event.</summary>
/// <param name="What">The message's id, or the event's kind.</param>
/// <param name="About">Duty, cause or outcome of an event.</param>
sealed record Told(int Number, string What, string? About = null, Date? Acknowledge = null, Date? Answer = null, bool Pending = false);

/// <summary>Something the hub owes to one side, in its order.</summary>
sealed record Sequenced(string To, int Seq, Told Told);
