using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>Ends connections of one virtual host through the broker's management.</summary>
static class BrokerCut
{
    /// <returns>How many were ended; at least one: the management learns of new connections a few seconds late, and is asked until it knows.</returns>
    public static async Task<int> CutAsync(ServerAddresses servers, string vhost, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = new UriBuilder(servers.RabbitMqManagement) { UserName = "", Password = "", Path = "/api/" }.Uri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(servers.RabbitMqManagement.UserInfo))));
        while (true)
        {
            var open = await http.GetFromJsonAsync<JsonArray>($"vhosts/{Uri.EscapeDataString(vhost)}/connections", ct) ?? [];
            var names = open.Select(c => (string?)c!["name"]).OfType<string>().ToList();
            foreach (var name in names)
                using (await http.DeleteAsync($"connections/{Uri.EscapeDataString(name)}", ct))
                {
                }
            if (names.Count > 0)
                return names.Count;
        }
    }
}
