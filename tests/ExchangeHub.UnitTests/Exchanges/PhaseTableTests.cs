using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Every (phase, kind, party): what is allowed, and with which codes the rest is refused.</summary>
public sealed class PhaseTableTests
{
    const string Phase_ = RefusalCodes.PhaseNotAllowed, Party_ = RefusalCodes.PartyNotAllowed, Unknown = RefusalCodes.ExchangeUnknown, Exists = RefusalCodes.ExchangeExists;

    // Written out by hand from the table of the life of an exchange; the core's own table is not read.
    static readonly Dictionary<(Phase, string), string> AllowedTo = new()
    {
        [(Phase.Open, Kinds.Acknowledgement)] = "receiver",
        [(Phase.Open, Kinds.FeedbackReply)] = "receiver",
        [(Phase.Open, Kinds.Return)] = "receiver",
        [(Phase.Open, Kinds.Withdrawal)] = "asker",
        [(Phase.Disputed, Kinds.FeedbackReply)] = "receiver",
    };

    static readonly Dictionary<string, string> SideOf = new()
    {
        [Kinds.Acknowledgement] = "receiver",
        [Kinds.FeedbackReply] = "receiver",
        [Kinds.Return] = "receiver",
        [Kinds.Withdrawal] = "asker",
    };

    public static TheoryData<Phase, string, string> EveryCell()
    {
        var cells = new TheoryData<Phase, string, string>();
        foreach (var phase in Enum.GetValues<Phase>())
            foreach (var kind in Kinds.Submitted.Keys)
                foreach (var party in new[] { "asker", "receiver", "stranger" })
                    cells.Add(phase, kind, party);
        return cells;
    }

    [Theory, MemberData(nameof(EveryCell))]
    public void Each_kind_is_taken_from_its_side_in_its_phases_and_from_nobody_else(Phase phase, string kind, string party)
    {
        var on = In(phase);
        var from = party switch { "asker" => Core.Asker, "receiver" => Core.Receiver, _ => Core.Stranger };
        var message = kind == Kinds.CertificateVerificationRequest
            ? Core.Request(from, from == Core.Receiver ? Core.Asker : Core.Receiver, on.Id)
            : Core.Message(on, kind, from);
        if (party == "stranger")
            message = message with { To = Core.Receiver };

        var decision = ExchangeDecider.Decide(on, message, null, on.LastAt, Core.Rules);

        var expected = Expected(on, kind, party);
        if (expected.Length == 0)
            decision.ShouldBeOfType<Decision.Accepted>().Facts.Count.ShouldBe(1);
        else
            decision.ShouldBeOfType<Decision.Refused>().Reasons.Select(r => r.Code).Distinct().Order().ShouldBe(expected.Order());
    }

    static string[] Expected(Exchange on, string kind, string party)
    {
        if (party == "stranger")
            return [Unknown];
        if (kind == Kinds.CertificateVerificationRequest)
            return [Exists];
        if (AllowedTo.TryGetValue((on.Phase, kind), out var side) && side == party)
            return [];
        var phaseWrong = !AllowedTo.ContainsKey((on.Phase, kind));
        // Where the other side has said nothing there is nothing to reply to.
        var refersToNothing = kind != Kinds.Withdrawal && !on.Messages.Exists(m => (m.From == on.Asker) != (party == "asker"));
        return [.. (string[])(SideOf[kind] == party ? [] : [Party_]), .. (string[])(phaseWrong ? [Phase_] : []), .. (string[])(refersToNothing ? [RefusalCodes.ReferenceUnknown] : [])];
    }

    [Theory]
    [InlineData(Phase.Open), InlineData(Phase.Answered), InlineData(Phase.Closed), InlineData(Phase.Returned), InlineData(Phase.Withdrawn), InlineData(Phase.Disputed)]
    public void A_correction_is_taken_while_answered_or_disputed(Phase phase)
    {
        var answered = Core.Asked().After(Kinds.FeedbackReply, "2026-02-11T11:00");
        var decision = ExchangeDecider.Decide(answered with { Phase = phase }, Core.Correction(answered), null, answered.LastAt, Core.Rules);

        if (phase is Phase.Answered)
            decision.ShouldBeOfType<Decision.Accepted>().Facts.Single().ShouldBeOfType<Corrected>();
        else if (phase is Phase.Disputed or Phase.Open)
            decision.ShouldBeOfType<Decision.Accepted>().Facts.Single().ShouldBeOfType<Answered>();
        else
            decision.ShouldBeOfType<Decision.Refused>().Reasons.ShouldBe([new(Phase_, "/header/exchangeId")]);
    }

    [Fact]
    public void Every_kind_that_travels_stands_in_the_table() =>
        SideOf.Keys.Append(Kinds.CertificateVerificationRequest).Order().ShouldBe(Kinds.Submitted.Keys.Order());

    static Exchange In(Phase phase) => phase switch
    {
        Phase.Open => Core.Asked(),
        Phase.Answered => Core.Asked().After(Kinds.FeedbackReply, "2026-02-11T11:00"),
        Phase.Returned => Core.Asked().After(Kinds.Return, "2026-02-11T11:00"),
        Phase.Withdrawn => Core.Asked().After(Kinds.Withdrawal, "2026-02-11T11:00"),
        _ => Core.Asked() with { Phase = phase }, // no kind that travels yet leads there
    };
}
