using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>An exchange that a step opened.</summary>
sealed record Begun(Guid Id, string Kind, string From, string To, InventedPerson About);

/// <summary>A step in exchanges opened before.</summary>
public abstract record ActStep : ExchangeStep
{
    /// <summary>The <see cref="AskStep.As"/> of the exchanges.</summary>
    public required string Of { get; init; }
    /// <summary>How many of them, the ones opened first left out by <see cref="Skip"/>; absent: all the rest.</summary>
    public int? Count { get; init; }
    public int Skip { get; init; }

    /// <exception cref="ScenarioFileException">A member of the act's own is not as it must be.</exception>
    internal virtual void Check(string at) { }
}

/// <summary>An act that is one message of the county on one side.</summary>
public abstract record MoveStep : ActStep
{
    internal virtual Side By => Side.Receiver;
    internal abstract Move Move(Begun of);
}

public sealed record AcknowledgeStep : MoveStep
{
    internal override Move Move(Begun of) => new Acknowledge();
}

public sealed record InterimStep : MoveStep
{
    internal override Move Move(Begun of) => new InterimReply();
}

/// <summary>The answer; after an answer its correction, after a dispute the answer to that.</summary>
public sealed record ReplyStep : MoveStep
{
    public string Outcome { get; init; } = Outcomes.Match;
    public string? Reason { get; init; }
    /// <summary>What the reply tells of the certificate.</summary>
    public string? Status { get; init; }

    internal override Move Move(Begun of)
    {
        var fields = AskedFields.Of(of.Kind);
        return new Reply(Outcome, Reason, Outcome switch
        {
            Outcomes.Match => fields.ToDictionary(f => f, _ => FieldMatch.Same),
            Outcomes.MatchWithDifferences => fields.ToDictionary(f => f, f => f == fields[^1] ? FieldMatch.Different : FieldMatch.Same),
            _ => null,
        }, CertificateStatus: Status);
    }

    internal override void Check(string at)
    {
        ScenarioFile.RequireCode(Outcome, Codes.Outcomes, at + "/outcome");
        ScenarioFile.Require(Reason is null ? Outcome == Outcomes.Match : Codes.ReplyReasons.Contains(Reason), at + "/reason",
            "every outcome but Match needs one of " + string.Join(", ", Codes.ReplyReasons));
        ScenarioFile.RequireCode(Status ?? Codes.RegisterValid, Codes.RegisterStatuses, at + "/status");
    }
}

/// <summary>More time is asked for.</summary>
public sealed record ExtendStep : MoveStep
{
    public required int WorkingDays { get; init; }
    public required string Reason { get; init; }
    internal override Move Move(Begun of) => new AskExtension(WorkingDays, Reason);

    internal override void Check(string at)
    {
        ScenarioFile.Require(WorkingDays is >= 1 and <= Limits.ExtensionDaysMax, at + "/workingDays", $"must be 1 to {Limits.ExtensionDaysMax}");
        ScenarioFile.RequireCode(Reason, Codes.ExtensionReasons, at + "/reason");
    }
}

/// <summary>The asker grants or denies it.</summary>
public sealed record DecideStep : MoveStep
{
    public required string Decision { get; init; }
    internal override Side By => Side.Asker;
    internal override Move Move(Begun of) => new DecideExtension(Decision);
    internal override void Check(string at) => ScenarioFile.RequireCode(Decision, Codes.Decisions, at + "/decision");
}

public sealed record ReturnStep : MoveStep
{
    public required string Reason { get; init; }
    public string? SuggestedTo { get; init; }
    internal override Move Move(Begun of) => new Return(Reason, SuggestedTo);

    internal override void Check(string at)
    {
        ScenarioFile.RequireCode(Reason, Codes.ReturnReasons, at + "/reason");
        ScenarioFile.Require(SuggestedTo is null || (Party.IsCounty(SuggestedTo) && Reason == ReturnReasons.NotOurs), at + "/suggestedTo", "must be a county, and only with NotOurs");
    }
}

/// <summary>A return was wrong: open again.</summary>
public sealed record ContestStep : MoveStep
{
    public required string Reason { get; init; }
    internal override Side By => Side.Asker;
    internal override Move Move(Begun of) => new Contest(Reason);
    internal override void Check(string at) => ScenarioFile.RequireCode(Reason, Codes.ContestReasons, at + "/reason");
}

/// <summary>The county that a return suggested is asked instead.</summary>
public sealed record ResendStep : ActStep
{
    /// <summary>The name of the new exchanges.</summary>
    public string? As { get; init; }
}

public sealed record WithdrawStep : MoveStep
{
    public string? Reason { get; init; }
    internal override Side By => Side.Asker;
    internal override Move Move(Begun of) => new Withdraw(Reason);
    internal override void Check(string at) => ScenarioFile.RequireCode(Reason ?? Codes.WithdrawalReasons[0], Codes.WithdrawalReasons, at + "/reason");
}

public sealed record ConfirmStep : MoveStep
{
    public string? Mark { get; init; }
    internal override Side By => Side.Asker;
    internal override Move Move(Begun of) => new Confirm(Mark);
    internal override void Check(string at) => ScenarioFile.RequireCode(Mark ?? Codes.Marks[0], Codes.Marks, at + "/mark");
}

public sealed record DisputeStep : MoveStep
{
    public required string Reason { get; init; }
    internal override Side By => Side.Asker;
    internal override Move Move(Begun of) => new Dispute(Reason);
    internal override void Check(string at) => ScenarioFile.RequireCode(Reason, Codes.DisputeReasons, at + "/reason");
}

/// <summary>A reviewer of the province whose county owes rules on a maintained reply.</summary>
public sealed record RuleStep : ActStep
{
    public required string Outcome { get; init; }
    internal override void Check(string at) => ScenarioFile.RequireCode(Outcome, Codes.RulingOutcomes, at + "/outcome");
}

/// <summary>One side says something to the other; no clock.</summary>
public sealed record ClarifyStep : MoveStep
{
    static readonly IReadOnlyList<string> Sides = ["asker", "receiver"];

    [System.Text.Json.Serialization.JsonPropertyName("by")] public required string Speaker { get; init; }
    internal override Side By => Speaker == Sides[0] ? Side.Asker : Side.Receiver;
    internal override Move Move(Begun of) => new Clarify("请看案卷。");
    internal override void Check(string at) => ScenarioFile.RequireCode(Speaker, Sides, at + "/by");
}
