using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Worlds;

/// <summary>What the broker's operator does, over the management API: virtual host, topology, the one policy, users with their rights and limits.</summary>
public sealed class BrokerAdmin : IDisposable
{
    /// <summary>The one policy: it applies to every queue.</summary>
    public const string PolicyName = "exchangehub";

    /// <summary>The hub's broker user.</summary>
    public const string HubUser = "exchangehub-hub";

    readonly HttpClient http;
    readonly string administrator;

    public BrokerAdmin(ServerAddresses servers)
    {
        var credentials = Uri.UnescapeDataString(servers.RabbitMqManagement.UserInfo);
        administrator = credentials.Split(':')[0];
        http = new HttpClient { BaseAddress = new UriBuilder(servers.RabbitMqManagement) { UserName = "", Password = "", Path = "/api/" }.Uri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    /// <summary>
    /// A full queue rejects and never drops; nothing is dropped after deliveries (4.x would after 20, and -1 loses everything on 3.10);
    /// dead letters travel at-least-once into a queue that the hub reads.
    /// </summary>
    public static JsonObject PolicyDefinition => new()
    {
        ["overflow"] = "reject-publish",
        ["delivery-limit"] = 1_000_000,
        ["dead-letter-exchange"] = BrokerNames.Dead,
        ["dead-letter-strategy"] = "at-least-once",
    };

    /// <summary>Makes what is missing of a hub's virtual host: exchanges, the hub's queues, bindings, the policy. Repeating changes nothing.</summary>
    /// <param name="mark">The virtual host's description: whose it is.</param>
    public async Task SetUpAsync(string vhost, string? mark = null, CancellationToken cancel = default)
    {
        await PutAsync($"vhosts/{E(vhost)}", new JsonObject { ["default_queue_type"] = "quorum", ["description"] = mark ?? "" }, cancel);
        await PutAsync($"permissions/{E(vhost)}/{E(administrator)}", Rights(".*", ".*", ".*"), cancel);
        await SetPolicyAsync(vhost, PolicyName, priority: 0, PolicyDefinition, cancel);
        await ExchangeAsync(vhost, BrokerNames.Submit, "topic", cancel);
        await ExchangeAsync(vhost, BrokerNames.Deliver, "direct", cancel);
        await ExchangeAsync(vhost, BrokerNames.Dead, "fanout", cancel);
        await QueueAsync(vhost, BrokerNames.Intake, BrokerNames.Submit, "#", cancel);
        await QueueAsync(vhost, BrokerNames.Dead, BrokerNames.Dead, "", cancel);
    }

    /// <summary>Sets a policy for all queues of a virtual host; of several the one with the highest priority is in effect.</summary>
    public Task SetPolicyAsync(string vhost, string name, int priority, JsonObject definition, CancellationToken cancel = default) =>
        PutAsync($"policies/{E(vhost)}/{name}", new JsonObject { ["pattern"] = ".*", ["apply-to"] = "queues", ["priority"] = priority, ["definition"] = definition }, cancel);

    /// <summary>The hub's user: reads intake and dead letters, publishes deliveries, declares nothing.</summary>
    public async Task AddHubUserAsync(string vhost, string password, CancellationToken cancel = default)
    {
        await UserAsync(HubUser, password, cancel);
        await PutAsync($"permissions/{E(vhost)}/{HubUser}", Rights("^$", @"\Anode\.deliver\z", @"\Ahub\.(intake|dead)\z"), cancel);
    }

    /// <summary>
    /// A county's user, its queue and its rights: publishes its own routing keys, reads its own queue, declares nothing.
    /// Patterns end in <c>\z</c>: <c>$</c> would match before a trailing newline.
    /// </summary>
    /// <param name="limits">Connections and channels the user may hold.</param>
    public async Task AddCountyAsync(string vhost, string county, string password, BrokerLimits limits, CancellationToken cancel = default)
    {
        await QueueAsync(vhost, BrokerNames.QueueOf(county), BrokerNames.Deliver, county, cancel);
        await UserAsync(county, password, cancel);
        await PutAsync($"user-limits/{county}/max-connections", new JsonObject { ["value"] = limits.Connections }, cancel);
        await PutAsync($"user-limits/{county}/max-channels", new JsonObject { ["value"] = limits.Channels }, cancel);
        await PutAsync($"permissions/{E(vhost)}/{county}", Rights("^$", @"\Ahub\.submit\z", $@"\Anode\.{county}\z"), cancel);
        await PutAsync($"topic-permissions/{E(vhost)}/{county}", new JsonObject
        {
            ["exchange"] = BrokerNames.Submit,
            ["write"] = $@"\A[a-z-]+\.v[0-9]+\.{county}\z",
            ["read"] = "^$",
        }, cancel);
    }

    /// <summary>Takes a virtual host away with all its queues; one that is gone already is no error. Users stay: they may serve another.</summary>
    public async Task DropAsync(string vhost, CancellationToken cancel = default)
    {
        using var answer = await http.DeleteAsync($"vhosts/{E(vhost)}", cancel);
        if (answer.StatusCode != HttpStatusCode.NotFound)
            answer.EnsureSuccessStatusCode();
    }

    public async Task<bool> ExistsAsync(string vhost, CancellationToken cancel = default) => await GetAsync($"vhosts/{E(vhost)}", cancel) is not null;

    /// <summary>The mark of a virtual host that was set up with one.</summary>
    public async Task<string?> MarkOfAsync(string vhost, CancellationToken cancel = default) => Text(await GetAsync($"vhosts/{E(vhost)}", cancel), "description");

    /// <summary>Whether there is such a user and it has another password: somebody else's, then.</summary>
    public async Task<bool> HasAnotherPasswordAsync(string user, string password, CancellationToken cancel = default)
    {
        if (Text(await GetAsync($"users/{E(user)}", cancel), "password_hash") is not { Length: > 0 } text)
            return false;
        // RabbitMQ's form: four bytes of salt, then SHA-256 over salt and password.
        var hash = Convert.FromBase64String(text);
        return !SHA256.HashData([.. hash[..4], .. Encoding.UTF8.GetBytes(password)]).AsSpan().SequenceEqual(hash.AsSpan(4));
    }

    /// <summary>Version of the broker; throws when it does not answer.</summary>
    public async Task<string> VersionAsync(CancellationToken cancel = default) =>
        (await GetAsync("overview", cancel))?["rabbitmq_version"]?.GetValue<string>() ?? "?";

    /// <summary>Every queue with the policy in effect on it, read back from the broker's own records: its statistics lag behind by seconds.</summary>
    public async Task<IReadOnlyList<BrokerQueue>> QueuesAsync(string vhost, CancellationToken cancel = default)
    {
        var queues = await GetAsync($"queues/{E(vhost)}?disable_stats=true&enable_queue_totals=true", cancel) as JsonArray ?? [];
        var policies = await DefinitionsAsync($"policies/{E(vhost)}", cancel);
        var operators = await DefinitionsAsync($"operator-policies/{E(vhost)}", cancel);
        return [.. queues.Select(q => new BrokerQueue(Text(q, "name") ?? "", Text(q, "type") ?? "", q!["messages"]?.GetValue<long>() ?? 0, Text(q, "policy"),
            Merged(policies.GetValueOrDefault(Text(q, "policy") ?? ""), operators.GetValueOrDefault(Text(q, "operator_policy") ?? ""))))];
    }

    /// <summary>How many connections to a virtual host are open. The broker counts them anew every few seconds.</summary>
    public async Task<int> ConnectionsAsync(string vhost, CancellationToken cancel = default) => (await GetAsync($"vhosts/{E(vhost)}/connections", cancel) as JsonArray ?? []).Count;

    async Task<Dictionary<string, JsonObject>> DefinitionsAsync(string path, CancellationToken cancel) =>
        (await GetAsync(path, cancel) as JsonArray ?? []).ToDictionary(p => Text(p, "name")!, p => (JsonObject)p!["definition"]!);

    static string? Text(JsonNode? node, string member) => node?[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static JsonObject Merged(params IEnumerable<JsonObject?> definitions)
    {
        var merged = new JsonObject();
        foreach (var (key, value) in definitions.SelectMany(d => d ?? []))
            merged[key] = value?.DeepClone();
        return merged;
    }

    public void Dispose() => http.Dispose();

    Task ExchangeAsync(string vhost, string name, string type, CancellationToken cancel) =>
        PutAsync($"exchanges/{E(vhost)}/{name}", new JsonObject { ["type"] = type, ["durable"] = true }, cancel);

    async Task QueueAsync(string vhost, string name, string exchange, string key, CancellationToken cancel)
    {
        await PutAsync($"queues/{E(vhost)}/{name}",
            new JsonObject { ["durable"] = true, ["arguments"] = new JsonObject { ["x-queue-type"] = "quorum" } }, cancel);
        using var answer = await http.PostAsJsonAsync($"bindings/{E(vhost)}/e/{exchange}/q/{name}", new JsonObject { ["routing_key"] = key }, cancel);
        await EnsureAsync(answer, cancel);
    }

    async Task UserAsync(string user, string password, CancellationToken cancel)
    {
        var body = new JsonObject { ["password"] = password, ["tags"] = "" };
        try
        {
            await PutAsync($"users/{E(user)}", body, cancel);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.BadRequest && e.Message.Contains("user_already_exists", StringComparison.Ordinal))
        {
            // Somebody made the same user in the same moment: now it is there, and is set.
            await PutAsync($"users/{E(user)}", body, cancel);
        }
    }

    static JsonObject Rights(string configure, string write, string read) => new() { ["configure"] = configure, ["write"] = write, ["read"] = read };

    static string E(string part) => Uri.EscapeDataString(part);

    async Task PutAsync(string path, JsonObject body, CancellationToken cancel)
    {
        using var answer = await http.PutAsJsonAsync(path, body, cancel);
        await EnsureAsync(answer, cancel);
    }

    async Task<JsonNode?> GetAsync(string path, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(path, cancel);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        await EnsureAsync(answer, cancel);
        return await answer.Content.ReadFromJsonAsync<JsonNode>(JsonSerializerOptions.Web, cancel);
    }

    static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"The broker refused {answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.AbsolutePath}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}",
                null, answer.StatusCode);
    }
}

/// <summary>What one county's user may hold at the broker.</summary>
public sealed record BrokerLimits(int Connections, int Channels)
{
    /// <summary>A county's node needs two connections; four leave room for a restart and a county's own program.</summary>
    public static BrokerLimits Production { get; } = new(4, 16);

    /// <summary>Users are the server's, not the virtual host's: where many worlds share a server, the same user serves all of them.</summary>
    public static BrokerLimits Shared { get; } = new(256, 1024);
}

/// <summary>A queue as the broker tells it.</summary>
public sealed record BrokerQueue(string Name, string Type, long Messages, string? Policy, JsonObject EffectivePolicy);
