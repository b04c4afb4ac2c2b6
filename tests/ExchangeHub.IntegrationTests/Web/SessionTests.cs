using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Web.Accounts;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeHub.IntegrationTests.Web;

/// <summary>Signing in and being signed out, over HTTP, at a running hub and a running node host.</summary>
public sealed partial class SessionTests(TestServers servers)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    Task<World> WorldAsync() => World.CreateAsync(servers.Addresses, new WorldOptions { Name = "sessions", Counties = [] }, Cancel);

    [Theory]
    [InlineData("hub")]
    [InlineData("node")]
    public async Task A_new_password_and_a_removal_end_token_and_cookie_at_once(string at)
    {
        await using var world = await WorldAsync();
        var (door, accounts) = At(world, at);
        Func<string, Task>[] ends =
        [
            person => MakeAsync(accounts, at, person),
            person => accounts.RemoveAsync(person, Cancel),
        ];
        foreach (var (end, n) in ends.Select((e, n) => (e, n)))
        {
            var person = $"person-{n}";
            var password = await MakeAsync(accounts, at, person);
            using var program = await ProgramAsync(door, person, password);
            using var browser = Browser(door);
            (await SignInPageAsync(browser, person, password)).Status.ShouldBe(HttpStatusCode.Redirect);
            (await AsksAsync(program, at), await OpensAsync(browser, at)).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));

            await end(person);
            (await AsksAsync(program, at), await OpensAsync(browser, at)).ShouldBe((HttpStatusCode.Unauthorized, HttpStatusCode.Redirect), person);
        }
    }

    [Theory]
    [InlineData("hub")]
    [InlineData("node")]
    public async Task Whoever_types_wrong_passwords_stops_new_sign_ins_and_throws_nobody_out(string at)
    {
        await using var world = await WorldAsync();
        var (door, accounts) = At(world, at);
        var password = await MakeAsync(accounts, at, "at-work");
        using var program = await ProgramAsync(door, "at-work", password);
        using var browser = Browser(door);
        (await SignInPageAsync(browser, "at-work", password)).Status.ShouldBe(HttpStatusCode.Redirect);
        for (var wrong = 0; wrong < PeopleAccounts.FailuresMax; wrong++)
            await TokenAsync(door, "at-work", "wrong");
        (await TokenAsync(door, "at-work", password)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await AsksAsync(program, at), await OpensAsync(browser, at)).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
    }

    [Theory]
    [InlineData("hub")]
    [InlineData("node")]
    public async Task Whether_a_name_has_an_account_cannot_be_told_by_guessing(string at)
    {
        await using var world = await WorldAsync();
        var (door, accounts) = At(world, at);
        var password = await MakeAsync(accounts, at, "person-a");
        using var browser = Browser(door);
        for (var round = 0; round < 2; round++)
        {
            for (var n = 0; n <= PeopleAccounts.FailuresMax; n++)
            {
                var (known, unknown) = (await TokenAsync(door, "person-a", "wrong"), await TokenAsync(door, "person-b", "wrong"));
                (known.Status, known.Text).ShouldBe((unknown.Status, unknown.Text));
                known.Status.ShouldBe(n < PeopleAccounts.FailuresMax - 1 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);
            }
            // Locked: the right password opens nothing, and the page says the same of both.
            (await SignInPageAsync(browser, "person-a", password)).Message.ShouldBe((await SignInPageAsync(browser, "person-b", password)).Message);
            world.Clock!.Advance(PeopleAccounts.LockFor);
        }
        for (var n = 0; n < PeopleAccounts.FailuresMax; n++)
        {
            var said = (await SignInPageAsync(browser, "person-a", "wrong")).Message;
            said.ShouldNotBeEmpty();
            (await SignInPageAsync(browser, "person-b", "wrong")).Message.ShouldBe(said);
        }
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours_however_often_an_open_worklist_asks_for_news()
    {
        await using var world = await WorldAsync();
        var (door, accounts) = At(world, "node");
        var password = await MakeAsync(accounts, "node", "left-open");
        var clock = new FakeTimeProvider(world.Clocks.System.GetUtcNow());
        world.Node.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(AccountsSetUp.CookieScheme).TimeProvider = clock;
        using var browser = Browser(door);
        await SignInPageAsync(browser, "left-open", password);
        var news = new Uri("api/v1/worklist/new?marker=0", UriKind.Relative);
        for (var hour = 1; hour <= 12; hour++)
        {
            using var answer = await browser.GetAsync(news, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"hour {hour}");
            clock.Advance(TimeSpan.FromHours(1));
        }
        using var late = await browser.GetAsync(news, Cancel);
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    static (Uri Door, PeopleAccounts Accounts) At(World world, string at) => at == "hub"
        ? (world.Installation.HubUrl, world.Hub.Services.GetRequiredService<PeopleAccounts>())
        : (world.Installation.NodeUrl, world.Node.Services.GetRequiredService<PeopleAccounts>());

    static Task<string> MakeAsync(PeopleAccounts accounts, string at, string person) => at == "hub"
        ? accounts.CreateAsync(person, person, Roles.Monitor, province: "330000", ct: Cancel)
        : accounts.CreateAsync(person, person, Roles.Clerk, "330106", ct: Cancel);

    static async Task<HttpClient> ProgramAsync(Uri door, string person, string password) => new()
    {
        BaseAddress = door,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", (await TokenAsync(door, person, password)).Token) },
    };

    static async Task<HttpStatusCode> AsksAsync(HttpClient program, string at)
    {
        using var answer = await program.GetAsync(new Uri(at == "hub" ? "api/v1/rates" : "api/v1/worklist", UriKind.Relative), Cancel);
        return answer.StatusCode;
    }

    static async Task<HttpStatusCode> OpensAsync(HttpClient browser, string at)
    {
        using var answer = await browser.GetAsync(new Uri(at == "hub" ? "rates" : "worklist", UriKind.Relative), Cancel);
        return answer.StatusCode;
    }

    static async Task<(HttpStatusCode Status, string Text, string? Token)> TokenAsync(Uri door, string account, string password)
    {
        using var http = new HttpClient { BaseAddress = door };
        using var answer = await http.PostAsJsonAsync("api/v1/tokens", new { account, password }, Cancel);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var problem = answer.IsSuccessStatusCode ? "" : $"{body.GetProperty("code")} {body.GetProperty("title")} {body.GetProperty("field")}";
        return (answer.StatusCode, problem, answer.IsSuccessStatusCode ? body.GetProperty("token").GetString() : null);
    }

    static HttpClient Browser(Uri door) => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = door };

    static async Task<(HttpStatusCode Status, string Message)> SignInPageAsync(HttpClient browser, string account, string password)
    {
        var page = await browser.GetStringAsync(new Uri("sign-in", UriKind.Relative), Cancel);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = FormToken().Match(page).Groups["value"].Value,
            ["_handler"] = "sign-in",
            ["Input.Account"] = account,
            ["Input.Password"] = password,
        });
        using var answer = await browser.PostAsync(new Uri("sign-in", UriKind.Relative), form, Cancel);
        return (answer.StatusCode, FieldMessage().Match(await answer.Content.ReadAsStringAsync(Cancel)).Groups["value"].Value);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormToken();

    [GeneratedRegex("id=\"password-message\".*?<span>(?<value>[^<]+)</span>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldMessage();
}
