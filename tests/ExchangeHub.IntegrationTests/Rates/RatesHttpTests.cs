using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.IntegrationTests.Rates;

/// <summary>Figures, lists and one exchange through the door of the interface, with real accounts.</summary>
public sealed class RatesHttpTests(TestServers servers) : IAsyncLifetime
{
    const string Unit = "330109", NearBy = "330205", Elsewhere = "340221";
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    readonly List<HttpClient> clients = [];
    RatesDatabase database = null!;
    DocumentStore store = null!;
    WebApplication app = null!;

    public async ValueTask InitializeAsync()
    {
        database = await RatesDatabase.CreateAsync(servers);
        store = EventStore.Open(database.Source);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(HubApp).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new Clocks(database.Business, database.Business)).AddSingleton(database.Source).AddSingleton<IDocumentStore>(store).AddRates();
        builder.AddWeb(new Site("hub", typeof(HubApp).Assembly, "/", []), _ => database.Source, _ => database.Business);
        app = builder.Build();
        app.MapWeb();
        var api = app.MapGroup("/api/v1");
        api.MapRates();
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
            client.Dispose();
        await app.DisposeAsync();
        await store.DisposeAsync();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData("rates?month=2026-13", "NotAMonth", "month")]
    [InlineData("rates?asOf=2026-06-01T00:00:00Z", "InFuture", "asOf")]
    [InlineData("rates?asOf=soon", "NotATime", "asOf")]
    [InlineData("rates?scope=Everywhere", "CodeUnknown", "scope")]
    [InlineData("rates?by=person", "CodeUnknown", "by")]
    [InlineData("rates?by=month&months=0", "MemberInvalid", "months")]
    [InlineData("rates/list", "MemberMissing", "indicator")]
    [InlineData("rates/list?indicator=happiness", "CodeUnknown", "indicator")]
    [InlineData("rates/list?indicator=sent&part=half", "CodeUnknown", "part")]
    [InlineData("rates/list?indicator=sent&limit=501", "MemberInvalid", "limit")]
    [InlineData("rates/list?indicator=sent&after=AAAA", "MemberInvalid", "after")]
    public async Task Bad_input_is_a_problem_with_code_and_field(string path, string code, string field)
    {
        var auditor = await CallerAsync(Roles.Auditor);
        using var response = await auditor.GetAsync(path, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()).ShouldBe((code, field));
        problem.GetProperty("title").GetString().ShouldNotBe(code); // in words
    }

    [Fact]
    public async Task Figures_come_with_version_numerator_denominator_and_the_time_they_are_as_of()
    {
        await AskedAndAnsweredAsync(Elsewhere, Unit);
        var auditor = await CallerAsync(Roles.Auditor);
        var table = await auditor.GetFromJsonAsync<JsonElement>("rates?month=2026-02&county=330109", Cancel);
        table.GetProperty("asOf").GetDateTimeOffset().ShouldBe(database.Business.At);
        var figure = table.GetProperty("rows")[0].GetProperty("figures").GetProperty("timeliness_rate");
        (figure.GetProperty("version").GetInt32(), figure.GetProperty("numerator").GetInt64(), figure.GetProperty("denominator").GetInt64(), figure.GetProperty("text").GetString())
            .ShouldBe((1, 1, 1, "100.00"));
        var list = await auditor.GetFromJsonAsync<JsonElement>("rates/list?indicator=timeliness_rate&part=numerator&month=2026-02&county=330109", Cancel);
        list.GetProperty("count").GetInt64().ShouldBe(1);
        var byMonth = await auditor.GetFromJsonAsync<JsonElement>("rates?by=month&month=2026-03&months=2&county=330109", Cancel);
        byMonth.GetProperty("rows").EnumerateArray().Select(r => (r.GetProperty("key").GetString(), r.GetProperty("figures").GetProperty("timeliness_rate").GetProperty("text").GetString()))
            .ShouldBe([("2026-02", "100.00"), ("2026-03", "—")]);
        (await auditor.GetFromJsonAsync<JsonElement>("rates?by=month&month=2026-03", Cancel)).GetProperty("rows").GetArrayLength().ShouldBe(12);
        list.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task An_exchange_opens_for_both_sides_and_their_provinces_with_its_timeline()
    {
        var life = await AskedAndAnsweredAsync(Elsewhere, Unit);
        var id = ((Opened)life[0]).ExchangeId;
        foreach (var caller in new[] { await CallerAsync(Roles.Monitor, Unit), await CallerAsync(Roles.Monitor, Elsewhere), await CallerAsync(Roles.Monitor, province: "330000"), await CallerAsync(Roles.Auditor) })
        {
            var view = await caller.GetFromJsonAsync<JsonElement>($"exchanges/{id}", Cancel);
            view.GetProperty("phase").GetString().ShouldBe("Answered");
            view.GetProperty("timeline").EnumerateArray().Select(f => (f.GetProperty("number").GetInt32(), f.GetProperty("what").GetString())).ShouldBe(
                [(1, "opened"), (2, "acknowledged"), (3, "answered")]);
            view.GetProperty("timeline")[2].GetProperty("at").GetDateTimeOffset().ShouldBe(life[2].At);
            view.GetProperty("obligations").GetArrayLength().ShouldBe(2);
        }
    }

    [Fact]
    public async Task A_strangers_exchange_an_unknown_one_and_a_county_beyond_ones_own_get_the_same_answer()
    {
        var strange = ((Opened)(await AskedAndAnsweredAsync(Elsewhere, NearBy))[0]).ExchangeId;
        var monitor = await CallerAsync(Roles.Monitor, Unit);
        var answers = new List<string>();
        foreach (var path in new[] { $"exchanges/{Guid.NewGuid()}", $"exchanges/{strange}", "exchanges/none", "rates?county=330205", "rates?county=999999", "rates/list?indicator=sent&county=330205" })
        {
            using var response = await monitor.GetAsync(path, Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            answers.Add(string.Join('|', problem.EnumerateObject().Where(m => m.Name != "traceId").Select(m => m.ToString())));
        }
        answers.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Nobody_without_a_token_and_no_clerk_reads_figures()
    {
        using var nobody = Client(null);
        (await nobody.GetAsync("rates", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var clerk = await CallerAsync(Roles.Clerk, Unit);
        (await clerk.GetAsync("rates", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    async Task<List<ExchangeEvent>> AskedAndAnsweredAsync(string from, string to)
    {
        var at = Lives.Shanghai("2026-02-03T10:00");
        var life = Lives.Asked(from, to, at).Then(Kinds.Acknowledgement, at.AddMinutes(5)).Then(Kinds.FeedbackReply, at.AddMinutes(9));
        await database.WriteAsync([Exchange.Fold(life)!]);
        await using var session = store.LightweightSession();
        session.Events.StartStream(((Opened)life[0]).ExchangeId, life);
        await session.SaveChangesAsync(Cancel);
        return life;
    }

    async Task<HttpClient> CallerAsync(string role, string? county = null, string? province = null)
    {
        var accounts = app.Services.GetRequiredService<PeopleAccounts>();
        var account = $"{role}-{Guid.NewGuid():N}";
        var password = await accounts.CreateAsync(account, account, role, county, province, Cancel);
        return Client((await accounts.IssueTokenAsync((SignInResult.Welcome)await accounts.SignInAsync(account, password, Cancel), Cancel)).Token);
    }

    HttpClient Client(string? token)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var client = new HttpClient { BaseAddress = new Uri($"{address}/api/v1/") };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        clients.Add(client);
        return client;
    }
}
