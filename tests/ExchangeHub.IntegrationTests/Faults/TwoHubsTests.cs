using System.Globalization;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Hub;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>Two hub processes, each with a clock of its own, on one database and one broker: what contradicts itself meets in both.</summary>
public sealed class TwoHubsTests(TestServers servers)
{
    const int Exchanges = 150;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Of each exchange both sides send at once: the receiver an answer or a return, the asker a withdrawal.</summary>
    [Fact]
    public async Task Where_two_processes_judge_contradicting_messages_one_of_each_pair_wins_and_the_other_is_refused()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "twohubs", Counties = ["330106", "510104"], RealClock = true, StartNode = false }, Cancel);
        await using var asker = await WireCounty.OpenAsync(world, "330106");
        await using var receiver = await WireCounty.OpenAsync(world, "510104");
        await world.StopHubAsync(Cancel);
        Uri[] addresses = [world.Installation.HubUrl, new($"http://127.0.0.1:{Ports.Free()}/")];
        var starting = addresses.Select(a => HubProcess.StartAsync(world, a)).ToArray();
        await using var first = await starting[0];
        await using var second = await starting[1];

        var questions = Enumerable.Range(0, Exchanges).Select(_ => asker.Ask(receiver.Code)).ToList();
        await SendAllAsync(asker, questions);
        foreach (var question in questions)
            await receiver.DeliveryAsync(question.MessageId);
        var replies = questions.Select((q, i) => i % 2 == 0 ? receiver.Reply(q)
            : receiver.Next(Kinds.Return, q, q.MessageId) with { ReasonCode = ReturnReasons.Insufficient }).ToList();
        var withdrawals = questions.ConvertAll(asker.Withdraw);
        await Task.WhenAll(Task.Run(() => SendAllAsync(receiver, replies), Cancel), Task.Run(() => SendAllAsync(asker, withdrawals), Cancel));

        var won = new Dictionary<Guid, string>();
        foreach (var (question, reply, withdrawal) in questions.Zip(replies, withdrawals))
        {
            Statement[] verdicts = [await receiver.ReceiptAsync(reply.MessageId), await asker.ReceiptAsync(withdrawal.MessageId)];
            var accepted = verdicts.OfType<AcceptedStatement>().ShouldHaveSingleItem();
            verdicts.OfType<RefusedStatement>().ShouldHaveSingleItem().Reasons.ShouldBe([RefusalCodes.PhaseNotAllowed]);
            accepted.Number.ShouldBe(2);
            won[question.ExchangeId] = accepted.Kind;
            var told = accepted.From == asker.Code ? receiver : asker;
            await told.DeliveryAsync(accepted.MessageId);
        }
        await using var database = NpgsqlDataSource.Create(world.Servers.Database(world.Installation.HubDatabase));
        await HubWorld.Eventually(async () => (long)(await RowsAsync(database, "select count(*) from hub.pending"))[0][0] == 0);
        foreach (var row in await RowsAsync(database, """
            select e.id, e.phase, string_agg(m.type || ':' || m.version, ' ' order by m.version), min(s.version)
            from hub.exchanges e join events.mt_events m on m.stream_id = e.id join events.mt_streams s on s.id = e.id group by e.id, e.phase
            """))
        {
            var (phase, fact) = won[(Guid)row[0]] switch
            {
                Kinds.FeedbackReply => ("Answered", "answered"),
                Kinds.Return => ("Returned", "returned"),
                _ => ("Withdrawn", "withdrawn"),
            };
            row[1..].ShouldBe([phase, $"opened:1 {fact}:2", 2L]);
        }
        (await RowsAsync(database, "select id from hub.exchanges")).Count.ShouldBe(Exchanges);
        questions.Concat(replies).Concat(withdrawals).ShouldAllBe(m => asker.ReceiptsOf(m.MessageId) + receiver.ReceiptsOf(m.MessageId) == 1);
        questions.ShouldAllBe(q => receiver.DeliveriesOf(q.MessageId) == 1);
        replies.Concat(withdrawals).Sum(m => asker.DeliveriesOf(m.MessageId) + receiver.DeliveriesOf(m.MessageId)).ShouldBe(Exchanges);

        // Both took part, and together they judged each message once.
        var judged = await Task.WhenAll(addresses.Select(JudgedAsync));
        judged.ShouldAllBe(j => j.Accepted > 0 && j.Refused > 0);
        (judged.Sum(j => j.Accepted), judged.Sum(j => j.Refused)).ShouldBe((2 * Exchanges, Exchanges));
    }

    static async Task SendAllAsync(WireCounty county, IEnumerable<Header> messages)
    {
        foreach (var message in messages)
            await county.SendAsync(message);
    }

    /// <summary>What a process says of itself.</summary>
    static async Task<(int Accepted, int Refused)> JudgedAsync(Uri hub)
    {
        using var http = new HttpClient { BaseAddress = hub };
        var told = (await http.GetStringAsync("metrics", Cancel)).Split('\n');
        int Sum(string name) => told.Where(l => l.StartsWith(name + "{", StringComparison.Ordinal))
            .Sum(l => (int)double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
        return (Sum("exchangehub_messages_accepted_total"), Sum("exchangehub_messages_refused_total"));
    }

    static async Task<List<object[]>> RowsAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<object[]>();
        while (await reader.ReadAsync(Cancel))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }
}
