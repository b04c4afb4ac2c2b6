using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>What clerks come up with: mostly what fits where they believe the exchange stands, now and then anything at all.</summary>
static class Inventions
{
    static readonly string[] everyMove =
        ["acknowledgement", "interim-reply", "feedback-reply", "extension-request", "extension-decision", "return", "return-contest", "withdrawal", "confirmation", "dispute", "clarification"];

    public static (Intent Opening, string? CaseNumber) Opening(string from, List<Talk> active, World world)
    {
        var chance = world.Chance;
        var kind = chance.Weighed((40, "certificate-verification-request"), (20, "assistance-check-request"), (25, "outflow-notice"), (15, "inflow-notice"));
        var to = chance.Of([.. Counties.All.Where(c => c != from)]);
        var exchange = active.Count > 0 && chance.PerMille(10) ? chance.Of(active).Id : chance.Id(); // an id that is taken
        var asks = kind.EndsWith("request", StringComparison.Ordinal);
        var followed = active.Count > 0 && chance.PerMille(asks ? 60 : 350) ? chance.Of(active) : null;
        if (exchange == followed?.Id)
            followed = null;
        // Most that follow tell the same thing anew.
        if (!asks && followed is not null && chance.PerMille(800) && active.FindLast(t => t.IsAsker && !t.Asks && t.Phase is "Open" or "Closed") is { Asks: false } own && own.Id != exchange)
            (followed, kind) = (own, own.Kind);
        // By the county's own knowledge, which may be behind: the followed one may not have arrived yet.
        var opening = followed is null || asks ? null : followed.LastOf(followed.Kind, from) ?? (chance.PerMille(100) ? chance.Id() : null);
        return (new Intent(chance.Id(), exchange, kind, from, to)
        {
            Urgent = asks && chance.PerMille(150),
            Test = chance.PerMille(50),
            Reason = asks && chance.PerMille(500) ? "RoutineCheck" : null,
            Follows = followed?.Id,
            Supersedes = opening,
        }, chance.PerMille(500) ? $"{from}-20260105-{chance.Below(10000):D4}" : null);
    }

    public static Intent? Move(Talk on, World world)
    {
        var chance = world.Chance;
        var kind = chance.PerMille(60) ? chance.Of(everyMove) : Fitting(on, chance);
        if (kind is null)
            return null;
        var named = chance.PerMille(20) ? chance.Id() : kind switch
        {
            "extension-decision" => on.LastOf("extension-request"),
            "return-contest" => on.LastOf("return"),
            "confirmation" or "dispute" => on.LastOf("feedback-reply"),
            "withdrawal" => null,
            "clarification" => chance.PerMille(500) ? on.LastOfOther : null,
            _ => on.LastOfOther,
        };
        if (named is null && kind is not ("withdrawal" or "clarification"))
            named = chance.Id();
        if (kind == "withdrawal")
            named = null;
        var older = kind == "feedback-reply" && chance.PerMille(on.Phase is "Answered" ? 950 : 500) ? on.LastOf(kind) : null;
        var outcome = kind == "feedback-reply" ? chance.PerMille(600) ? "Match" : "MovedOn" : null;
        return new Intent(chance.Id(), on.Id, kind, on.Own, on.Other)
        {
            Test = on.Test != chance.PerMille(10),
            InReplyTo = named,
            Supersedes = older,
            Changed = older is not null && chance.PerMille(400),
            Outcome = outcome,
            Reason = kind switch
            {
                "feedback-reply" => outcome == "Match" ? null : "LeftCounty",
                "return" => chance.Of(["NotOurs", "Insufficient", "Unreadable"]),
                "return-contest" => "OnYourRegister",
                "dispute" => "Incomplete",
                "extension-request" => "VisitNeeded",
                _ => null,
            },
            Grants = kind == "extension-decision" && chance.PerMille(700),
            Days = kind == "extension-request" ? 1 + chance.Below(30) : 0,
        };
    }

    static string? Fitting(Talk on, Chance chance) => (on.IsAsker, on.Phase) switch
    {
        (false, "Open") when !on.Asks => chance.Weighed<string?>((60, "acknowledgement"), (10, "return"), (5, "clarification"), (25, null)),
        (false, "Open") => chance.Weighed<string?>((25, "acknowledgement"), (25, "feedback-reply"), (10, "return"), (8, "interim-reply"), (12, "extension-request"), (3, "clarification"), (20, null)),
        (false, "Disputed") => chance.Weighed<string?>((45, "feedback-reply"), (15, "extension-request"), (5, "interim-reply"), (35, null)),
        (false, "Answered") => chance.Weighed<string?>((12, "feedback-reply"), (3, "clarification"), (85, null)),
        (true, "Open") when on.LastOf("extension-request") is not null => chance.Weighed<string?>((50, "extension-decision"), (5, "withdrawal"), (45, null)),
        (true, "Open") => chance.Weighed<string?>((6, "withdrawal"), (4, "clarification"), (90, null)),
        (true, "Disputed") => chance.Weighed<string?>((40, "extension-decision"), (60, null)),
        (true, "Answered") => chance.Weighed<string?>((12, "confirmation"), (25, "dispute"), (3, "clarification"), (60, null)),
        (true, "Returned") => chance.Weighed<string?>((60, "return-contest"), (40, null)),
        _ => null,
    };
}
