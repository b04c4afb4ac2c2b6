using System.Text.RegularExpressions;
using ExchangeHub.Node.Exchanges;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExchangeHub.BrowserTests;

/// <summary>What clerks of two counties write to each other beside the answer, and what they must not send by accident.</summary>
[Collection(InTheOffices.Name)]
public sealed class WordsBetween(Offices offices)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clarification_is_read_by_the_other_side_and_so_is_what_is_said_to_it()
    {
        var (asker, answerer, address) = await AskedAsync();
        await SayAsync(asker, address, "原件照片见挂号信，请看背面。");

        await RevealAsync(answerer, address);
        await Expect(answerer.Locator(".tl .said")).ToHaveTextAsync("原件照片见挂号信，请看背面。");
        await LookOfPages.CheckAsync(answerer, "words-revealed", 1280, ColorScheme.Light);
        await answerer.GotoAsync(address);
        await Expect(answerer.Locator(".tl")).ToContainTextAsync("补充说明");
        (await answerer.ContentAsync()).ShouldNotContain("挂号信"); // masked again
        await SayAsync(answerer, address, "已收到，明日答复。");

        await RevealAsync(asker, address);
        await Expect(asker.Locator(".tl .said")).ToHaveTextAsync(["原件照片见挂号信，请看背面。", "已收到，明日答复。"]);
    }

    [Fact]
    public async Task Who_answered_sees_field_by_field_what_was_answered_and_its_note()
    {
        var (_, answerer, address) = await AskedAsync();
        await answerer.GotoAsync(address);
        await answerer.Locator("label[for=f-holderName-same]").ClickAsync();
        await answerer.CheckAsync("#o-CannotVerify");
        await answerer.SelectOptionAsync("#reason", "RecordIncomplete");
        await answerer.FillAsync("#note", "档案室在搬迁。");
        await answerer.ClickAsync("button[value=reply]");
        await offices.World.QuietAsync(cancel: Cancel);

        await RevealAsync(answerer, address);
        await Expect(answerer.Locator("h2").First).ToHaveTextAsync("无法核实");
        await Expect(answerer.Locator(".cmp thead th").Last).ToHaveTextAsync("我方答复");
        await Expect(answerer.Locator("tr:has(th:text-is('持证人姓名')) td").Last).ToContainTextAsync("一致");
        await Expect(answerer.Locator("#exchange")).ToContainTextAsync("去件说明：档案室在搬迁。");
        await LookOfPages.CheckAsync(answerer, "words-answered", 1280, ColorScheme.Light);
    }

    [Fact]
    public async Task Saying_that_it_was_received_sends_nothing_half_written()
    {
        var (asker, answerer, address) = await AskedAsync();
        await answerer.GotoAsync(address);
        await answerer.FillAsync("#note", "写到一半");
        await answerer.ClickAsync("#acknowledge button");
        await Expect(answerer).ToHaveURLAsync(new Regex(@"\?done=acknowledge$"));
        await offices.World.QuietAsync(cancel: Cancel);

        await RevealAsync(asker, address);
        await Expect(asker.Locator(".tl")).ToContainTextAsync("接收");
        (await asker.ContentAsync()).ShouldNotContain("写到一半");
    }

    [Fact]
    public async Task The_enter_key_takes_the_step_of_the_form_that_is_shown()
    {
        var (_, answerer, address) = await AskedAsync();
        await answerer.GotoAsync($"{address}?do=return");
        await answerer.CheckAsync("#r-NotOurs");
        await answerer.PressAsync("#suggested", "Enter");
        await Expect(answerer).ToHaveURLAsync(new Regex(@"\?done=return$"));
    }

    [Fact]
    public async Task More_time_that_nobody_decided_is_nobodys_to_decide_after_the_answer()
    {
        var (asker, answerer, address) = await AskedAsync();
        var commands = offices.World.Node.Services.GetRequiredService<ExchangeCommands>();
        var (office, id) = (new Author(Offices.Yidu, "office", "办公室"), Guid.Parse(address.Split('/')[^1]));
        (await commands.DoAsync(office, id, new AskExtension(3, "VisitNeeded"), Cancel)).Errors.ShouldBeEmpty();
        await offices.World.QuietAsync(cancel: Cancel);
        await asker.GotoAsync(address);
        await Expect(asker.Locator(".note.warn")).ToContainTextAsync("申请延期");

        (await commands.DoAsync(office, id, new Reply("CannotVerify", "RecordIncomplete", null), Cancel)).Errors.ShouldBeEmpty();
        await offices.World.QuietAsync(cancel: Cancel);
        await asker.GotoAsync(address);
        await Expect(asker.Locator("h2").First).ToHaveTextAsync("无法核实");
        (await asker.Locator(".note.warn").CountAsync()).ShouldBe(0);
        await asker.GotoAsync($"{offices.Node}worklist?view=todecide");
        await Expect(asker.Locator($"tr:has(a[href='{new Uri(address).AbsolutePath}']) .state")).ToHaveTextAsync("无法核实");
    }

    async Task<(IPage Asker, IPage Answerer, string Address)> AskedAsync()
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), r => Offices.WithAnotherNumber(r) with { Note = null });
        return (await offices.AtNodeAsync("badong"), await offices.AtNodeAsync("chenjing"), $"{offices.Node}exchanges/{id}");
    }

    async Task SayAsync(IPage page, string address, string words)
    {
        await page.GotoAsync($"{address}?do=clarify");
        await page.FillAsync("#note", words);
        await page.ClickAsync("button[value=clarify]");
        await Expect(page).ToHaveURLAsync(new Regex(@"\?done=clarify$"));
        await offices.World.QuietAsync(cancel: Cancel);
    }

    static async Task RevealAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await page.ClickAsync("summary");
        await page.FillAsync("#reveal-reason", "核对来往说明");
        await page.PressAsync("#reveal-reason", "Enter");
        await Expect(page.Locator(".note.warn").First).ToBeVisibleAsync();
    }
}
