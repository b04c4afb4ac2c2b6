using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Relay;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>An answer and a withdrawal cross: one wins, the other gets its refusal, wherever they meet.</summary>
public sealed class ContradictionTests(TestServers servers)
{
    [Fact]
    public async Task In_one_batch_the_first_wins()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync();
        var (reply, withdrawal) = (hub.Receiver.Reply(question), hub.Asker.Withdraw(question));

        var committed = await hub.Service<BatchLedger>().CommitAsync([Judge(hub.Receiver, reply), Judge(hub.Asker, withdrawal)], HubWorld.Stop);
        await hub.Service<DeliveryRelay>().HandOverAsync(committed, HubWorld.Stop);
        await hub.Receiver.AcceptedAsync(reply);
        (await hub.Asker.RefusedAsync(withdrawal.MessageId)).Reasons.ShouldContain(RefusalCodes.PhaseNotAllowed);
    }

    [Fact]
    public async Task In_concurrent_batches_exactly_one_wins_of_each_pair()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var questions = Enumerable.Range(0, 100).Select(_ => hub.Asker.Ask("510104")).ToList();
        foreach (var question in questions)
            await hub.Asker.SendAsync(question);
        foreach (var question in questions)
            await hub.Asker.AcceptedAsync(question);
        var replies = questions.ConvertAll(hub.Receiver.Reply);
        var withdrawals = questions.ConvertAll(hub.Asker.Withdraw);
        withdrawals.Reverse(); // the other way round: locks in order of arrival would close a ring

        var ledger = hub.Service<BatchLedger>();
        var batches = await Task.WhenAll(
            Task.Run(() => ledger.CommitAsync([.. replies.Select(r => Judge(hub.Receiver, r))], HubWorld.Stop)),
            Task.Run(() => ledger.CommitAsync([.. withdrawals.Select(w => Judge(hub.Asker, w))], HubWorld.Stop)));
        batches.Sum(b => b.Accepted).ShouldBe(100);
        batches.Sum(b => b.Refused).ShouldBe(100);
        (await hub.ScalarAsync<long>("select count(*) from hub.exchanges where phase in ('Answered', 'Withdrawn')")).ShouldBe(100);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(200);
    }

    static Work.Judge Judge(WireCounty from, Header header) => new(Incoming.Read(from.Seal(header),
        new(BrokerNames.RoutingKey(header.Kind, 1, from.Code), from.Code, header.MessageId.ToString(), header.ExchangeId.ToString(),
            Kinds.TypeOf(header.Kind, 1), "application/json", 2, null, [])), []);
}
