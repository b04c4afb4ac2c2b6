using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExchangeHub.BrowserTests;

[Collection(InTheOffices.Name)]
public sealed class SigningIn(Offices offices)
{
    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_also_for_the_right_one()
    {
        var password = await offices.AddClerkAsync("forgetful", Offices.Yidu);
        var page = await offices.WindowAsync();
        for (var left = 4; left >= 1; left--)
        {
            await Offices.SignInAsync(page, offices.Node, "forgetful", "wrong");
            await Expect(page.Locator("#password-message")).ToContainTextAsync($"还可以再试{left}次");
        }
        await Offices.SignInAsync(page, offices.Node, "forgetful", "wrong");
        await Expect(page.Locator("#password-message")).ToContainTextAsync("账号已锁定");
        await Offices.SignInAsync(page, offices.Node, "forgetful", password);
        await Expect(page.Locator("#password-message")).ToContainTextAsync("账号已锁定");
        await Expect(page.Locator("#account")).ToHaveValueAsync("forgetful");
    }

    [Fact]
    public async Task Pages_are_Chinese_until_somebody_chooses_English_whatever_the_browser_asks_for()
    {
        var page = await offices.WindowAsync(locale: "en-US");
        await page.GotoAsync($"{offices.Node}sign-in");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Expect(page.Locator("main button")).ToHaveTextAsync("登录");
        await page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        await Expect(page.Locator("main button")).ToHaveTextAsync("Sign in");
        await page.GotoAsync($"{offices.Node}sign-in");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
    }

    [Fact]
    public async Task A_page_asks_for_a_sign_in_and_leads_back_to_itself_and_signing_out_ends_it()
    {
        var password = await offices.AddClerkAsync("comes-and-goes", Offices.Yidu);
        var page = await offices.WindowAsync();
        await page.GotoAsync($"{offices.Node}worklist?view=awaited");
        await page.FillAsync("#account", "comes-and-goes");
        await page.FillAsync("#password", password);
        await page.ClickAsync("main button[type=submit]");
        await Expect(page).ToHaveURLAsync($"{offices.Node}worklist?view=awaited");
        await page.ClickAsync(".me button");
        await page.GotoAsync($"{offices.Node}worklist");
        await Expect(page.Locator("#password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_account_of_the_node_is_none_of_the_hub()
    {
        var password = await offices.AddClerkAsync("node-only", Offices.Yidu);
        var page = await offices.WindowAsync();
        await Offices.SignInAsync(page, offices.Node, "node-only", password);
        await page.GotoAsync($"{offices.Hub}rates");
        await Expect(page.Locator("#password")).ToBeVisibleAsync();
        await Offices.SignInAsync(page, offices.Hub, "node-only", password);
        await Expect(page.Locator("#password-message")).ToContainTextAsync("账号或密码不对");
    }
}
