using System.Globalization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>The pure core in the words of an office. What a test is not about has a default.</summary>
static class Core
{
    public const string Asker = "330109", Receiver = "340221", Stranger = "510104", SameProvince = "330205";

    public static DeadlineRules Rules { get; } = ShippedData.Rules();

    /// <summary>A local time of Shanghai, <c>2026-02-11T10:00</c>, as an instant.</summary>
    public static DateTimeOffset Shanghai(string local)
    {
        var at = DateTime.Parse(local, CultureInfo.InvariantCulture);
        return WireTime.At(DateOnly.FromDateTime(at), TimeOnly.FromDateTime(at));
    }

    public static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static Header Request(string from = Asker, string to = Receiver, Guid? exchange = null) =>
        new(1, "hub.test", Guid.NewGuid(), exchange ?? Guid.NewGuid(), Kinds.CertificateVerificationRequest, 1, from, to, Shanghai("2026-02-11T09:00"));

    public static Header Notice(string kind = Kinds.OutflowNotice, string from = Asker, string to = Receiver) => Request(from, to) with { Kind = kind };

    public static Exchange Notified(string at = "2026-02-11T10:00", string kind = Kinds.OutflowNotice) =>
        ((Decision.Accepted)ExchangeDecider.Decide(null, Notice(kind), null, Shanghai(at), Rules)).After;

    static readonly string[] askers = [Kinds.Withdrawal, Kinds.ExtensionDecision, Kinds.ReturnContest, Kinds.Confirmation, Kinds.Dispute];

    /// <summary>A message within an exchange, well formed for its kind, naming what its kind must name.</summary>
    public static Header Message(Exchange on, string kind, string? from = null)
    {
        from ??= askers.Contains(kind) ? on.Asker : on.Receiver;
        var named = kind switch
        {
            Kinds.ExtensionDecision => on.LastOf(Kinds.ExtensionRequest),
            Kinds.ReturnContest => on.LastOf(Kinds.Return),
            Kinds.Confirmation or Kinds.Dispute => on.LastOf(Kinds.FeedbackReply),
            _ => on.Messages.FindLast(m => m.From != from)?.Id,
        };
        return new Header(1, "hub.test", Guid.NewGuid(), on.Id, kind, 1, from, on.OtherThan(from), on.LastAt)
        {
            InReplyTo = kind is Kinds.Withdrawal or Kinds.Clarification ? null : named ?? Guid.NewGuid(),
            Outcome = kind == Kinds.FeedbackReply ? Outcomes.Match : null,
            ReasonCode = kind switch
            {
                Kinds.Return => ReturnReasons.NotOurs,
                Kinds.ReturnContest => "OnYourRegister",
                Kinds.Dispute => "ContradictsDocument",
                Kinds.ExtensionRequest => "VisitNeeded",
                _ => null,
            },
            Decision = kind == Kinds.ExtensionDecision ? Decisions.Granted : null,
            WorkingDays = kind == Kinds.ExtensionRequest ? 3 : null,
            Test = on.Test,
        };
    }

    public static Header Correction(Exchange on) => Message(on, Kinds.FeedbackReply) with
    {
        Supersedes = on.Messages.FindLast(m => m.Kind == Kinds.FeedbackReply)?.Id ?? Guid.NewGuid(),
        Outcome = "MovedOn",
        ReasonCode = "LeftCounty",
        Changed = true,
    };

    public static Exchange Asked(string at = "2026-02-11T10:00", string from = Asker, string to = Receiver, bool urgent = false, DeadlineRules? rules = null) =>
        Request(from, to) is var request && ExchangeDecider.Decide(null, request with { Urgency = urgent ? "urgent" : null }, null, Shanghai(at), rules ?? Rules)
            is Decision.Accepted accepted ? accepted.After : throw new InvalidOperationException("The request was refused.");

    public static Decision.Accepted Accepts(this Exchange on, Header message, string at) =>
        ExchangeDecider.Decide(on, message, null, Shanghai(at), Rules).ShouldBeOfType<Decision.Accepted>();

    public static Exchange After(this Exchange on, Header message, string at) => on.Accepts(message, at).After;

    public static Exchange After(this Exchange on, string kind, string at) => on.After(Message(on, kind), at);

    public static Exchange After(this Exchange on, HubCommand command, string at, DeadlineRules? rules = null) =>
        ExchangeDecider.Decide(on, command, Shanghai(at), rules ?? Rules).After;

    public static IReadOnlyList<Refusal> Refuses(this Exchange? on, Header message, Exchange? followed = null) =>
        ExchangeDecider.Decide(on, message, followed, on?.LastAt ?? Shanghai("2026-02-11T10:00"), Rules).ShouldBeOfType<Decision.Refused>().Reasons;

    /// <summary>The row of a duty that has not ended.</summary>
    public static Owed Live(this Exchange on, string duty) => on.Owed.Single(o => o.Duty == duty && o.EndedAt is null);

    /// <summary>Rules with no calendar for the years after the given one.</summary>
    public static DeadlineRules RulesUntil(int year)
    {
        var (years, days) = ShippedData.Calendar();
        return new DeadlineRules(Rules.Divisions, [.. years.Where(y => y <= year)], [.. days.Where(d => d.On.Year <= year)],
            new Dictionary<string, IReadOnlyCollection<CalendarDay>>(), ShippedData.Policies());
    }
}
