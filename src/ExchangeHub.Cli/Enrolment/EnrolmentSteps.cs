using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Enrolment;

/// <summary>
/// What the registrar does of the four steps by which a county joins, each by another hand: the operator makes the broker user
/// (<see cref="BrokerAdmin"/>); the registrar the invitation with its one-time code; the node its keys and the request (<see cref="NodeSteps"/>);
/// the registrar signs and publishes. No step needs another's secrets. Beside them what the registrar does with keys later on. Every step may be
/// repeated after a crash: what is there already is found, what the hub missed is handed over again.
/// </summary>
public sealed class EnrolmentSteps(Installation installation, Clocks clocks) : IDisposable
{
    // The registrar's book is held for two calls to the hub at most.
    static readonly TimeSpan busyMax = TimeSpan.FromSeconds(75);
    static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(100);

    readonly HttpClient http = new() { BaseAddress = installation.HubUrl };

    public Installation Installation => installation;

    /// <summary>Step 2, the registrar: a one-time code, valid 14 days. The hub never sees it.</summary>
    public async Task<EnrolmentInvitation> InviteAsync(string county, CancellationToken cancel = default)
    {
        using var registrar = await OpenRegistrarAsync(cancel);
        return registrar.Invite(county, installation.HubUrl.ToString(), installation.Amqp.ToString());
    }

    /// <summary>Step 4, the registrar: checks what came in, signs records and the next snapshot, publishes them.</summary>
    /// <param name="operatorToken">A bearer token of an operator's account at the hub, who may list enrolments.</param>
    public async Task<IReadOnlyList<SignedEnrolment>> SignAsync(string operatorToken, CancellationToken cancel = default)
    {
        var waiting = await ListAsync(operatorToken, cancel);
        IReadOnlyList<EnrolmentFailure> outcomes = [];
        await PublishAsync(registrar => registrar.AcceptAll(waiting, out outcomes), cancel);
        // What was judged waits no longer: refused ones would keep the county's own request out. A crash before this line judges them once more.
        foreach (var judged in waiting)
            (await SendAsync(HttpMethod.Delete, $"api/v1/enrolments/{Endorsement.Hash(judged.Request)}", operatorToken, cancel)).Dispose();
        return [.. waiting.Zip(outcomes, (enrolment, outcome) => new SignedEnrolment(PartyOf(enrolment), outcome))];
    }

    /// <summary>Enrolments that wait at the hub.</summary>
    public async Task<IReadOnlyList<Contracts.Enrolment>> ListAsync(string operatorToken, CancellationToken cancel = default)
    {
        using var answer = await SendAsync(HttpMethod.Get, "api/v1/enrolments", operatorToken, cancel);
        return await answer.Content.ReadFromJsonAsync<List<Contracts.Enrolment>>(cancel) ?? [];
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string operatorToken, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", operatorToken) } };
        return (await http.SendAsync(request, cancel)).EnsureSuccessStatusCode();
    }

    /// <summary>Before the first county: the registrar's public key for the hub, the hub's signing key for the registrar.</summary>
    public async Task IntroduceAsync(CancellationToken cancel = default)
    {
        using var registrar = await OpenRegistrarAsync(cancel);
        await File.WriteAllBytesAsync(installation.RegistrarKeyFile, JsonSerializer.SerializeToUtf8Bytes(registrar.Public, ContractsJson.Default.Jwk), cancel);
        using var signing = SigningKey.LoadOrCreate(Path.Combine(installation.HubFolder, "hub.pem"));
    }

    /// <summary>Publishes the hub's own key record; the hub must be up.</summary>
    public async Task RegisterHubAsync(CancellationToken cancel = default)
    {
        using var signing = SigningKey.LoadOrCreate(Path.Combine(installation.HubFolder, "hub.pem"));
        await PublishAsync(registrar => registrar.AddHub(signing.Public), cancel);
    }

    /// <summary>The next snapshot over the same entries: at least every 14 days, or nodes begin to warn.</summary>
    /// <returns>Its number.</returns>
    public Task<int> ReissueAsync(CancellationToken cancel = default) => PublishAsync(registrar => registrar.Reissue(), cancel);

    /// <summary>Ends a key from now on.</summary>
    /// <exception cref="InvalidOperationException">The party has no such key.</exception>
    public Task<int> RevokeAsync(string party, string kid, CancellationToken cancel = default) => PublishAsync(registrar => registrar.Revoke(party, kid), cancel);

    /// <summary>A new registrar key, signed by the present one; nodes and the hub follow by themselves.</summary>
    public Task<int> RollOverAsync(CancellationToken cancel = default) => PublishAsync(registrar => registrar.RollOver(), cancel);

    /// <summary>Hands the hub the whole book as it was signed: after a restored copy of its database, or an update that never reached it.</summary>
    public Task<int> RepublishAsync(CancellationToken cancel = default) => PublishAsync(registrar => registrar.Number == 0 ? null : registrar.Whole(), cancel);

    /// <summary>The hub's registry, verified from the registrar's key on that lies beside the hub's.</summary>
    /// <param name="party">Whose entry to fetch as well.</param>
    /// <exception cref="InvalidDataException">It does not verify.</exception>
    public async Task<KeyRing> RingAsync(string? party = null, CancellationToken cancel = default)
    {
        var pinned = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(installation.RegistrarKeyFile, cancel), ContractsJson.Default.Jwk)!;
        return await Hub().GetRingAsync(pinned, party is null ? [] : [party], cancel);
    }

    public void Dispose() => http.Dispose();

    HubApi Hub() => new(http, installation.HubId, Party.Registrar, () => null, clocks);

    async Task<Registrar> OpenRegistrarAsync(CancellationToken cancel)
    {
        var since = clocks.System.GetTimestamp();
        while (true)
        {
            try
            {
                return Registrar.OpenOrCreate(installation.RegistrarFolder, installation.HubId, clocks);
            }
            catch (RegistrarBusyException) when (clocks.System.GetElapsedTime(since) < busyMax)
            {
                await Task.Delay(lookEvery, clocks.System, cancel);
            }
        }
    }

    // Nobody else signs until the hub has it; what it missed before goes first. A crash at any line is mended by the next call.
    async Task<int> PublishAsync(Func<Registrar, RegistryUpdate?> sign, CancellationToken cancel)
    {
        var hub = Hub();
        using var registrar = await OpenRegistrarAsync(cancel);
        if (registrar.Missing(await ServedAsync(hub, cancel)) is { } missed)
            await hub.PutRegistryAsync(missed, cancel);
        if (sign(registrar) is { } update)
            await hub.PutRegistryAsync(update, cancel);
        return registrar.Number;
    }

    static async Task<string?> ServedAsync(HubApi hub, CancellationToken cancel)
    {
        try
        {
            return (await hub.GetRegistryAsync(cancel)).Snapshot;
        }
        catch (HubApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null; // a hub before its first snapshot
        }
    }

    static string PartyOf(Contracts.Enrolment enrolment)
    {
        try
        {
            var payload = B64u.TryDecode(enrolment.Request.Split('.')[1], out var bytes) ? bytes : [];
            using var request = JsonDocument.Parse(payload);
            return request.RootElement.GetProperty("party").GetString() ?? "?";
        }
        catch (Exception e) when (e is JsonException or IndexOutOfRangeException or KeyNotFoundException or InvalidOperationException)
        {
            return "?";
        }
    }
}

/// <summary>What became of one request at the registrar's desk.</summary>
public sealed record SignedEnrolment(string Party, EnrolmentFailure Outcome);
