using System.Globalization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.IntegrationTests.Rates;

/// <summary>Exchanges made by the pure core, in the words of an office or at random.</summary>
static class Lives
{
    public static DeadlineRules Rules { get; } = ShippedData.Rules();

    static readonly string[] Counties = ["330109", "330106", "330205", "340221", "110101", "441900", "429004"];
    static readonly string[] Kinds_ = [Kinds.Acknowledgement, Kinds.FeedbackReply, Kinds.Return, Kinds.Withdrawal];

    public static DateTimeOffset Shanghai(string local)
    {
        var at = DateTime.Parse(local, CultureInfo.InvariantCulture);
        return WireTime.At(DateOnly.FromDateTime(at), TimeOnly.FromDateTime(at));
    }

    public static List<ExchangeEvent> Asked(string from, string to, DateTimeOffset at, string? reason = null, bool test = false)
    {
        var header = new Header(1, "hub.test", Guid.NewGuid(), Guid.NewGuid(), Kinds.CertificateVerificationRequest, 1, from, to, at) { ReasonCode = reason, Test = test };
        return [.. ((Decision.Accepted)ExchangeDecider.Decide(null, header, null, at, Rules)).Facts];
    }

    /// <summary>Adds what a message of this kind makes; a refused one adds nothing.</summary>
    public static List<ExchangeEvent> Then(this List<ExchangeEvent> life, string kind, DateTimeOffset at, string? reason = null)
    {
        var on = Exchange.Fold(life)!;
        var from = kind == Kinds.Withdrawal ? on.Asker : on.Receiver;
        var header = new Header(1, "hub.test", Guid.NewGuid(), on.Id, kind, 1, from, on.OtherThan(from), at)
        {
            InReplyTo = kind == Kinds.Withdrawal ? null : on.Messages[0].Id,
            Outcome = kind == Kinds.FeedbackReply ? Outcomes.Match : null,
            ReasonCode = reason ?? (kind == Kinds.Return ? ReturnReasons.NotOurs : null),
            Test = on.Test,
        };
        if (ExchangeDecider.Decide(on, header, null, at, Rules) is Decision.Accepted accepted)
            life.AddRange(accepted.Facts);
        return life;
    }

    public static List<ExchangeEvent> Then(this List<ExchangeEvent> life, HubCommand command, DateTimeOffset at)
    {
        life.AddRange(ExchangeDecider.Decide(Exchange.Fold(life)!, command, at, Rules).Facts);
        return life;
    }

    /// <summary>A life somewhere between January and April 2026. The same seed gives the same life.</summary>
    public static List<ExchangeEvent> AtRandom(Random random)
    {
        var from = Counties[random.Next(Counties.Length)];
        var to = Counties.Where(c => c != from).ElementAt(random.Next(Counties.Length - 1));
        var at = Shanghai("2026-01-05T00:00").AddMinutes(random.Next(60 * 24 * 80));
        var life = Asked(from, to, at, random.Next(3) == 0 ? null : Codes.RequestReasons[random.Next(Codes.RequestReasons.Count)], random.Next(12) == 0);
        for (var steps = random.Next(5); steps > 0; steps--)
        {
            at = at.AddMinutes(random.Next(60 * 24 * 9));
            life = random.Next(10) switch
            {
                0 => life.Then(new HubCommand.MoveForOutage(new(at.AddHours(-40), at)), at),
                1 => life.Then(new HubCommand.CountAnew(at), at),
                2 => life.Then(new HubCommand.FollowUp(), at),
                3 => life.Then(Kinds.Return, at, ReturnReasons.Insufficient),
                var n => life.Then(Kinds_[n % Kinds_.Length], at),
            };
        }
        return life;
    }
}
