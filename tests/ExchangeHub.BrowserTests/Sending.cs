using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExchangeHub.BrowserTests;

/// <summary>The send form.</summary>
[Collection(InTheOffices.Name)]
public sealed class Sending(Offices offices)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_question_is_sent_to_a_county_found_by_its_name_and_may_be_withdrawn(bool script)
    {
        var page = await offices.AtNodeAsync("chenjing", script: script);
        await page.GotoAsync($"{offices.Node}send");
        await FillAsync(page, "余杭", offices.SomebodyOf(Offices.Yuhang).HolderId);
        await page.ClickAsync("button[value=send]");
        await Expect(page.Locator(".note").First).ToContainTextAsync("已发往余杭区");
        await offices.World.QuietAsync(cancel: TestContext.Current.CancellationToken);

        await page.ReloadAsync();
        await page.ClickAsync("a[href$='do=withdraw']");
        await page.SelectOptionAsync("#reason", "SentInError");
        await page.ClickAsync("button[value=withdraw]");
        await offices.World.QuietAsync(cancel: TestContext.Current.CancellationToken);
        await page.ReloadAsync();
        await Expect(page.Locator(".clock")).ToContainTextAsync("已撤回");
    }

    [Fact]
    public async Task What_is_missing_is_said_under_each_field_and_nothing_typed_is_lost()
    {
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}send");
        await page.FillAsync("#name", "李试一");
        await page.FillAsync("#to", "没有这个地方");
        await page.ClickAsync("button[value=send]");

        await Expect(page.Locator("#to-message")).ToContainTextAsync("没有这个县");
        await Expect(page.Locator("#number-message")).ToHaveTextAsync("填证件编号。");
        await Expect(page.Locator("#type-message .i")).ToBeVisibleAsync();
        await Expect(page.Locator("#name")).ToHaveValueAsync("李试一");
        await Expect(page.Locator("#to")).ToHaveValueAsync("没有这个地方");
    }

    [Fact]
    public async Task A_wrong_check_digit_warns_and_never_blocks()
    {
        var right = offices.SomebodyOf(Offices.Yuhang).HolderId;
        var wrong = right[..17] + (right[17] == '1' ? '2' : '1');
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}send");
        await FillAsync(page, Offices.Yuhang, wrong);
        await Expect(page.Locator("#holder-message")).ToContainTextAsync($"校验位应为{right[17]}");
        await page.ClickAsync("button[value=send]");
        await Expect(page.Locator(".note").First).ToContainTextAsync("已发往余杭区");
    }

    [Fact]
    public async Task The_deadline_that_will_follow_stands_beside_the_form()
    {
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}send");
        await page.FillAsync("#to", "余杭");
        // Seven working days after Wednesday 4 March.
        await Expect(page.Locator("#send-aside .mid")).ToHaveTextAsync("03-13 周五 24:00 前");
        await page.FillAsync("#to", Offices.Badong);
        await Expect(page.Locator("#send-aside .mid")).ToHaveTextAsync("今日24:00前");
        await Expect(page.Locator("button[value=send]")).ToHaveTextAsync("发送到巴东县");
    }

    [Fact]
    public async Task Of_several_counties_that_fit_one_is_chosen()
    {
        var page = await offices.AtNodeAsync("chenjing");
        await page.GotoAsync($"{offices.Node}send");
        await page.FillAsync("#to", "鼓楼");
        await page.Locator(".picks label").Filter(new() { HasText = "福建福州" }).ClickAsync();
        await Expect(page.Locator("#to-found")).ToContainTextAsync("350102");
    }

    static async Task FillAsync(IPage page, string to, string holderId)
    {
        await page.FillAsync("#to", to);
        await page.SelectOptionAsync("#type", "ResidencePermit");
        await page.FillAsync("#number", "330110-RP-000777");
        await page.FillAsync("#name", "钱例二");
        await page.FillAsync("#holder", holderId);
        await page.SelectOptionAsync("#purpose", "RecordCheck");
        await page.SelectOptionAsync("#basis", "NationalRegulation");
    }
}
