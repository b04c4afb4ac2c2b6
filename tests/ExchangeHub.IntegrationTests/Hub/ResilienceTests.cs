using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Servers that go away and come back: work stops, says so, and resumes by itself.</summary>
public sealed class ResilienceTests(TestServers servers)
{
    [Fact]
    public async Task While_the_database_is_away_intake_stops_and_says_so_and_afterwards_nothing_is_lost()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        (await http.GetAsync("healthz/ready", HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var database = hub.World.Installation.HubDatabase;
        await AdministerAsync(hub, $"alter database {database} allow_connections false");
        await AdministerAsync(hub, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");

        var questions = Enumerable.Range(0, 30).Select(_ => hub.Asker.Ask("510104")).ToList();
        foreach (var question in questions)
            await hub.Asker.SendAsync(question);
        await HubWorld.Eventually(async () => (await http.GetAsync("healthz/ready", HubWorld.Stop)).StatusCode == HttpStatusCode.ServiceUnavailable);
        (await http.GetStringAsync("healthz/live", HubWorld.Stop)).ShouldBe("live");
        hub.Asker.ReceiptsOf(questions[0].MessageId).ShouldBe(0);

        await AdministerAsync(hub, $"alter database {database} allow_connections true");
        foreach (var question in questions)
            await hub.Asker.AcceptedAsync(question);
        foreach (var question in questions)
            await hub.Receiver.DeliveryAsync(question.MessageId);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(30);
        (await hub.ScalarAsync<long>("select count(*) from hub.quarantine")).ShouldBe(0);
        (await http.GetAsync("healthz/ready", HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task When_the_broker_ends_the_hub_s_connections_under_load_everything_still_takes_effect_once()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        using var management = Management(hub);
        var ending = EndConnectionsAsync(hub, management, times: 2);
        var questions = new List<Header>();
        while (!ending.IsCompleted)
        {
            questions.Add(hub.Asker.Ask("510104"));
            await hub.Asker.SendAsync(questions[^1]);
        }
        await ending;
        foreach (var question in questions)
            await hub.Asker.AcceptedAsync(question);
        foreach (var question in questions)
            await hub.Receiver.DeliveryAsync(question.MessageId);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(questions.Count);
        (await hub.ScalarAsync<long>("select count(*) from hub.deliveries where exchange_id is not null")).ShouldBe(questions.Count);
    }

    static async Task EndConnectionsAsync(HubWorld hub, HttpClient management, int times)
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        // The broker lists a connection some seconds after it was opened.
        await HubWorld.Eventually(async () =>
        {
            foreach (var connection in await management.GetFromJsonAsync<List<JsonElement>>($"api/vhosts/{hub.World.Installation.VirtualHost}/connections", HubWorld.Stop) ?? [])
                if (connection.TryGetProperty("user", out var user) && user.GetString() == BrokerAdmin.HubUser
                    && connection.GetProperty("name").GetString() is { } name && ended.Add(name))
                    await management.DeleteAsync($"api/connections/{Uri.EscapeDataString(name)}", HubWorld.Stop);
            return ended.Count >= 2 * times; // two connections each time: intake's and the relay's
        });
    }

    static HttpClient Management(HubWorld hub)
    {
        var address = hub.World.Servers.RabbitMqManagement;
        return new HttpClient
        {
            BaseAddress = new UriBuilder(address) { UserName = "", Password = "" }.Uri,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)))) },
        };
    }

    static async Task AdministerAsync(HubWorld hub, string sql)
    {
        await using var connection = new NpgsqlConnection(hub.World.Servers.Postgres);
        await connection.OpenAsync(HubWorld.Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(HubWorld.Stop);
    }
}
