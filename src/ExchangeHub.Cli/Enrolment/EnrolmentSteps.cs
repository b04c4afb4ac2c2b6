using System.Net.Http.Headers;
using System.Net.Http.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Enrolment;

/// <summary>
/// The four steps by which a county joins, each by another hand: the operator makes the broker user; the registrar the invitation with its
/// one-time code; the node its keys and the request; the registrar signs and publishes. No step needs another's secrets.
/// </summary>
public sealed class EnrolmentSteps(Installation installation, ServerAddresses servers, BrokerAdmin broker, Clocks clocks, BrokerLimits limits) : IDisposable
{
    readonly HttpClient http = new() { BaseAddress = installation.HubUrl };

    /// <summary>Step 1, the operator: the county's broker user, its queue and its rights.</summary>
    /// <param name="password">The user's password; absent: the one all worlds of a shared server agree on.</param>
    /// <returns>The password; it reaches the county outside the hub.</returns>
    public async Task<string> AddBrokerUserAsync(string county, string? password = null, CancellationToken cancel = default)
    {
        password ??= servers.SharedPasswordOf(county);
        await broker.AddCountyAsync(installation.VirtualHost, county, password, limits, cancel);
        return password;
    }

    /// <summary>Step 2, the registrar: a one-time code, valid 14 days. The hub never sees it.</summary>
    public EnrolmentInvitation Invite(string county)
    {
        using var registrar = OpenRegistrar();
        return registrar.Invite(county, installation.HubUrl.ToString(), Amqp);
    }

    /// <summary>Step 3, the node: its folder, two new keys, the request posted to the hub.</summary>
    public async Task RequestAsync(EnrolmentInvitation invitation, string brokerPassword, CancellationToken cancel = default)
    {
        using var folder = CountyFolder.Create(Path.Combine(installation.CountiesFolder, invitation.Party), invitation, brokerPassword);
        await Hub(invitation.Party).PostEnrolmentAsync(folder.Enrol(invitation.Code, clocks.Now), cancel);
    }

    /// <summary>Step 4, the registrar: checks what came in, signs records and the next snapshot, publishes them.</summary>
    /// <param name="operatorToken">A bearer token of an operator's account at the hub, who may list enrolments.</param>
    public async Task<IReadOnlyList<SignedEnrolment>> SignAsync(string operatorToken, CancellationToken cancel = default)
    {
        var waiting = await ListAsync(operatorToken, cancel);
        if (waiting.Count == 0)
            return [];
        using var registrar = OpenRegistrar();
        var update = registrar.AcceptAll(waiting, out var outcomes);
        if (update is not null)
            await PublishAsync(update, cancel);
        return [.. waiting.Zip(outcomes, (enrolment, outcome) => new SignedEnrolment(PartyOf(enrolment), outcome))];
    }

    /// <summary>Enrolments that wait at the hub.</summary>
    public async Task<IReadOnlyList<Contracts.Enrolment>> ListAsync(string operatorToken, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/enrolments") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", operatorToken) } };
        using var answer = await http.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<List<Contracts.Enrolment>>(cancel) ?? [];
    }

    /// <summary>Before the first county: the registrar's public key for the hub, the hub's signing key for the registrar.</summary>
    public void Introduce()
    {
        using var registrar = OpenRegistrar();
        File.WriteAllBytes(installation.RegistrarKeyFile, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(registrar.Public, ContractsJson.Default.Jwk));
        using var signing = SigningKey.LoadOrCreate(Path.Combine(installation.HubFolder, "hub.pem"));
    }

    /// <summary>Publishes the hub's own key record; the hub must be up.</summary>
    public async Task RegisterHubAsync(CancellationToken cancel = default)
    {
        using var registrar = OpenRegistrar();
        using var signing = SigningKey.LoadOrCreate(Path.Combine(installation.HubFolder, "hub.pem"));
        await PublishAsync(registrar.AddHub(signing.Public), cancel);
    }

    /// <summary>The next snapshot over the same entries: at least every 14 days, or nodes begin to warn.</summary>
    public async Task ReissueAsync(CancellationToken cancel = default)
    {
        using var registrar = OpenRegistrar();
        await PublishAsync(registrar.Reissue(), cancel);
    }

    public void Dispose() => http.Dispose();

    string Amqp => new UriBuilder(servers.RabbitMq) { UserName = "", Password = "", Path = "/" + Uri.EscapeDataString(installation.VirtualHost) }.Uri.ToString();

    Registrar OpenRegistrar() => Registrar.OpenOrCreate(installation.RegistrarFolder, installation.HubId, clocks);

    HubApi Hub(string party) => new(http, installation.HubId, party, () => null, clocks);

    Task PublishAsync(RegistryUpdate update, CancellationToken cancel) => Hub(Contracts.Wire.Party.Registrar).PutRegistryAsync(update, cancel);

    static string PartyOf(Contracts.Enrolment enrolment)
    {
        try
        {
            var payload = Contracts.Wire.B64u.TryDecode(enrolment.Request.Split('.')[1], out var bytes) ? bytes : [];
            using var request = System.Text.Json.JsonDocument.Parse(payload);
            return request.RootElement.GetProperty("party").GetString() ?? "?";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or IndexOutOfRangeException or KeyNotFoundException or InvalidOperationException)
        {
            return "?";
        }
    }
}

/// <summary>What became of one request at the registrar's desk.</summary>
public sealed record SignedEnrolment(string Party, EnrolmentFailure Outcome);
