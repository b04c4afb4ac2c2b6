using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>Every (phase, kind, party), in exchanges of a request and of a notice: what is allowed, and with which codes the rest is refused.</summary>
public sealed class PhaseTableTests
{
    public static TheoryData<LifeTable.Cell> EveryCell() => [.. LifeTable.Cells];

    [Theory, MemberData(nameof(EveryCell), DisableDiscoveryEnumeration = true)]
    public void Each_kind_is_taken_from_its_side_in_its_phases_and_from_nobody_else(LifeTable.Cell cell)
    {
        var on = In(cell.Opening, cell.Phase);
        var from = cell.Party switch { LifeTable.Asker => Core.Asker, LifeTable.Receiver => Core.Receiver, _ => Core.Stranger };
        var message = cell.Opens ? Core.Notice(cell.Kind, from, from == Core.Receiver ? Core.Asker : Core.Receiver) with { ExchangeId = on.Id }
            : Core.Message(on, cell.Kind, from) with { To = from == Core.Asker ? Core.Receiver : Core.Asker };
        if (cell is { Kind: Kinds.FeedbackReply, Phase: Phase.Answered })
            message = message with { Supersedes = on.LastOf(cell.Kind), Changed = true };

        var decision = ExchangeDecider.Decide(on, message, null, on.LastAt, Core.Rules);

        if (cell.IsAllowed && Asked(on, cell.Kind))
            decision.ShouldBeOfType<Decision.Accepted>().Facts[0].ShouldBeAssignableTo<MessageFact>();
        else
        {
            var found = decision.ShouldBeOfType<Decision.Refused>().Reasons;
            found.ShouldNotBeEmpty();
            cell.Refusals.ShouldBeSubsetOf(found);
            // What a contest, a decision or a confirmation names may be there in no other phase: then that is told, too.
            found.Select(r => r.Code).Contains(RefusalCodes.PartyNotAllowed).ShouldBe(cell.Refusals.Any(r => r.Code == RefusalCodes.PartyNotAllowed));
        }
    }

    // A decision needs something to decide on.
    static bool Asked(Exchange on, string kind) => kind switch
    {
        Kinds.ExtensionDecision => on.Extensions.Count > 0,
        Kinds.ExtensionRequest => on.Extensions.Count == 0, // one is not decided yet
        _ => true,
    };

    [Fact]
    public void Every_kind_that_moves_an_exchange_stands_in_the_table_and_it_has_1152_cells_of_which_60_are_allowed()
    {
        LifeTable.Rows.Select(row => row.Kind).Order().ShouldBe(Kinds.Submitted.Values.Where(k => k.Within is not null).Select(k => k.Kind).Order());
        LifeTable.Requests.Concat(LifeTable.Notices).Order().ShouldBe(Kinds.Submitted.Values.Where(k => k.Opens).Select(k => k.Kind).Order());
        (LifeTable.Cells.Count, LifeTable.NotAllowed.Count).ShouldBe((1152, 1092));
    }

    /// <summary>An exchange in a phase, by the way a real one gets there.</summary>
    static Exchange In(string opening, Phase phase)
    {
        var on = ((Decision.Accepted)ExchangeDecider.Decide(null, Core.Notice(opening), null, Core.Shanghai("2026-02-11T10:00"), Core.Rules)).After;
        if (phase is Phase.Returned)
            return on.After(Kinds.Return, "2026-02-11T11:00");
        if (phase is Phase.Withdrawn)
            return on.After(Kinds.Withdrawal, "2026-02-11T11:00");
        if (phase is Phase.Open)
            return on;
        if (Kinds.IsNotice(opening))
            return on.After(Kinds.Acknowledgement, "2026-02-11T11:00");
        on = on.After(Kinds.FeedbackReply, "2026-02-11T11:00");
        return phase switch
        {
            Phase.Answered => on,
            Phase.Disputed => on.After(Kinds.Dispute, "2026-02-11T12:00").After(Kinds.ExtensionRequest, "2026-02-11T12:30"),
            _ => on.After(Kinds.Confirmation, "2026-02-11T12:00"),
        };
    }
}
