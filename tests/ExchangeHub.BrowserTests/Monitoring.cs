using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExchangeHub.BrowserTests;

/// <summary>What a province sees at the hub.</summary>
[Collection(InTheOffices.Name)]
public sealed class Monitoring(Offices offices)
{
    // What tests add is due later.
    const string EndOfTuesday = "asOf=2026-03-04T00:00";

    [Fact]
    public async Task Every_number_of_a_county_leads_to_a_list_of_that_many()
    {
        var page = await offices.AtHubAsync("hubei");
        await page.GotoAsync($"{offices.Hub}rates?month=2026-03&{EndOfTuesday}");
        var row = page.Locator("tbody tr").Filter(new() { HasText = "宜都市" });
        var numbers = await row.Locator("td a").EvaluateAllAsync<string[][]>("links => links.map(a => [a.textContent, a.getAttribute('href')])");
        numbers.Length.ShouldBeGreaterThan(4);
        foreach (var number in numbers)
        {
            await page.GotoAsync(new Uri(offices.Hub, number[1]).ToString());
            var count = int.Parse(number[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            await Expect(page.Locator("h1")).ToContainTextAsync($"{count}件");
            await Expect(page.Locator(".it")).ToHaveCountAsync(count);
        }
    }

    [Fact]
    public async Task The_rate_of_a_month_as_of_a_time_is_the_known_one()
    {
        var page = await offices.AtHubAsync("hubei");
        await page.GotoAsync($"{offices.Hub}rates?month=2026-03&{EndOfTuesday}");
        var cells = await page.Locator("tbody tr").Filter(new() { HasText = "宜都市" }).Locator("td").AllInnerTextsAsync();
        // Within the province five were due on 2 and 3 March: the register answered three at once, nobody the other two.
        cells[2].ShouldBe("60.00");
        cells[3].ShouldBe("3 / 5");
        cells[^1].ShouldBe("2");
    }

    [Fact]
    public async Task A_list_leads_to_the_exchange_as_the_hub_knows_it_without_any_person()
    {
        var person = offices.SomebodyOf(Offices.Yidu);
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, person, Offices.WithAnotherNumber);
        var page = await offices.AtHubAsync("hubei");
        await page.GotoAsync($"{offices.Hub}exchanges/{id}");
        await Expect(page.Locator(".tl")).ToContainTextAsync("送达，开始计时");
        var content = await page.ContentAsync();
        content.ShouldNotContain(person.HolderName);
        content.ShouldNotContain(person.CertificateNumber);
    }

    [Fact]
    public async Task Another_provinces_county_list_and_exchange_are_not_found()
    {
        var id = await offices.AskAsync(Offices.Badong, Offices.Yidu, offices.SomebodyOf(Offices.Yidu), Offices.WithAnotherNumber);
        var page = await offices.AtHubAsync("zhejiang");
        foreach (var address in new[] { $"rates?county={Offices.Yidu}", $"rates/list?indicator=received&county={Offices.Yidu}", $"exchanges/{id}" })
            (await page.GotoAsync($"{offices.Hub}{address}"))!.Status.ShouldBe(404);
        await page.GotoAsync($"{offices.Hub}rates?month=2026-03");
        await Expect(page.Locator("tbody")).Not.ToContainTextAsync("宜都市");
        await Expect(page.Locator("tbody")).ToContainTextAsync("余杭区");
    }

    [Fact]
    public async Task A_month_or_time_that_is_none_is_said_under_its_field()
    {
        var page = await offices.AtHubAsync("hubei");
        await page.GotoAsync($"{offices.Hub}rates?month=2026-13&asOf=2099-01-01T00:00");
        await Expect(page.Locator("#month-message")).ToContainTextAsync("2026-02");
        await Expect(page.Locator("#asOf-message")).ToContainTextAsync("时间还没到");
    }
}
