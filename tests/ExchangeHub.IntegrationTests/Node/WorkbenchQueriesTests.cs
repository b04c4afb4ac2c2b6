using System.Text;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Register;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>What pages and the HTTP interface read, on a real database.</summary>
public sealed class WorkbenchQueriesTests(TestServers servers)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_worklist_has_overdue_work_first_then_what_is_due_today_then_the_rest()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        var (later, today, tomorrow) = (node.AQuestion(dueInDays: 9), node.AQuestion(dueInDays: 1), node.AQuestion(dueInDays: 2));
        var late = node.AQuestion(dueInDays: 0);
        var noDate = node.AQuestion();
        noDate = noDate with { Accepted = noDate.Accepted with { DueOn = null, DueAt = null, DuePending = true } };
        await store.ApplyAsync([later, today, noDate, tomorrow, late], Cancel);
        node.Clock.Advance(TimeSpan.FromDays(1));

        var all = await node.Worklist.ListAsync(NodeDatabase.Receiver, WorklistGroup.All, ct: Cancel);
        all.Rows.Select(r => r.ExchangeId).ShouldBe(new[] { late, today, tomorrow, later, noDate }.Select(q => q.Header.ExchangeId));
        all.Rows[0].Overdue.ShouldBeTrue();
        all.Rows[1].DueToday.ShouldBeTrue();
        all.Rows[0].HolderNameMasked.ShouldBe("王**");
        var counts = await node.Worklist.CountsAsync(NodeDatabase.Receiver, Cancel);
        (counts.Overdue, counts.Today, counts.Later, counts.Pending, counts.NotAcknowledged, counts.Owed).ShouldBe((1, 1, 2, 1, 5, 5));
        foreach (var (group, expected) in new[] { (WorklistGroup.Overdue, late), (WorklistGroup.Today, today), (WorklistGroup.Pending, noDate) })
            (await node.Worklist.ListAsync(NodeDatabase.Receiver, group, ct: Cancel)).Rows.Single().ExchangeId.ShouldBe(expected.Header.ExchangeId);
    }

    [Fact]
    public async Task Pages_of_the_worklist_join_without_a_gap_or_a_repeat()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var questions = Enumerable.Range(0, 7).Select(i => node.AQuestion(dueInDays: i / 3)).ToList();
        questions.Add(node.AQuestion());
        questions[7] = questions[7] with { Accepted = questions[7].Accepted with { DueOn = null, DueAt = null } };
        await node.StoreOf(NodeDatabase.Receiver).ApplyAsync(questions, Cancel);
        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await node.Worklist.ListAsync(NodeDatabase.Receiver, WorklistGroup.All, after, limit: 2, Cancel);
            seen.AddRange(page.Rows.Select(r => r.ExchangeId));
            after = page.Next;
        }
        while (after is not null);
        seen.ShouldBe(questions.Select(q => q.Header.ExchangeId), ignoreOrder: true);
        seen.ShouldBeUnique();
        seen[^1].ShouldBe(questions[7].Header.ExchangeId);
    }

    [Fact]
    public async Task What_came_since_a_page_was_shown_is_told_by_count()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var store = node.StoreOf(NodeDatabase.Receiver);
        await store.ApplyAsync([node.AQuestion()], Cancel);
        var marker = (await node.Worklist.CountsAsync(NodeDatabase.Receiver, Cancel)).Marker;
        (await node.Worklist.NewSinceAsync(NodeDatabase.Receiver, marker, Cancel)).ShouldBe(0);
        await store.ApplyAsync([node.AQuestion(), node.AQuestion()], Cancel);
        (await node.Worklist.NewSinceAsync(NodeDatabase.Receiver, marker, Cancel)).ShouldBe(2);
    }

    [Fact]
    public async Task The_register_lies_beside_the_question_and_suggests_an_outcome()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        await node.Register.ImportAsync(NodeDatabase.Receiver, Csv("ResidencePermit,RP-1,王晓明,420581199003070018,,,Valid"), Cancel);
        var question = node.AQuestion();
        await node.StoreOf(NodeDatabase.Receiver).ApplyAsync([question], Cancel);
        var detail = (await node.Exchanges.FindAsync(NodeDatabase.Receiver, question.Header.ExchangeId, Cancel))!;
        (detail.SuggestedOutcome, detail.SuggestedReason, detail.RegisterStatus).ShouldBe(("MatchWithDifferences", "FieldsDiffer", "Valid"));
        detail.Rows.Single(r => r.Field == "holderName").ShouldBe(new QuestionRow("holderName", "王**", "王**", "different"));
        detail.Timeline.Select(t => t.What).ShouldBe([TimelineWhat.Delivered, TimelineWhat.RegisterLookedUp]);
    }

    [Fact]
    public async Task A_file_with_bad_rows_stores_the_good_ones_and_names_the_bad_by_line_and_column()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var import = await node.Register.ImportAsync(NodeDatabase.Receiver, Csv(
            "ResidencePermit,RP-1,王小明,420581199003070018,2024-05-01,,Valid",
            "ResidencePermit,RP-2,\"李四,420581199003070018,2024-05-01,,Valid",
            "ResidencePermit,RP-3,赵六,4.2E+17,,,Valid",
            "ResidencePermit,RP-4,钱七,330109198511121230,,,Valid"), Cancel);
        (import.Rows, import.Stored, import.BadRows).ShouldBe((4, 2, 2));
        import.Errors.ShouldContain(new RowNote(4, "holderId", "MemberInvalid"));
        import.Errors.Select(e => e.Line).Distinct().ShouldBe([3, 4]);
        (await node.Register.CountAsync(NodeDatabase.Receiver, Cancel)).ShouldBe(2);
        var again = await node.Register.ImportAsync(NodeDatabase.Receiver, Csv("ResidencePermit,RP-1,王小明,420581199003070018,2024-05-01,,Cancelled"), Cancel);
        (again.Stored, await node.Register.CountAsync(NodeDatabase.Receiver, Cancel)).ShouldBe((1, 2L));
        (await node.Register.CountAsync(NodeDatabase.Asker, Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task A_reveal_is_written_down_before_anything_is_shown()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var question = node.AQuestion();
        await node.StoreOf(NodeDatabase.Receiver).ApplyAsync([question], Cancel);
        var clerk = new CallerScope("chen", "陈静", Roles.Clerk, NodeDatabase.Receiver, null);
        var id = question.Header.ExchangeId;
        await Should.ThrowAsync<ArgumentException>(() => node.Exchanges.RevealAsync(clerk, id, " ", Cancel));
        (await node.Exchanges.RevealAsync(clerk with { County = NodeDatabase.Asker }, id, "核对", Cancel)).ShouldBeNull();
        (await node.CountAsync("select count(*) from people.audit")).ShouldBe(0);
        var detail = (await node.Exchanges.RevealAsync(clerk, id, "核对证件", Cancel))!;
        detail.Rows.Single(r => r.Field == "holderId").Asked.ShouldBe("420581199003070018");
        (await node.CountAsync($"select count(*) from people.audit where account = 'chen' and reason = '核对证件' and subject = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_county_sees_nothing_of_another_countys_exchanges()
    {
        await using var node = await NodeDatabase.CreateAsync(servers);
        var question = node.AQuestion();
        await node.StoreOf(NodeDatabase.Receiver).ApplyAsync([question], Cancel);
        (await node.Exchanges.FindAsync(NodeDatabase.Asker, question.Header.ExchangeId, Cancel)).ShouldBeNull();
        (await node.Worklist.ListAsync(NodeDatabase.Asker, WorklistGroup.All, ct: Cancel)).Rows.ShouldBeEmpty();
        (await node.Worklist.CountsAsync(NodeDatabase.Asker, Cancel)).ShouldBe(new WorklistCounts(0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    static byte[] Csv(params string[] lines) =>
        Encoding.UTF8.GetBytes("certificateType,certificateNumber,holderName,holderId,issuedOn,validUntil,status\n" + string.Join('\n', lines) + "\n");
}
