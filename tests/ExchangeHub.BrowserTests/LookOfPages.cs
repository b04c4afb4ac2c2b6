using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace ExchangeHub.BrowserTests;

/// <summary>Every page, in light and dark, wide and on a phone: readable by everybody, and pictures of it to look at.</summary>
[Collection(InTheOffices.Name)]
public sealed class LookOfPages(Offices offices)
{
    static readonly string Pictures = Path.Combine(AppContext.BaseDirectory, "pictures");

    /// <summary>Set to the repository's <c>docs/images</c> to take the pictures of the README anew.</summary>
    static readonly string? ReadmePictures = Environment.GetEnvironmentVariable("EXCHANGEHUB_README_PICTURES");
    static readonly string[] InReadme = ["worklist", "exchange", "rates"];

    public static TheoryData<int, ColorScheme> Windows { get; } = new() { { 1280, ColorScheme.Light }, { 1280, ColorScheme.Dark }, { 390, ColorScheme.Light } };

    [Theory, MemberData(nameof(Windows))]
    public async Task The_workbench_is_readable_by_everybody(int width, ColorScheme scheme)
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var answered = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu)); // by the register
        var page = await offices.AtNodeAsync("chenjing", width, scheme);
        await CheckAsync(page, "worklist", width, scheme);
        foreach (var (name, address) in new[]
        {
            ("exchange", $"exchanges/{id}"), ("return", $"exchanges/{id}?do=return"), ("waiting", "worklist?view=awaited"), ("answered", "worklist?view=ended"),
            ("answered-by-us", $"exchanges/{answered}"), ("correct", $"exchanges/{answered}?do=correct"), ("send", "send"), ("send-check", "send?kind=assistance-check-request"), ("send-notice", "send?kind=departure-notice"), ("to-decide", "worklist?view=todecide"), ("not-found", $"exchanges/{Guid.NewGuid()}"), ("worklist-en", "worklist?lang=en"), ("exchange-en", $"exchanges/{id}?lang=en"),
            ("correct-en", $"exchanges/{answered}?do=correct&lang=en"), ("send-en", "send?kind=outflow-notice&lang=en"),
        })
        {
            await page.GotoAsync($"{offices.Node}{address}");
            await CheckAsync(page, name, width, scheme);
        }
        await page.GotoAsync($"{offices.Node}worklist?view=ended&lang=zh-CN");
        await page.ClickAsync(".it >> nth=0 >> a");
        await CheckAsync(page, "answer", width, scheme);
        await page.GotoAsync($"{offices.Node}send");
        await page.ClickAsync("button[value=send]");
        await page.Locator("#type-message").WaitForAsync();
        await CheckAsync(page, "send-mend", width, scheme);
    }

    [Theory, MemberData(nameof(Windows))]
    public async Task The_monitor_is_readable_by_everybody(int width, ColorScheme scheme)
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var page = await offices.AtHubAsync("hubei", width, scheme);
        foreach (var (name, address) in new[]
        {
            ("rates", "rates?month=2026-03"), ("rates-reason", $"rates?month=2026-03&county={Offices.Yidu}"), ("rates-months", "rates?month=2026-03&cut=month"), ("rates-list", $"rates/list?indicator=feedback_rate&month=2026-03&county={Offices.Yidu}"),
            ("rates-empty", "rates?month=2025-01"), ("hub-exchange", $"exchanges/{id}"), ("rates-en", "rates?month=2026-03&lang=en"),
        })
        {
            await page.GotoAsync($"{offices.Hub}{address}");
            await CheckAsync(page, name, width, scheme);
        }
    }

    [Theory, MemberData(nameof(Windows))]
    public async Task The_sign_in_is_readable_by_everybody(int width, ColorScheme scheme)
    {
        var page = await offices.WindowAsync(width, scheme);
        await page.GotoAsync($"{offices.Node}sign-in");
        await CheckAsync(page, "sign-in", width, scheme);
        await Offices.SignInAsync(page, offices.Hub, "nobody", "wrong");
        await CheckAsync(page, "sign-in-wrong", width, scheme);
    }

    internal static async Task CheckAsync(IPage page, string name, int width, ColorScheme scheme)
    {
        Directory.CreateDirectory(Pictures);
        var suffix = (width, scheme) switch { (1280, ColorScheme.Light) => "", (1280, _) => ".dark", _ => ".phone" };
        var picture = Path.Combine(Pictures, $"{name}{suffix}.png");
        await page.ScreenshotAsync(new() { Path = picture, FullPage = true });
        if (ReadmePictures is not null && suffix.Length == 0 && InReadme.Contains(name))
            File.Copy(picture, Path.Combine(Directory.CreateDirectory(ReadmePictures).FullName, $"{name}.png"), overwrite: true);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, $"{name} scrolls sideways");
        if (suffix == ".phone")
            return; // the same elements as on the wide page, placed otherwise
        var violations = (await page.RunAxe()).Violations;
        violations.Select(v => $"{name}: {v.Id}: {string.Join(" ", v.Nodes.Select(n => n.Html))}").ShouldBeEmpty();
    }
}
