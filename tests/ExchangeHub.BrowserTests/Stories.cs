using System.Text.RegularExpressions;
using ExchangeHub.Node.Movements;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExchangeHub.BrowserTests;

/// <summary>Exchanges from their first message to their end, through the pages of both counties' clerks.</summary>
[Collection(InTheOffices.Name)]
public sealed class Stories(Offices offices)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_goes_by_its_pages_from_the_form_over_more_time_and_a_dispute_to_its_confirmation()
    {
        var asker = await offices.AtNodeAsync("badong");
        var answerer = await offices.AtNodeAsync("chenjing");
        var person = offices.SomebodyOf(Offices.Yidu);
        await asker.GotoAsync($"{offices.Node}send");
        await asker.ClickAsync(".tabs a[href*='assistance-check-request']");
        await asker.FillAsync("#to", Offices.Yidu);
        await asker.FillAsync("#name", person.HolderName);
        await asker.FillAsync("#holder", person.HolderId);
        await asker.ClickAsync("button[value=send]");
        await Expect(asker.Locator("#items-message")).ToHaveTextAsync("至少选一项。");
        await asker.CheckAsync("#item-identity");
        await asker.CheckAsync("#item-residence");
        await asker.FillAsync("#residence", "宜都市陆城街道某路1号");
        await asker.FillAsync("#state-on", "2026-03-05");
        await asker.SelectOptionAsync("#purpose", "RecordCheck");
        await asker.SelectOptionAsync("#basis", "NationalRegulation");
        await asker.ClickAsync("button[value=send]");
        await Expect(asker.Locator("#state-on-message")).ToHaveTextAsync("按 2026-02-28 的样子填日期，不能晚于今天。");
        await asker.FillAsync("#state-on", "2025-09-01");
        await LookAsync(asker, "send-check");
        await asker.ClickAsync("button[value=send]");
        await Expect(asker.Locator("h1")).ToHaveTextAsync(new Regex("^请 宜昌 ?宜都市 协查 "));
        var address = asker.Url.Split('?')[0];
        await GoOnAsync(answerer, address);
        await Expect(answerer.Locator("h1")).ToContainTextAsync("请协查");
        (await answerer.ContentAsync()).ShouldNotContain(person.HolderId);
        foreach (var side in new[] { asker, answerer })
            await Expect(side.Locator("#exchange")).ToContainTextAsync("问的是 2025-09-01 当天的情况。");

        await TakeAsync(answerer, "interim");
        await GoOnAsync(answerer, address, "extend");
        await answerer.ClickAsync("button[value=extend]");
        await Expect(answerer.Locator("#days-message")).ToHaveTextAsync("填几个工作日。");
        await answerer.FillAsync("#days", "3");
        await answerer.CheckAsync("#reason-VisitNeeded");
        await LookAsync(answerer, "extend");
        await TakeAsync(answerer, "extend");

        await GoOnAsync(asker, $"{offices.Node}worklist?view=todecide");
        await LookAsync(asker, "to-decide");
        await asker.ClickAsync($"a[href='{new Uri(address).AbsolutePath}']");
        await Expect(asker.Locator(".note.warn")).ToContainTextAsync("申请延期3个工作日：要上门核实");
        var due = await asker.Locator(".clock .lab").InnerTextAsync();
        await LookAsync(asker, "decide");
        await LookInEnglishAsync(asker, "decide");
        await asker.CheckAsync("#decision-granted");
        await TakeAsync(asker, "decide");
        await GoOnAsync(asker, address);
        (await asker.Locator(".clock .lab").InnerTextAsync()).ShouldNotBe(due);

        await GoOnAsync(answerer, address);
        await AnswerAsync(answerer);
        await GoOnAsync(asker, address);
        await Expect(asker.Locator("tr.diff th")).ToHaveTextAsync("居住地");
        await LookAsync(asker, "confirm");
        await asker.ClickAsync("a[href$='do=dispute']");
        await asker.CheckAsync("#reason-Incomplete");
        await LookAsync(asker, "dispute");
        await TakeAsync(asker, "dispute");

        await GoOnAsync(answerer, address);
        await Expect(answerer.Locator(".note.warn")).ToContainTextAsync("要求重办：答得不全");
        await LookAsync(answerer, "disputed");
        await LookInEnglishAsync(answerer, "disputed");
        await AnswerAsync(answerer);
        await GoOnAsync(asker, address);
        await Expect(asker.Locator("#exchange")).ToContainTextAsync("重办后维持原答复。");
        await asker.CheckAsync("#mark-sufficient");
        await TakeAsync(asker, "confirm");
        await GoOnAsync(asker, address);
        await Expect(asker.Locator("dl.dl").First).ToContainTextAsync("已办结，满意");
        (await asker.Locator(".head .btn, #exchange .btn.go").CountAsync()).ShouldBe(0); // nothing is left to do
        string[] told = ["写好发出", "送达宜都市", "正在核查", "申请延期", "同意延期", "答复", "对答复提出异议", "答复", "确认答复"];
        (await asker.Locator(".tl li > span:first-child").AllInnerTextsAsync()).Where(told.Contains).ShouldBe(told);
        await LookAsync(asker, "confirmed");
    }

    [Fact]
    public async Task A_notice_is_sent_acknowledged_with_its_record_opened_and_followed_by_a_newer_one()
    {
        var teller = await offices.AtNodeAsync("badong");
        var told = await offices.AtNodeAsync("chenjing");
        var person = offices.SomebodyOf(Offices.Yidu);
        await teller.GotoAsync($"{offices.Node}send?kind=outflow-notice");
        await FillNoticeAsync(teller, person, "2026-03-02");
        await LookAsync(teller, "send-notice");
        var address = await SendNoticeAsync(teller);
        await Expect(teller.Locator("h1")).ToContainTextAsync("已流往该县");

        await GoOnAsync(told, $"{offices.Node}worklist");
        await Expect(told.Locator($"tr:has(a[href='{new Uri(address).AbsolutePath}'])")).ToContainTextAsync("流出通报");
        await told.GotoAsync(address);
        await LookAsync(told, "notice");
        await LookInEnglishAsync(told, "notice");
        await told.CheckAsync("#open");
        await TakeAsync(told, "acknowledge");
        await GoOnAsync(told, address);
        await Expect(told.Locator("dl.dl").First).ToContainTextAsync("已按通报建档");
        await Expect(told.Locator(".clock")).ToContainTextAsync("已接收，按时");
        await LookAsync(told, "notice-acknowledged");

        await GoOnAsync(teller, address);
        await teller.ClickAsync("a[href*='supersedes=']");
        await FillNoticeAsync(teller, person, "2026-03-03");
        var newer = await SendNoticeAsync(teller);
        await GoOnAsync(told, address);
        await told.ClickAsync($".note a[href='{new Uri(newer).AbsolutePath}']");
        await Expect(told.Locator(".cmp")).ToContainTextAsync("2026-03-03");
        await Expect(told.Locator($"a[href='{new Uri(address).AbsolutePath}']")).ToContainTextAsync("流出通报");
        await LookAsync(told, "notice-newer");
    }

    [Fact]
    public async Task A_movement_that_only_one_side_has_on_record_is_asked_about_with_one_press()
    {
        var person = offices.SomebodyOf(Offices.Badong);
        await offices.World.Node.Services.GetRequiredService<MovementRecords>()
            .KeepAsync(Offices.Yidu, new Movement(Directions.Out, person.HolderName, person.HolderId, Offices.Badong, new DateOnly(2026, 2, 26)), Cancel);
        var page = await offices.AtNodeAsync("chenjing");
        await page.ClickAsync(".nav a[href='/one-sided']");
        var ask = page.Locator("tr:has-text('2026-02-26') button");
        await LookAsync(page, "one-sided");
        await ask.ClickAsync();
        await Expect(page.Locator("#basis-message")).ToHaveTextAsync("选依据。");
        await page.SelectOptionAsync("#basis", "NationalRegulation");
        await ask.ClickAsync();
        await Expect(page.Locator(".note").First).ToContainTextAsync("已发往巴东县");
        await Expect(page.Locator(".cmp th[scope=row]")).ToHaveTextAsync(["身份", "居住地"]);
        var asked = new Uri(page.Url).AbsolutePath;

        // It is asked about: its row leads there instead of asking once more. The next record has an exchange of its own.
        var other = offices.SomebodyOf(Offices.Badong);
        await offices.World.Node.Services.GetRequiredService<MovementRecords>()
            .KeepAsync(Offices.Yidu, new Movement(Directions.Out, other.HolderName, other.HolderId, Offices.Badong, new DateOnly(2026, 2, 27)), Cancel);
        await page.GotoAsync($"{offices.Node}one-sided");
        await Expect(page.Locator("tr:has-text('2026-02-26') button")).ToHaveCountAsync(0);
        await Expect(page.Locator($"tr:has-text('2026-02-26') a[href='{asked}']")).ToHaveTextAsync("已发协查，看件");
        await LookAsync(page, "one-sided-asked");
        await page.SelectOptionAsync("#basis", "NationalRegulation");
        await page.ClickAsync("tr:has-text('2026-02-27') button");
        await Expect(page.Locator(".note").First).ToContainTextAsync("已发往巴东县");
        new Uri(page.Url).AbsolutePath.ShouldNotBe(asked);

        // One that follows it says so on the form and is linked afterwards.
        await GoOnAsync(page, page.Url.Split('?')[0]);
        await page.ClickAsync("a[href^='/send?follows=']");
        await Expect(page.Locator(".note").First).ToContainTextAsync("接着巴东县的协查");
    }

    static async Task FillNoticeAsync(IPage page, Cli.Worlds.InventedPerson person, string movedOn)
    {
        await page.FillAsync("#to", Offices.Yidu);
        await page.FillAsync("#name", person.HolderName);
        await page.FillAsync("#holder", person.HolderId);
        await page.FillAsync("#tounit", "陆城街道");
        await page.SelectOptionAsync("#purpose", "ResidenceRegistration");
        await page.SelectOptionAsync("#basis", "NationalRegulation");
        await page.FillAsync("#moved", movedOn);
    }

    static async Task<string> SendNoticeAsync(IPage page)
    {
        await page.ClickAsync("button[value=send]");
        await Expect(page.Locator(".note").First).ToContainTextAsync("已发往宜都市");
        return page.Url.Split('?')[0];
    }

    /// <summary>The identity is theirs, the residence is another.</summary>
    static async Task AnswerAsync(IPage page)
    {
        await page.Locator("label[for=f-identity-same]").ClickAsync();
        await page.Locator("label[for=f-residence-different]").ClickAsync();
        await page.CheckAsync("#o-MatchWithDifferences");
        await page.SelectOptionAsync("#reason", "FieldsDiffer");
        await TakeAsync(page, "reply");
    }

    /// <summary>Opens the form of a step where it is not there yet, and presses its button.</summary>
    static async Task TakeAsync(IPage page, string act)
    {
        if (await page.Locator($"button[value={act}]").CountAsync() == 0)
            await page.ClickAsync($"a[href$='do={act}']");
        await page.ClickAsync($"button[value={act}]");
        await Expect(page).ToHaveURLAsync(new Regex($@"\?done={act}$")); // not its load event, which says nothing of what was done
    }

    /// <summary>Waits until everything has arrived, and opens a page.</summary>
    async Task GoOnAsync(IPage page, string address, string? act = null)
    {
        await offices.World.QuietAsync(cancel: Cancel);
        await page.GotoAsync(act is null ? address : $"{address}?do={act}");
    }

    /// <summary>Readable by everybody on a screen and a phone; what is typed stays.</summary>
    static async Task LookAsync(IPage page, string name)
    {
        await LookOfPages.CheckAsync(page, $"story-{name}", 1280, ColorScheme.Light);
        await page.SetViewportSizeAsync(390, 900);
        await LookOfPages.CheckAsync(page, $"story-{name}", 390, ColorScheme.Light);
        await page.SetViewportSizeAsync(1280, 900);
    }

    /// <summary>The same in English, of a page where nothing is typed.</summary>
    static async Task LookInEnglishAsync(IPage page, string name)
    {
        var address = page.Url.Split('?')[0];
        await page.GotoAsync($"{address}?lang=en");
        await LookAsync(page, $"{name}-en");
        await page.GotoAsync($"{address}?lang=zh-CN");
    }
}
