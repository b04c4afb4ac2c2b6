using ExchangeHub.Contracts;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>The whole table of (phase, kind, party), through the real broker to the real hub.</summary>
public sealed class WholeTableTests(TestServers servers)
{
    /// <summary>A good question lies among so many that must be refused: several in each batch.</summary>
    const int GoodOneEvery = 40;

    [Fact]
    public async Task Whatever_the_table_does_not_allow_is_refused_by_its_code_and_field_changes_nothing_and_keeps_no_other_message()
    {
        using var counted = new Counted("exchangehub.messages.refused");
        await using var hub = await HubWorld.CreateAsync(servers);
        var lives = await LivesAsync(hub);
        var ids = lives.Values.Select(said => said[0].ExchangeId).ToArray();
        var before = await StandAsync(hub, ids);
        await hub.World.StopHubAsync(HubWorld.Stop); // so that they share batches

        var refused = LifeTable.NotAllowed.Select(cell => (Cell: cell, From: County(hub, cell.Party), Message: MessageOf(hub, cell, lives[(cell.Opening, cell.Phase)]))).ToList();
        var good = new List<Header>();
        foreach (var some in refused.Chunk(GoodOneEvery))
        {
            await Task.WhenAll(some.Select(one => one.From.SendAsync(one.Message)));
            good.Add(hub.Asker.Ask(hub.Receiver.Code));
            await hub.Asker.SendAsync(good[^1]);
        }
        await hub.World.StartHubAsync(HubWorld.Stop);

        foreach (var (cell, from, message) in refused)
        {
            var told = await from.RefusedAsync(message.MessageId);
            cell.Refusals.Select(r => r.Code).ShouldBeSubsetOf(told.Reasons, cell.ToString());
            cell.Refusals.Select(r => r.Field).ShouldBeSubsetOf(told.Fields, cell.ToString());
            // What a message names may be missing in that phase, too. Side and phase are told only where they are wrong.
            told.Reasons.Except(cell.Refusals.Select(r => r.Code)).ShouldBeSubsetOf([RefusalCodes.ReferenceUnknown, RefusalCodes.LimitReached], cell.ToString());
            told.Fields.Contains("/header/from").ShouldBe(cell.Refusals.Any(r => r.Field == "/header/from"), cell.ToString());
        }
        foreach (var question in good)
        {
            await hub.Asker.AcceptedAsync(question);
            await hub.Receiver.DeliveryAsync(question.MessageId);
        }
        (await StandAsync(hub, ids)).ShouldBe(before);
        (await hub.ScalarAsync<long>("select count(*) from hub.submissions where verdict = 'refused'")).ShouldBe(1092);
        (await hub.ScalarAsync<long>("select count(*) from hub.quarantine")).ShouldBe(0);
        (await hub.ScalarAsync<bool>("select bool_and(b.size > 1) from hub.submissions s join hub.batches b using (batch) where s.message_id = any($1)", good.Select(g => g.MessageId).ToArray())).ShouldBeTrue();
        counted.By(hub).Keys.ShouldBe([RefusalCodes.ExchangeUnknown, RefusalCodes.ExchangeExists, RefusalCodes.PartyNotAllowed, RefusalCodes.PhaseNotAllowed, RefusalCodes.ReferenceUnknown, RefusalCodes.LimitReached], ignoreOrder: true);
    }

    /// <summary>One exchange for each opening kind and phase, brought there as a real one gets there: what was said in it.</summary>
    static async Task<Dictionary<(string Opening, Phase Phase), List<Header>>> LivesAsync(HubWorld hub)
    {
        var lives = LifeTable.Exchanges.ToDictionary(e => e, e => new List<Header> { hub.Asker.Ask(hub.Receiver.Code) with { Kind = e.Opening, ReasonCode = null } });
        var rest = lives.ToDictionary(l => l.Key, l => new Queue<string>(LifeTable.WayTo(l.Key.Opening, l.Key.Phase)));
        await SendAsync(lives.Values);
        while (rest.Values.Any(way => way.Count > 0))
        {
            var moving = lives.Where(l => rest[l.Key].Count > 0).ToList();
            foreach (var (exchange, said) in moving)
            {
                var kind = rest[exchange].Dequeue();
                var party = LifeTable.Rows.Single(r => r.Kind == kind).Who;
                said.Add(MessageOf(hub, new(exchange.Opening, exchange.Phase, kind, party), said));
            }
            await SendAsync(moving.Select(l => l.Value));
        }
        return lives;

        // One message an exchange has no receipt of at a time: their order is not the broker's to keep.
        async Task SendAsync(IEnumerable<List<Header>> saying)
        {
            var last = saying.Select(said => said[^1]).ToList();
            await Task.WhenAll(last.Select(m => Sender(m).SendAsync(m)));
            foreach (var message in last)
                await Sender(message).AcceptedAsync(message);
        }

        WireCounty Sender(Header message) => message.From == hub.Asker.Code ? hub.Asker : hub.Receiver;
    }

    static WireCounty County(HubWorld hub, string party) => party switch { LifeTable.Asker => hub.Asker, LifeTable.Receiver => hub.Receiver, _ => hub.Third };

    /// <summary>A message well formed for its kind, in which nothing but side and phase is wrong where that can be.</summary>
    static Header MessageOf(HubWorld hub, LifeTable.Cell cell, List<Header> said)
    {
        var (from, opening) = (County(hub, cell.Party), said[0]);
        if (cell.Opens)
            return from.Ask(opening.To == from.Code ? opening.From : opening.To) with { Kind = cell.Kind, ExchangeId = opening.ExchangeId, ReasonCode = null };
        var named = said.FindLast(m => m.From != from.Code)?.MessageId ?? opening.MessageId;
        var message = from.Next(cell.Kind, opening, cell.Kind is Kinds.Withdrawal or Kinds.Clarification ? null : named);
        return cell.Kind switch
        {
            Kinds.FeedbackReply => message with { Outcome = Outcomes.Match, Supersedes = said.FindLast(m => m.Kind == cell.Kind)?.MessageId },
            Kinds.Return => message with { ReasonCode = ReturnReasons.Insufficient },
            Kinds.ReturnContest => message with { ReasonCode = "QuestionSufficient" },
            Kinds.Dispute => message with { ReasonCode = "ContradictsDocument" },
            Kinds.ExtensionRequest => message with { WorkingDays = 3, ReasonCode = "VisitNeeded" },
            Kinds.ExtensionDecision => message with { Decision = Decisions.Denied },
            _ => message,
        };
    }

    /// <summary>All that the hub holds of these exchanges: states, facts, obligations, what was told.</summary>
    static async Task<string> StandAsync(HubWorld hub, Guid[] ids) => await hub.ScalarAsync<string>("""
        select concat_ws(E'\n',
            (select string_agg(e::text, E'\n' order by id) from hub.exchanges e where id = any($1)),
            (select string_agg(o::text, E'\n' order by exchange_id, ordinal) from hub.obligations o where exchange_id = any($1)),
            (select string_agg(stream_id || ' ' || version, E'\n' order by stream_id, version) from events.mt_events where stream_id = any($1)),
            (select string_agg(exchange_id || ' ' || addressee || ' ' || seq, E'\n' order by exchange_id, addressee, seq) from hub.deliveries where exchange_id = any($1)))
        """, ids);
}
