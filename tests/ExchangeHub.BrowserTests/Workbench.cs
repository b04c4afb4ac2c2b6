using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExchangeHub.BrowserTests;

/// <summary>What a clerk does at the node.</summary>
[Collection(InTheOffices.Name)]
public sealed class Workbench(Offices offices)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clerk_replies_in_at_most_three_clicks_and_the_asker_sees_the_answer(bool script)
    {
        var person = offices.SomebodyOf(Offices.Yidu);
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, person, Offices.WithAnotherNumber);
        var page = await offices.AtNodeAsync("chenjing", script: script);

        await page.ClickAsync($"a[href='/exchanges/{id}']");
        await Expect(page.Locator("input[name='Input.Outcome']:checked")).ToHaveValueAsync("MatchWithDifferences");
        await Expect(page.Locator("select[name='Input.ReasonCode']")).ToHaveValueAsync("FieldsDiffer");
        await page.ClickAsync("button[value=reply]");

        await Expect(page.Locator(".note").First).ToContainTextAsync("已答复巴东县");
        await offices.World.QuietAsync(cancel: TestContext.Current.CancellationToken);
        var asker = await offices.AtNodeAsync("badong", script: script);
        await asker.GotoAsync($"{offices.Node}exchanges/{id}");
        await Expect(asker.Locator(".crumb a")).ToHaveTextAsync("有结果");
        await Expect(asker.Locator("h2").First).ToHaveTextAsync("属实，但有出入");
        await Expect(asker.Locator("tr.diff th")).ToHaveTextAsync("证件编号");
    }

    [Fact]
    public async Task A_reply_without_its_reason_says_so_under_the_field_and_keeps_what_was_typed()
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}exchanges/{id}");
        await page.CheckAsync("#o-CannotVerify");
        await page.SelectOptionAsync("#reason", "");
        await page.FillAsync("#note", "下周再上门核实");
        await page.ClickAsync("button[value=reply]");

        await Expect(page.Locator("#reason-message")).ToHaveTextAsync("选一个原因。");
        await Expect(page.Locator("#o-CannotVerify")).ToBeCheckedAsync();
        await Expect(page.Locator("#note")).ToHaveValueAsync("下周再上门核实");
    }

    [Fact]
    public async Task A_person_is_masked_until_somebody_gives_a_reason_and_the_reason_is_written_down()
    {
        var person = offices.SomebodyOf(Offices.Yidu);
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, person, Offices.WithAnotherNumber);
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}exchanges/{id}");
        var masked = await page.ContentAsync();
        masked.ShouldNotContain(person.HolderId);
        masked.ShouldNotContain("请核对证件编号"); // the asker's note may name anybody
        masked.ShouldContain("本件有说明");

        await page.ClickAsync("summary");
        await page.ClickAsync("#reveal button");
        await Expect(page.Locator("#reveal-reason-message")).ToBeVisibleAsync();
        (await page.ContentAsync()).ShouldNotContain(person.HolderId);

        await page.FillAsync("#reveal-reason", "与纸质档案核对");
        await page.FillAsync("#note", "写到一半");
        await page.ClickAsync("#reveal button");
        await Expect(page.Locator(".cmp")).ToContainTextAsync(person.HolderId);
        await Expect(page.Locator("#exchange")).ToContainTextAsync("请核对证件编号");
        await Expect(page.Locator("#note")).ToHaveValueAsync("写到一半");
        page.Url.ShouldNotContain("reveal");
        (await page.Locator("h1").InnerTextAsync()).ShouldContain(person.HolderName);
        (await page.TitleAsync()).ShouldMatch("^422823-[0-9]{8}-[0-9]{4} · ExchangeHub$"); // a tab and the history keep it

        await using var source = Npgsql.NpgsqlDataSource.Create(offices.World.Servers.Database(offices.World.Installation.NodeDatabase));
        await using var audit = source.CreateCommand("select account || ' ' || action || ' ' || reason from people.audit where subject = $1");
        audit.Parameters.Add(new() { Value = id.ToString() });
        (await audit.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("chenjing reveal 与纸质档案核对");
    }

    [Fact]
    public async Task An_answer_is_corrected_from_its_own_page_and_starts_from_what_was_answered()
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}exchanges/{id}");
        await page.CheckAsync("#o-CannotVerify");
        await page.SelectOptionAsync("#reason", "RecordIncomplete");
        await page.ClickAsync("button[value=reply]");
        await offices.World.QuietAsync(cancel: TestContext.Current.CancellationToken);

        await page.GotoAsync($"{offices.Node}exchanges/{id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "更正答复" }).ClickAsync();
        await Expect(page.Locator("#o-CannotVerify")).ToBeCheckedAsync();
        await page.CheckAsync("#o-MatchWithDifferences");
        await page.SelectOptionAsync("#reason", "FieldsDiffer");
        await page.ClickAsync("button[value=reply]");
        await offices.World.QuietAsync(cancel: TestContext.Current.CancellationToken);

        var asker = await offices.AtNodeAsync("badong");
        await asker.GotoAsync($"{offices.Node}exchanges/{id}");
        await Expect(asker.Locator("h2").First).ToHaveTextAsync("属实，但有出入");
    }

    [Fact]
    public async Task Work_is_listed_overdue_first_then_due_today_then_later()
    {
        var page = await offices.AtNodeAsync("chenjing");
        var groups = await page.Locator(".grp th > span:first-child").AllTextContentsAsync();
        groups.Select(g => g.TrimEnd("0123456789".ToCharArray())).ShouldBe(["逾期", "今日到期", "明日及以后"]);
        await Expect(page.Locator(".it").First.Locator(".due-overdue")).ToBeVisibleAsync();
        await Expect(page.Locator(".it .due-soon").First).ToContainTextAsync("03-05"); // Thursday, by the hub's calendar
        await page.ClickAsync(".tabs a[href='/worklist?view=today']");
        (await page.Locator(".it .due-today").CountAsync()).ShouldBe(await page.Locator(".it").CountAsync());
    }

    [Fact]
    public async Task New_work_is_told_by_count_and_moves_nothing()
    {
        var page = await offices.AtNodeAsync("chenjing");
        await Expect(page.Locator("[data-news]")).ToBeHiddenAsync();
        var rows = await page.Locator(".it").CountAsync();
        await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);

        await Expect(page.Locator("[data-news]")).ToContainTextAsync("新到1件");
        (await page.Locator(".it").CountAsync()).ShouldBe(rows);
        await page.ClickAsync("[data-news] a");
        await Expect(page.Locator(".it")).ToHaveCountAsync(rows + 1);
    }

    [Fact]
    public async Task Another_countys_exchange_is_the_same_page_as_an_unknown_one()
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var page = await offices.AtNodeAsync("yuhang");
        var theirs = await page.GotoAsync($"{offices.Node}exchanges/{id}");
        theirs!.Status.ShouldBe(404);
        var seen = await page.Locator("main").InnerHTMLAsync();
        var unknown = await page.GotoAsync($"{offices.Node}exchanges/{Guid.NewGuid()}");
        unknown!.Status.ShouldBe(404);
        (await page.Locator("main").InnerHTMLAsync()).ShouldBe(seen);
        (await page.GotoAsync($"{offices.Node}no-such-page"))!.Status.ShouldBe(404);
        (await page.Locator("main h1").InnerTextAsync()).ShouldBe("没有这一页，或者不归本账号看");
    }

    [Fact]
    public async Task A_question_is_returned_with_its_reason_and_the_asker_asks_the_right_county_in_one_step()
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}exchanges/{id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "退回", Exact = true }).ClickAsync();
        await page.CheckAsync("#r-NotOurs");
        await page.FillAsync("#suggested", "夷陵区");
        await page.ClickAsync("button[value=return]");
        await Expect(page.Locator(".note").First).ToContainTextAsync("已退回巴东县");
        await offices.World.QuietAsync(cancel: TestContext.Current.CancellationToken);

        var asker = await offices.AtNodeAsync("badong");
        await asker.GotoAsync($"{offices.Node}exchanges/{id}");
        await asker.GetByRole(AriaRole.Button, new() { Name = "改问夷陵区" }).ClickAsync();
        await Expect(asker.Locator(".note").First).ToContainTextAsync("已发往夷陵区");
        await Expect(asker.Locator($"a[href='/exchanges/{id}']")).ToHaveTextAsync("证件核验");
    }
}
