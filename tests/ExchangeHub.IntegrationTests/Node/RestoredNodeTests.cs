using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>
/// A node's database is lost and restored from a copy: what came since comes again by the hub's feed, what was sent since is learnt from the
/// hub's receipts, and what had no receipt is sent again. All three counties of the node lose the same hours.
/// </summary>
public sealed class RestoredNodeTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104", Third = "420581";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    public async Task A_node_restored_from_a_copy_so_many_hours_old_has_lost_nothing_and_doubles_nothing(int hours)
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var work = new Work(world);
        await work.SignInAsync();
        await world.ImportRegisterAsync(Receiver, InventedPerson.RegisterFile(Receiver, 1, 3), Cancel);
        await work.BeginAsync();
        await world.QuietAsync(cancel: Cancel);
        // The last thing before the copy is made: stored here, not yet at the hub.
        await world.StopHubAsync(Cancel);
        await work.AskOnceMoreAsync();
        await using var copy = await CopyAsync(world);
        await world.StartHubAsync(Cancel);
        await world.QuietAsync(cancel: Cancel);

        await work.GoThroughAsync();
        await world.AdvanceToAsync(world.Clocks.Now.AddHours(hours), Cancel);
        await world.QuietAsync(cancel: Cancel);
        await work.SignInAsync();
        var before = await ViewsAsync(work.Parties, work.Exchanges);
        var (atHub, number) = (await AtHubAsync(world), await LastNumberAsync(work.Parties[0], work.Exchanges));

        await copy.RestoreAsync();
        await world.QuietAsync(cancel: Cancel);

        await work.SignInAsync();
        (await ViewsAsync(work.Parties, work.Exchanges)).ShouldBe(before);
        (await AtHubAsync(world)).ShouldBe(atHub, "the hub has seen nothing new and refused nothing");
        await work.GoOnAsync(number);
        (await AtHubAsync(world)).Refused.ShouldBe(0);
    }

    [Fact]
    public async Task A_question_whose_content_went_with_the_database_says_so_and_takes_its_answer()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        await using var copy = await CopyAsync(world);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await world.QuietAsync(cancel: Cancel);
        await copy.RestoreAsync();
        await world.QuietAsync(cancel: Cancel);

        var shell = await asker.ExchangeAsync(id);
        var exchange = shell.GetProperty("exchange");
        (exchange.GetProperty("contentLost").GetBoolean(), Text(exchange, "phase"), Text(exchange, "counterpart"), Text(exchange, "reasonCode"))
            .ShouldBe((true, "Open", Receiver, "NoCertificateOnFile"));
        Text(exchange, "caseNumber").ShouldBe($"{Asker}-20260202-0001");
        shell.GetProperty("timeline").EnumerateArray().Select(t => Text(t, "what")).ShouldBe(["Recovered", "Delivered"]);
        (await receiver.RevealAsync(id, "核对")).GetProperty("rows").EnumerateArray().Select(r => Text(r, "asked")).ShouldContain(InventedPerson.Of(Receiver, 1).HolderId);
        (await receiver.ExchangeAsync(id)).GetProperty("exchange").GetProperty("contentLost").GetBoolean().ShouldBeFalse();
        (await asker.GetAsync("worklist?due=awaited")).Text.ShouldContain(id.ToString());

        await Work.DoAsync(world, receiver, id, "reply", new { outcome = "NotResident", reasonCode = "RegisteredElsewhere" });
        Text((await asker.ExchangeAsync(id)).GetProperty("exchange"), "outcome").ShouldBe("NotResident");
        var notice = (await NoticesAsync(world)).Where(n => n.Code == "RestoredCopy").ShouldHaveSingleItem();
        (notice.County, notice.Detail).ShouldBe((Asker, "2026-02-02"));
    }

    [Fact]
    public async Task What_the_register_answered_before_the_copy_was_restored_is_not_answered_again()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        await world.ImportRegisterAsync(Receiver, InventedPerson.RegisterFile(Receiver, 1, 3), Cancel);
        await using var copy = await CopyAsync(world);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 2));
        await world.QuietAsync(cancel: Cancel);
        Text((await asker.ExchangeAsync(id)).GetProperty("exchange"), "outcome").ShouldBe("Match");
        var before = await AtHubAsync(world);
        await copy.RestoreAsync();
        await world.QuietAsync(cancel: Cancel);

        (await AtHubAsync(world)).ShouldBe(before);
        foreach (var side in new[] { asker, receiver })
        {
            var seen = (await side.ExchangeAsync(id)).GetProperty("exchange");
            (Text(seen, "phase"), Text(seen, "outcome"), seen.GetProperty("automatic").GetBoolean()).ShouldBe(("Answered", "Match", true));
        }
        (await receiver.OwedAsync()).ShouldBe(0);
    }

    /// <summary>The work of three counties: every kind of step, on exchanges from before the copy and after it.</summary>
    sealed class Work(World world) : IDisposable
    {
        Guid known, open, disputed;
        CountyAtNode asker = null!, receiver = null!, third = null!;

        public CountyAtNode[] Parties => [asker, receiver, third];

        public List<Guid> Exchanges { get; } = [];

        /// <summary>Tokens end after twelve hours, and a database has only those from before it was copied.</summary>
        public async Task SignInAsync()
        {
            Dispose();
            (asker, receiver, third) = (await CountyAtNode.SignInAsync(world, Asker), await CountyAtNode.SignInAsync(world, Receiver), await CountyAtNode.SignInAsync(world, Third));
        }

        public async Task BeginAsync()
        {
            Exchanges.Add(known = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 10)));
            Exchanges.Add(await NoticeAsync(receiver, Kinds.OutflowNotice, Third, 11));
        }

        public async Task AskOnceMoreAsync() => Exchanges.Add(await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 12)));

        public async Task GoThroughAsync()
        {
            await DoAsync(world, receiver, known, "acknowledgement", new { });
            await DoAsync(world, receiver, known, "interim-reply", new { note = "正在走访" });
            Exchanges.Add(await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 2))); // the register answers
            Exchanges.Add(open = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 20)));
            var returned = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 21));
            Exchanges.Add(disputed = await receiver.AskAsync(Asker, InventedPerson.Of(Asker, 22)));
            var withdrawn = await third.AskAsync(Asker, InventedPerson.Of(Asker, 23));
            var inflow = await NoticeAsync(third, Kinds.InflowNotice, Asker, 24);
            await world.QuietAsync(cancel: Cancel);
            await DoAsync(world, receiver, known, "reply", new { outcome = "NotResident", reasonCode = "RegisteredElsewhere" });
            await DoAsync(world, receiver, open, "extension", new { workingDays = 3, reasonCode = "VisitNeeded" });
            await DoAsync(world, asker, open, "extension-decision", new { decision = "granted" });
            await DoAsync(world, receiver, returned, "return", new { reasonCode = "NotOurs", suggestedTo = Third });
            var resent = await asker.PostAsync($"exchanges/{returned}/resend", new { });
            resent.Status.ShouldBe(HttpStatusCode.Accepted, resent.Text);
            await DoAsync(world, asker, disputed, "reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" });
            await DoAsync(world, receiver, disputed, "dispute", new { reasonCode = "Incomplete" });
            await DoAsync(world, third, withdrawn, "withdrawal", new { reasonCode = "SentInError" });
            await DoAsync(world, asker, inflow, "acknowledgement", new { });
            Exchanges.AddRange([returned, resent.Body.GetProperty("exchangeId").GetGuid(), withdrawn, inflow]);
        }

        /// <summary>Both sides go on where they were, and nothing gets a number that was given before.</summary>
        public async Task GoOnAsync(string lastNumber)
        {
            await DoAsync(world, receiver, open, "reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" });
            await DoAsync(world, asker, open, "confirmation", new { mark = "sufficient" });
            await DoAsync(world, asker, disputed, "reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" });
            foreach (var (id, phase) in new[] { (open, "Closed"), (disputed, "Answered") })
                foreach (var side in new[] { asker, receiver })
                    Text((await side.ExchangeAsync(id)).GetProperty("exchange"), "phase").ShouldBe(phase);
            var next = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 30));
            await world.QuietAsync(cancel: Cancel);
            string.CompareOrdinal(Text((await asker.ExchangeAsync(next)).GetProperty("exchange"), "caseNumber"), lastNumber).ShouldBeGreaterThan(0);
        }

        public void Dispose()
        {
            foreach (var party in new[] { asker, receiver, third })
                party?.Dispose();
        }

        public static async Task DoAsync(World world, CountyAtNode who, Guid id, string step, object body)
        {
            var answer = await who.PostAsync($"exchanges/{id}/{step}", body);
            answer.Status.ShouldBe(HttpStatusCode.Accepted, $"{step}: {answer.Text}");
            await world.QuietAsync(cancel: Cancel);
        }
    }

    /// <summary>The node's database as it was at one moment.</summary>
    sealed class Copy(World world, string name) : IAsyncDisposable
    {
        /// <summary>Puts it in the place of the database, as an operator does who restores a backup.</summary>
        public async Task RestoreAsync()
        {
            await world.StopNodeAsync(Cancel);
            await Databases.DropAsync(world.Servers.OfNode, world.Installation.NodeDatabase, Cancel);
            await NodeDatabase.ExecuteAsync(world.Servers.OfNode.Postgres, $"create database {world.Installation.NodeDatabase} template {name}");
            await world.StartNodeAsync(Cancel);
        }

        public async ValueTask DisposeAsync() => await Databases.DropAsync(world.Servers.OfNode, name, CancellationToken.None);
    }

    static async Task<Copy> CopyAsync(World world)
    {
        var name = $"copy_{Guid.NewGuid():n}";
        await world.StopNodeAsync(Cancel);
        NpgsqlConnection.ClearAllPools();
        await NodeDatabase.ExecuteAsync(world.Servers.OfNode.Postgres, $"create database {name} template {world.Installation.NodeDatabase}");
        await world.StartNodeAsync(Cancel);
        return new Copy(world, name);
    }

    static async Task<Guid> NoticeAsync(CountyAtNode from, string kind, string to, int about)
    {
        var person = InventedPerson.Of(to, about);
        var sent = await from.PostAsync("notices",
            new { kind, to, personName = person.HolderName, personId = person.HolderId, movedOn = "2026-01-10", purpose = "RecordCheck", legalBasis = "Agreement" });
        sent.Status.ShouldBe(HttpStatusCode.Accepted, sent.Text);
        return sent.Body.GetProperty("exchangeId").GetGuid();
    }

    /// <summary>Each exchange as each party to it sees it: everything that travelled in clear or was stamped by the hub.</summary>
    static async Task<string> ViewsAsync(IEnumerable<CountyAtNode> parties, IEnumerable<Guid> exchanges)
    {
        string[] members = ["side", "counterpart", "kind", "phase", "caseNumber", "urgency", "reasonCode", "follows", "deliveredAt", "ackDueOn", "ackDueAt", "dueOn", "dueAt",
            "acknowledgedAt", "verifyingAt", "extensions", "answeredAt", "outcome", "outcomeReason", "automatic", "replyId", "replyNumber", "replyChanged", "disputes", "dispute",
            "endedAt", "endReason", "suggestedTo", "returnId", "closedWhy", "phaseNumber", "dueNumber", "waiting"];
        var views = new List<string>();
        foreach (var party in parties)
            foreach (var id in exchanges)
                if (await party.GetAsync($"exchanges/{id}") is { Status: HttpStatusCode.OK } seen)
                    views.Add($"{party.Code} {id} " + string.Join(' ', members.Select(m => $"{m}={(seen.Body.GetProperty("exchange").TryGetProperty(m, out var v) ? v.GetRawText() : "")}")));
        return string.Join('\n', views);
    }

    static async Task<string> LastNumberAsync(CountyAtNode of, IEnumerable<Guid> exchanges)
    {
        var numbers = new List<string?>();
        foreach (var id in exchanges)
            if (await of.GetAsync($"exchanges/{id}") is { Status: HttpStatusCode.OK } seen && Text(seen.Body.GetProperty("exchange"), "side") == "Asker")
                numbers.Add(Text(seen.Body.GetProperty("exchange"), "caseNumber"));
        return numbers.Order(StringComparer.Ordinal).Last()!;
    }

    sealed record AtHub(long Accepted, long Refused, long Exchanges, long Rows);

    static async Task<AtHub> AtHubAsync(World world)
    {
        await using var source = NpgsqlDataSource.Create(world.Servers.Database(world.Installation.HubDatabase));
        await using var command = source.CreateCommand("""
            select (select count(*) from hub.submissions where verdict = 'accepted'), (select count(*) from hub.submissions where verdict = 'refused'),
                (select count(*) from hub.exchanges), (select count(*) from hub.obligations)
            """);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        await reader.ReadAsync(Cancel);
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    static async Task<IReadOnlyList<(string County, string Code, string Detail)>> NoticesAsync(World world)
    {
        await using var source = NpgsqlDataSource.Create(world.Servers.OfNode.Database(world.Installation.NodeDatabase));
        await using var command = source.CreateCommand("select county, code, detail from node.notices order by position");
        var notices = new List<(string, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
            notices.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return notices;
    }

    static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
}
