using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client;

/// <summary>The hub said no over HTTP, or did not answer in its own form.</summary>
/// <param name="code">The refusal code of the problem details, where there is one.</param>
public sealed class HubApiException(HttpStatusCode status, string? code) : Exception($"The hub answered {(int)status} {code}".TrimEnd())
{
    public HttpStatusCode Status { get; } = status;

    public string? Code { get; } = code;
}

/// <summary>The hub's HTTP interface for nodes (<c>/api/v1</c>). Signs its own short-lived bearer token for each call that needs one.</summary>
/// <param name="http">Its base address is the hub's, for example <c>http://hub.example/</c>.</param>
/// <param name="party">The county that calls.</param>
/// <param name="signer">The county's current signing key; asked for at each call, because keys rotate.</param>
public sealed class HubApi(HttpClient http, string hub, string party, Func<SigningKey?> signer, Clocks clocks)
{
    // A dead peer must not hold a node's loop: the next try comes by itself.
    static readonly TimeSpan callMax = TimeSpan.FromSeconds(30);

    /// <summary>The hub's business clock: a demonstration clock may differ from ours.</summary>
    public async Task<DateTimeOffset> GetTimeAsync(CancellationToken ct = default)
    {
        var time = await GetAsync("time", ContractsJson.Default.HubTime, signed: false, ct);
        return WireTime.TryParse(time.Now, out var now) ? now : throw new HubApiException(HttpStatusCode.OK, nameof(RefusalCodes.MemberInvalid));
    }

    /// <summary>When an opening message accepted now would be due, by the policies and the calendar of the province that owes.</summary>
    public Task<DueDatesView> GetDueDatesAsync(string to, string kind, bool urgent, CancellationToken ct = default) =>
        GetAsync($"due-dates?from={party}&to={to}&kind={kind}{(urgent ? "&urgency=urgent" : "")}", ContractsJson.Default.DueDatesView, signed: true, ct);

    /// <summary>The working days to come, by the calendar of this county's province.</summary>
    public Task<WorkingDaysView> GetWorkingDaysAsync(CancellationToken ct = default) =>
        GetAsync($"working-days?county={party}", ContractsJson.Default.WorkingDaysView, signed: true, ct);

    public Task<RegistryView> GetRegistryAsync(CancellationToken ct = default) =>
        GetAsync("registry", ContractsJson.Default.RegistryView, signed: false, ct);

    /// <summary>Holds the hub's newest snapshot against a ring. Where a registrar signed it that the ring does not trust yet, the pinned one's word for that one is asked for first.</summary>
    public async Task<RingChange> AdvanceAsync(KeyRing ring, CancellationToken ct = default)
    {
        var view = await GetRegistryAsync(ct);
        var change = ring.Accept(view);
        return change.Verdict == RingVerdict.Invalid && await GetEntryAsync(Party.Registrar, ct) is { } registrar && B64u.TryDecode(registrar.Leaf, out var leaf)
            ? ring.Trusting(leaf).Accept(view)
            : change;
    }

    /// <summary>The whole way from a pinned registrar: the newest snapshot, and the entries of those who are in it.</summary>
    /// <exception cref="InvalidDataException">It does not verify.</exception>
    public async Task<KeyRing> GetRingAsync(Jwk pinned, IEnumerable<string> parties, CancellationToken ct = default)
    {
        var change = await AdvanceAsync(KeyRing.Pinned(hub, pinned), ct);
        foreach (var of in parties)
            if (change.Ok && await GetEntryAsync(of, ct) is { } entry)
                change = change.Ring.AcceptEntry(of, entry);
        return change.Ok ? change.Ring : throw new InvalidDataException($"The hub's registry does not verify: {change.Verdict}");
    }

    /// <returns>The party's entry, or none where the hub knows no such party.</returns>
    public async Task<EntryView?> GetEntryAsync(string ofParty, CancellationToken ct = default)
    {
        try
        {
            return await GetAsync($"registry/{Uri.EscapeDataString(ofParty)}/keys", ContractsJson.Default.EntryView, signed: false, ct);
        }
        catch (HubApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The directory's token where the hub has a newer one than is known.</summary>
    /// <returns>None where it has not; also of a hub that keeps no directory.</returns>
    public async Task<string?> GetDirectoryAsync((int Epoch, int Version)? known, CancellationToken ct = default)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Get, known is { } k ? string.Create(CultureInfo.InvariantCulture, $"directory?known={k.Epoch}.{k.Version}") : "directory",
                content: null, signed: true, ct);
            return answer.StatusCode == HttpStatusCode.NoContent ? null : (await ReadAsync(answer, ContractsJson.Default.DirectoryView, ct)).Directory;
        }
        catch (HubApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Says of this county what others may need: in place of what it said before.</summary>
    public Task PutDetailsAsync(CountyDetails details, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Put, "directory/details", JsonContent.Create(details, ContractsJson.Default.CountyDetails), signed: true, ct);

    /// <summary>Says which kinds and versions this county takes; before that, version 1 of all.</summary>
    public Task PutTakesAsync(IReadOnlyList<string> types, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Put, "takes", JsonContent.Create(new Takes(types), ContractsJson.Default.Takes), signed: true, ct);

    /// <summary>A page of the own deliveries after an opaque cursor; the feed may repeat, never skip.</summary>
    public Task<FeedPage> GetDeliveriesAsync(string? after, int limit = Limits.FeedItemsMax, CancellationToken ct = default) =>
        GetAsync($"deliveries?limit={limit}{After(after)}", ContractsJson.Default.FeedPage, signed: true, ct);

    /// <summary>The own deliveries of one exchange from a <c>seq</c> on: closes a gap.</summary>
    public Task<FeedPage> GetDeliveriesAsync(Guid exchangeId, int fromSeq, CancellationToken ct = default) =>
        GetAsync($"deliveries?exchange={exchangeId:D}&fromSeq={fromSeq}", ContractsJson.Default.FeedPage, signed: true, ct);

    /// <returns>The stamp of an own submission, or none where the hub has not decided it.</returns>
    public async Task<Stamp?> GetReceiptAsync(Guid messageId, CancellationToken ct = default)
    {
        try
        {
            return await GetAsync($"receipts/{messageId:D}", ContractsJson.Default.Stamp, signed: true, ct);
        }
        catch (HubApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The bytes of an own accepted message, as they travelled.</summary>
    /// <returns>None where the hub no longer keeps them.</returns>
    public async Task<byte[]?> GetSubmissionAsync(Guid messageId, CancellationToken ct = default)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Get, $"submissions/{messageId:D}", content: null, signed: true, ct);
            return await answer.Content.ReadAsByteArrayAsync(ct);
        }
        catch (HubApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A page of the stamps of own submissions after an opaque cursor; the feed may repeat, never skip.</summary>
    public Task<ReceiptsPage> GetReceiptsAsync(string? after, int limit = Limits.FeedItemsMax, CancellationToken ct = default) =>
        GetAsync($"receipts?limit={limit}{After(after)}", ContractsJson.Default.ReceiptsPage, signed: true, ct);

    /// <summary>Posts an enrolment; the registrar's tool fetches it and answers by the registry.</summary>
    public Task PostEnrolmentAsync(Enrolment enrolment, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Post, "enrolments", JsonContent.Create(enrolment, ContractsJson.Default.Enrolment), signed: false, ct);

    /// <summary>Publishes what the registrar signed; the hub judges it by signature and number alone.</summary>
    public Task PutRegistryAsync(RegistryUpdate update, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Put, "registry", JsonContent.Create(update, ContractsJson.Default.RegistryUpdate), signed: false, ct);

    /// <summary>The bearer token of one call: <c>typ</c> <c>eh-http+jwt</c>, at most 300 s.</summary>
    public string Token() => HttpToken.Sign(signer() ?? throw new InvalidOperationException("This county has no signing key yet."), party, hub, clocks.Now);

    static string After(string? cursor) => cursor is null ? "" : $"&after={Uri.EscapeDataString(cursor)}";

    async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, bool signed, CancellationToken ct) where T : class
    {
        using var answer = await SendAsync(HttpMethod.Get, path, content: null, signed, ct);
        return await ReadAsync(answer, type, ct);
    }

    static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken ct) where T : class
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, ct) ?? throw new HubApiException(answer.StatusCode, RefusalCodes.BodyMalformed);
        }
        catch (JsonException)
        {
            throw new HubApiException(answer.StatusCode, RefusalCodes.BodyMalformed);
        }
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, bool signed, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(callMax, clocks.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = content };
        if (signed)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new HttpRequestException("The hub did not answer in time.", e);
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw new HubApiException(answer.StatusCode, await CodeOfAsync(answer, ct));
    }

    static async Task<string?> CodeOfAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            using var problem = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), cancellationToken: ct);
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.String ? code.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
