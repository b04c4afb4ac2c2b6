using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Schema;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>One county's durable memory on a real database.</summary>
public sealed class NodeStoreTests(TestServers servers)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_delivered_again_is_dropped()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var question = node.AQuestion();
        await store.ApplyAsync([question], Cancel);
        await store.ApplyAsync([question, node.AWithdrawalOf(question)], Cancel);
        (await node.CountAsync("select count(*) from node.exchanges")).ShouldBe(1);
        (await node.CountAsync("select count(*) from node.timeline where what = 'Delivered'")).ShouldBe(1);
        (await node.Exchanges.FindAsync(NodeDatabase.Receiver, question.Header.ExchangeId, Cancel))!.Exchange.Phase.ShouldBe(NodePhase.Withdrawn);
        var remembered = await store.RecallAsync([question.Header.ExchangeId], [(NodeDatabase.Asker, question.Header.MessageId)], Cancel);
        remembered.LastSeq[question.Header.ExchangeId].ShouldBe(2);
        remembered.Applied.Count.ShouldBe(1);
        (await store.LeafHashAsync(question.Header.ExchangeId, 1, Cancel)).ShouldBe(question.LeafHash);
    }

    [Fact]
    public async Task A_batch_is_applied_whole_or_not_at_all()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var (good, bad) = (node.AQuestion(), node.AQuestion());
        var noHash = bad with { LeafHash = null! };
        await Should.ThrowAsync<Exception>(() => store.ApplyAsync([good, noHash], Cancel));
        (await node.CountAsync("select count(*) from node.exchanges")).ShouldBe(0);
        await store.ApplyAsync([good, bad], Cancel);
        (await node.CountAsync("select count(*) from node.exchanges")).ShouldBe(2);
    }

    [Fact]
    public async Task One_message_of_an_exchange_is_due_at_a_time_and_the_next_after_its_receipt()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var question = node.AQuestion();
        var (first, second, other) = (node.AnAcknowledgementOf(question), node.AnAcknowledgementOf(question), node.AnAcknowledgementOf(node.AQuestion()));
        foreach (var message in new[] { first, second, other })
            await store.AddOutgoingAsync(message, Cancel);
        (await DueAsync()).ShouldBe([first.Header.MessageId, other.Header.MessageId]);

        await store.PublishedAsync([new(first.Header.MessageId, 1, node.Clocks.Now.AddSeconds(60)), new(other.Header.MessageId, 1, node.Clocks.Now.AddSeconds(60))], Cancel);
        (await DueAsync()).ShouldBeEmpty();
        await store.ApplyAsync([node.AReceiptOf(first)], Cancel);
        (await DueAsync()).ShouldBe([second.Header.MessageId]);
        node.Clock.Advance(TimeSpan.FromSeconds(60));
        (await DueAsync()).ShouldBe([second.Header.MessageId, other.Header.MessageId]);
        (await store.OutgoingCountAsync(Cancel)).ShouldBe(2);

        async Task<IEnumerable<Guid>> DueAsync() => (await store.DueAsync(node.Clocks.Now, 10, Cancel)).Select(m => m.Header.MessageId);
    }

    [Fact]
    public async Task A_correction_sent_right_after_its_notice_is_due_after_the_notices_receipt()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var (notice, correction) = (node.AnAcknowledgementOf(node.AQuestion()), node.AnAcknowledgementOf(node.AQuestion()));
        await store.AddOutgoingAsync(notice, Cancel);
        await store.AddOutgoingAsync(correction with { Header = correction.Header with { Kind = Kinds.OutflowNotice, InReplyTo = null, Follows = notice.Header.ExchangeId } }, Cancel);
        (await DueAsync()).ShouldBe([notice.Header.MessageId]);
        await store.ApplyAsync([node.AReceiptOf(notice)], Cancel);
        (await DueAsync()).ShouldBe([correction.Header.MessageId]);

        async Task<IEnumerable<Guid>> DueAsync() => (await store.DueAsync(node.Clocks.Now, 10, Cancel)).Select(m => m.Header.MessageId);
    }

    [Fact]
    public async Task A_stored_message_goes_out_with_the_same_bytes_after_a_restart()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var message = node.AnAcknowledgementOf(node.AQuestion());
        await node.StoreOf(NodeDatabase.Receiver).AddOutgoingAsync(message, Cancel);
        var due = (await node.StoreOf(NodeDatabase.Receiver).DueAsync(node.Clocks.Now, 10, Cancel)).Single();
        due.Body.ShouldBe(message.Body);
        due.Header.ShouldBe(message.Header);
        due.Digest.ShouldBe(message.Digest);
        (await node.StoreOf(NodeDatabase.Asker).DueAsync(node.Clocks.Now, 10, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_final_receipt_stands()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var question = node.AQuestion();
        var acknowledgement = node.AnAcknowledgementOf(question);
        await store.ApplyAsync([question], Cancel);
        await store.AddOutgoingAsync(acknowledgement, Cancel);
        await store.ApplyAsync([node.AReceiptOf(acknowledgement)], Cancel);
        node.Clock.Advance(TimeSpan.FromHours(1));
        await store.ApplyAsync([node.AReceiptOf(acknowledgement)], Cancel);
        (await node.CountAsync("select count(*) from node.timeline where what = 'Acknowledged'")).ShouldBe(1);
        (await node.Exchanges.FindAsync(NodeDatabase.Receiver, question.Header.ExchangeId, Cancel))!.Exchange.AcknowledgedAt
            .ShouldBe(question.Accepted.AcceptedAt);
    }

    [Fact]
    public async Task Content_that_is_not_what_its_kind_demands_is_put_aside_and_the_place_goes_on()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var question = node.AQuestion() with { Content = "{\"certificateType\":\"ResidencePermit\"}"u8.ToArray() };
        await store.ApplyAsync([question], Cancel);
        (await node.CountAsync("select count(*) from node.put_aside where reason = 'Unreadable'")).ShouldBe(1);
        (await store.RecallAsync([question.Header.ExchangeId], [], Cancel)).LastSeq[question.Header.ExchangeId].ShouldBe(1);
        var detail = (await node.Exchanges.FindAsync(NodeDatabase.Receiver, question.Header.ExchangeId, Cancel))!;
        (detail.Rows.Count, detail.Allowed.Return).ShouldBe((0, true));
    }

    [Fact]
    public async Task The_day_of_a_report_that_the_hub_refused_is_due_again()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var header = new Header(1, NodeDatabase.Hub, Guid.NewGuid(), Guid.Empty, Kinds.StatisticsReport, 1, NodeDatabase.Receiver, NodeDatabase.Hub, node.Clocks.Now);
        var body = Submission.Write(header.Write(), "signed", toHub: true);
        var report = new OutgoingMessage(header, body, B64u.Hash(body), Contents.Write(new StatisticsReport(WireTime.DayOf(node.Clocks.Now).AddDays(-1))));
        await store.AddOutgoingAsync(report, Cancel);
        await node.CountAsync($"with noted as (insert into node.reports (county, day, message_id, sent_at) values ('{NodeDatabase.Receiver}', '2026-02-01', '{header.MessageId}', now()) returning 1) select count(*) from noted");
        await store.ApplyAsync([node.ARefusalOf(report)], Cancel);
        (await node.CountAsync("select count(*) from node.reports where refused_at is null")).ShouldBe(0);
        (await node.CountAsync("select count(*) from node.reports")).ShouldBe(1);
    }

    [Fact]
    public async Task A_senders_nul_character_holds_nothing_up()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var question = node.AQuestion(holder: "王\0明");
        await node.StoreOf(NodeDatabase.Receiver).ApplyAsync([question], Cancel);
        (await node.Exchanges.FindAsync(NodeDatabase.Receiver, question.Header.ExchangeId, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Ids_are_forgotten_only_after_four_hundred_days()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        await node.StoreOf(NodeDatabase.Receiver).ApplyAsync([node.AQuestion()], Cancel);
        using var forgetting = new ExchangeHub.Node.Incoming.Forgetting(node.Source, node.Clocks,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ExchangeHub.Node.Incoming.Forgetting>.Instance);
        node.Clock.Advance(TimeSpan.FromDays(400));
        (await forgetting.RunOnceAsync(Cancel)).ShouldBe(0);
        node.Clock.Advance(TimeSpan.FromDays(2));
        (await forgetting.RunOnceAsync(Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_refuses_a_hubs_database_and_one_without_its_tables()
    {
        var name = $"node_{Guid.NewGuid():n}";
        await NodeDatabase.ExecuteAsync(servers.Addresses.Postgres, $"create database {name}");
        try
        {
            var connectionString = servers.Addresses.Database(name);
            await using (var source = NpgsqlDataSource.Create(connectionString))
                (await Should.ThrowAsync<WrongDatabaseException>(() => NodeSchema.CheckAsync(source, Cancel))).Message.ShouldContain("exchangehub up");
            await NodeDatabase.ExecuteAsync(connectionString, "create schema hub");
            (await Should.ThrowAsync<WrongDatabaseException>(() => NodeSchema.ApplyAsync(connectionString, Cancel))).Message.ShouldContain("hub's database");
        }
        finally
        {
            await NodeDatabase.ExecuteAsync(servers.Addresses.Postgres, $"drop database {name} with (force)");
        }
    }
}
