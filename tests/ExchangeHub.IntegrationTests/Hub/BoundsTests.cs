using ExchangeHub.Contracts;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>One step past what the life of an exchange allows, at the bare wire. Ends of agreements and counties are the directory's tests.</summary>
public sealed class BoundsTests(TestServers servers)
{
    [Fact]
    public async Task A_third_dispute_or_extension_a_late_contest_another_s_notice_and_a_chain_that_loops_are_refused_by_code_and_field()
    {
        await using var hub = await HubWorld.CreateAsync(servers); // Monday 2 February
        var (asker, receiver) = (hub.Asker, hub.Receiver);
        var disputed = await hub.AskAsync();
        var reply = await SaidAsync(receiver, receiver.Reply(disputed));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await SaidAsync(asker, Dispute(reply));
            reply = await SaidAsync(receiver, receiver.Reply(disputed));
        }
        var extended = await hub.AskAsync();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var request = await SaidAsync(receiver, MoreTime());
            await SaidAsync(asker, asker.Next(Kinds.ExtensionDecision, extended, request.MessageId) with { Decision = Decisions.Denied });
        }
        var returned = await hub.AskAsync();
        var sentBack = await SaidAsync(receiver, receiver.Next(Kinds.Return, returned, returned.MessageId) with { ReasonCode = ReturnReasons.Insufficient });
        var theirs = await SaidAsync(receiver, receiver.Ask(asker.Code) with { Kind = Kinds.OutflowNotice, ReasonCode = null });
        var follower = await SaidAsync(asker, asker.Ask(receiver.Code) with { Follows = returned.ExchangeId });
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 5), HubWorld.Stop); // the third working day begins

        var itself = asker.Ask(receiver.Code);
        foreach (var (from, message, code, field) in new[]
        {
            (asker, Dispute(reply), RefusalCodes.LimitReached, "/header/kind"),
            (receiver, MoreTime(), RefusalCodes.LimitReached, "/header/kind"),
            (asker, asker.Next(Kinds.ReturnContest, returned, sentBack.MessageId) with { ReasonCode = "QuestionSufficient" }, RefusalCodes.WindowOver, "/header/kind"),
            (asker, asker.Ask(receiver.Code) with { Kind = Kinds.OutflowNotice, ReasonCode = null, Follows = theirs.ExchangeId, Supersedes = theirs.MessageId }, RefusalCodes.ReferenceUnknown, "/header/supersedes"),
            (asker, itself with { Follows = itself.ExchangeId }, RefusalCodes.MemberInvalid, "/header/follows"),
            (asker, asker.Ask(receiver.Code) with { ExchangeId = returned.ExchangeId, Follows = follower.ExchangeId }, RefusalCodes.ExchangeExists, "/header/exchangeId"),
        })
        {
            await from.SendAsync(message);
            var told = await from.RefusedAsync(message.MessageId);
            (told.Reasons.ShouldHaveSingleItem(), told.Fields.ShouldHaveSingleItem()).ShouldBe((code, field), message.Kind);
        }

        Header Dispute(Header of) => asker.Next(Kinds.Dispute, disputed, of.MessageId) with { ReasonCode = "ContradictsDocument" };
        Header MoreTime() => receiver.Next(Kinds.ExtensionRequest, extended, extended.MessageId) with { WorkingDays = 3, ReasonCode = "VisitNeeded" };
    }

    static async Task<Header> SaidAsync(WireCounty by, Header message)
    {
        await by.SendAsync(message);
        await by.AcceptedAsync(message);
        return message;
    }
}
