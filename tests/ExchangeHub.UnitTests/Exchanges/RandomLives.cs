using CsCheck;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Lives of exchanges made at random: any message by any side at any time, and the hub's own doings between.</summary>
static class RandomLives
{
    /// <summary>One step: what comes, and how many minutes after the step before.</summary>
    public sealed record Step(int What, int Minutes);

    public sealed record Life(DateTimeOffset Begin, string Opening, string To, bool Urgent, bool Test, string? Reason, IReadOnlyList<Step> Steps);

    static readonly string[] Kinds_ = [Kinds.Acknowledgement, Kinds.FeedbackReply, Kinds.Return, Kinds.Withdrawal];
    static readonly string[] Later_ = [Kinds.InterimReply, Kinds.ExtensionRequest, Kinds.ExtensionDecision, Kinds.ReturnContest, Kinds.Confirmation, Kinds.Dispute, Kinds.Clarification];
    static readonly string[] Counties = [Core.Receiver, Core.SameProvince, "330106", "441900", "110101"];
    static readonly string[] Openings = [Kinds.CertificateVerificationRequest, Kinds.CertificateVerificationRequest, Kinds.AssistanceCheckRequest, Kinds.OutflowNotice];
    static readonly string?[] Reasons = [null, .. Codes.RequestReasons];

    public static readonly Gen<Life> Any =
        from minutes in Gen.Int[0, 60 * 24 * 700]
        from opening in Gen.Int[0, Openings.Length - 1]
        from county in Gen.Int[0, Counties.Length - 1]
        from urgent in Gen.Bool
        from test in Gen.Int[0, 9]
        from reason in Gen.Int[0, Reasons.Length - 1]
        from steps in (from what in Gen.Int[0, 25] from wait in Gen.Int[0, 60 * 24 * 6] select new Step(what, wait)).List[0, 12]
        select new Life(Core.Shanghai("2025-01-10T00:00").AddMinutes(minutes), Openings[opening], Counties[county], urgent, test == 0, Reasons[reason], steps);

    public static Header Opening(Life life) =>
        Core.Notice(life.Opening, to: life.To) with { Urgency = life.Urgent ? "urgent" : null, Test = life.Test, ReasonCode = life.Reason };

    /// <summary>A message (some by the wrong side, some corrections) or a duty of the hub.</summary>
    public static (Header? Message, HubCommand? Command) Make(Exchange on, Step step, DateTimeOffset at) => step.What switch
    {
        <= 3 => (Core.Message(on, Kinds_[step.What]), null),
        4 => (Core.Message(on, Kinds.Return) with { ReasonCode = ReturnReasons.Insufficient }, null),
        5 => (Core.Message(on, Kinds.Withdrawal, on.Receiver), null),
        6 => (Core.Message(on, Kinds.FeedbackReply, on.Asker), null),
        7 => (Core.Correction(on), null),
        8 or 9 => (null, new HubCommand.FollowUp()),
        10 => (null, new HubCommand.MoveForOutage(new(at.AddHours(-30), at))),
        11 => (null, new HubCommand.CountAnew(at)),
        12 => (null, new HubCommand.SetPendingDue()),
        13 => (null, new HubCommand.Rule(RulingOutcomes.Upheld, "reviewer")),
        14 => (null, new HubCommand.Supersede(Guid.NewGuid())),
        15 => (Core.Message(on, Kinds.ExtensionDecision) with { Decision = Decisions.Denied }, null),
        16 => (Core.Message(on, Kinds.FeedbackReply) with { Supersedes = on.LastOf(Kinds.FeedbackReply), Outcome = "MovedOn", ReasonCode = "LeftCounty" }, null),
        17 or 18 => (Core.Message(on, Kinds.FeedbackReply), null),
        var later => (Core.Message(on, Later_[later - 19]), null),
    };

    /// <summary>The facts of a life; <paramref name="seen"/> is told every decision with the state before it.</summary>
    public static IReadOnlyList<ExchangeEvent> Facts(Life life, Action<Exchange, Step, DateTimeOffset, Decision>? seen = null)
    {
        var rules = Core.RulesUntil(2025);
        var opening = (Decision.Accepted)ExchangeDecider.Decide(null, Opening(life), null, life.Begin, rules);
        var facts = new List<ExchangeEvent>(opening.Facts);
        var on = opening.After;
        var at = life.Begin;
        foreach (var step in life.Steps)
        {
            at = at.AddMinutes(step.Minutes);
            var (message, command) = Make(on, step, at);
            var then = step.What == 12 ? Core.Rules : rules; // the calendar came
            Decision decision = message is not null ? ExchangeDecider.Decide(on, message, null, at, then) : ExchangeDecider.Decide(on, command!, at, then);
            seen?.Invoke(on, step, at, decision);
            if (decision is not Decision.Accepted accepted)
                continue;
            facts.AddRange(accepted.Facts);
            on = accepted.After;
        }
        return facts;
    }
}
