using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Isolation;

/// <summary>A question of C to B, and what the hub tells of it over HTTP: to their nodes and people, and to county A and its province.</summary>
public sealed class HubIsolationTests(TestServers servers) : IAsyncLifetime
{
    const string A = "420581", B = "330106", C = "510104";
    const string ProvinceOfA = "420000", ProvinceOfB = "330000";
    static readonly string[] indicators = ["sent", "received", "feedback_rate", "due_feedback_rate", "timeliness_rate", "receipt_rate", "overdue_open"];

    readonly List<HttpClient> clients = [];
    World world = null!;
    Header asked = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "apart", Counties = [A, B, C], StartNode = false }, Cancel);
        using var asker = new CountyKeys(world, C);
        using var receiver = new CountyKeys(world, B);
        asked = asker.Header(Kinds.CertificateVerificationRequest, B);
        await using var broker = await CountyAtBroker.ConnectAsync(world, C);
        (await broker.SubmitAsync(asked, asker.Seal(asked, receiver), C)).ShouldBeNull();
        (await broker.ReceiptAsync(asked.MessageId)).ShouldBeOfType<AcceptedStatement>();
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(c => c.Dispose());
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_node_reads_its_own_deliveries_and_receipts_and_of_anothers_what_it_would_read_of_none()
    {
        var (a, b, c) = (Node(A), Node(B), Node(C));
        string[] paths = ["deliveries?fromSeq=1&exchange=", "receipts/"];
        foreach (var (path, id) in paths.Zip([asked.ExchangeId, asked.MessageId]))
            (await AnswerAsync(a, path + id)).ShouldBe(await AnswerAsync(a, path + Guid.NewGuid()), path);
        (await AnswerAsync(b, $"receipts/{asked.MessageId}")).ShouldBe(await AnswerAsync(b, $"receipts/{Guid.NewGuid()}"), "the sender's receipt, asked for by the receiver");
        foreach (var path in new[] { "deliveries", "receipts" })
            (await a.GetFromJsonAsync<JsonElement>(path, Cancel)).GetProperty("items").EnumerateArray()
                .Where(i => path == "receipts" || i.TryGetProperty("body", out _)) // the hub's own word to A, that the registry changed, has none
                .ShouldBeEmpty(path);

        (await AnswerAsync(b, paths[0] + asked.ExchangeId)).ShouldContain("body");
        (await AnswerAsync(c, paths[1] + asked.MessageId)).ShouldContain("leaf");
        (await AnswerAsync(c, paths[0] + asked.ExchangeId)).ShouldNotContain("body"); // what it sent itself is no delivery to it
    }

    [Fact]
    public async Task A_node_speaks_in_no_other_nodes_name_and_has_no_door_to_what_people_see()
    {
        using var keys = new CountyKeys(world, A);
        using var unknown = SigningKey.Create();
        foreach (var (why, token) in new[]
        {
            ("A's key, B's name", HttpToken.Sign(keys.Signing, B, world.Installation.HubId, world.Clocks.Now)),
            ("A's key for another hub", HttpToken.Sign(keys.Signing, A, "hub.other", world.Clocks.Now)),
            ("a key nobody registered", HttpToken.Sign(unknown, B, world.Installation.HubId, world.Clocks.Now)),
            ("an hour old", HttpToken.Sign(keys.Signing, A, world.Installation.HubId, world.Clocks.Now.AddHours(-1))),
        })
            (await StatusAsync(Client(token), "deliveries")).ShouldBe(HttpStatusCode.Unauthorized, why);
        foreach (var path in new[] { $"exchanges/{asked.ExchangeId}", "rates", "quarantine", "enrolments" })
            (await StatusAsync(Node(A), path)).ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(A, null)]
    [InlineData(null, ProvinceOfA)]
    public async Task People_of_another_county_or_province_see_nothing_of_it_by_id_in_figures_lists_or_pages(string? county, string? province)
    {
        var (api, pages) = await PersonAsync(county, province);
        (await AnswerAsync(api, $"exchanges/{asked.ExchangeId}")).ShouldBe(await AnswerAsync(api, $"exchanges/{Guid.NewGuid()}"));
        var figures = await api.GetStringAsync("rates?month=2026-02", Cancel);
        Names(figures).ShouldBeEmpty(figures);
        foreach (var indicator in indicators)
        {
            var list = await api.GetFromJsonAsync<JsonElement>($"rates/list?month=2026-02&indicator={indicator}", Cancel);
            list.GetProperty("count").GetInt64().ShouldBe(0, indicator);
            foreach (var other in new[] { B, C })
                (await StatusAsync(api, $"rates/list?month=2026-02&indicator={indicator}&county={other}")).ShouldBe(HttpStatusCode.NotFound, indicator);
        }
        using var page = await pages.GetAsync(new Uri($"exchanges/{asked.ExchangeId}", UriKind.Relative), Cancel);
        page.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Names(await page.Content.ReadAsStringAsync(Cancel)).ShouldBeEmpty();
        foreach (var path in new[] { "rates?month=2026-02", "rates/list?month=2026-02&indicator=sent" })
            Names(await pages.GetStringAsync(path, Cancel)).ShouldBeEmpty(path);
    }

    [Theory]
    [InlineData(B, null)]
    [InlineData(null, ProvinceOfB)]
    public async Task People_of_a_side_and_of_its_province_see_it_there(string? county, string? province)
    {
        var (api, pages) = await PersonAsync(county, province);
        (await AnswerAsync(api, $"exchanges/{asked.ExchangeId}")).ShouldContain(asked.ExchangeId.ToString("D"));
        (await api.GetStringAsync("rates?month=2026-02", Cancel)).ShouldContain(B);
        (await api.GetFromJsonAsync<JsonElement>("rates/list?month=2026-02&indicator=received", Cancel)).GetProperty("count").GetInt64().ShouldBe(1);
        Names(await pages.GetStringAsync($"exchanges/{asked.ExchangeId}", Cancel)).ShouldNotBeEmpty();
    }

    async Task<(HttpClient Api, HttpClient Pages)> PersonAsync(string? county, string? province)
    {
        var token = await world.SignInAtHubAsync("monitor", Roles.Monitor, county, province, Cancel);
        return (Client(token), Client(token, ""));
    }

    HttpClient Node(string county)
    {
        using var keys = new CountyKeys(world, county);
        return Client(HttpToken.Sign(keys.Signing, county, world.Installation.HubId, world.Clocks.Now));
    }

    HttpClient Client(string token, string under = "api/v1/")
    {
        var client = new HttpClient
        {
            BaseAddress = new Uri(world.Installation.HubUrl, under),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        clients.Add(client);
        return client;
    }

    // What tells the two sides apart in any text: their codes.
    static string[] Names(string text) => [.. new[] { B, C }.Where(code => text.Contains(code, StringComparison.Ordinal))];

    static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return answer.StatusCode;
    }

    /// <summary>Status and body without what differs in every answer: the trace's id.</summary>
    static async Task<string> AnswerAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        var members = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).EnumerateObject().Where(m => m.Name != "traceId");
        return $"{(int)answer.StatusCode} {string.Join(',', members.Select(m => m.ToString()))}";
    }
}
