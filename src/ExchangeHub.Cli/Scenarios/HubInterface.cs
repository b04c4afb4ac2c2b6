using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Reports;
using ExchangeHub.Hub.Rulings;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>What people get of the hub and do there: over its HTTP interface.</summary>
/// <param name="token">A bearer token of an account that sees every county asked for.</param>
public sealed class HubInterface(Uri hub, string token)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <exception cref="HttpRequestException">The hub refused the question.</exception>
    public async Task<GivenFigure> AskAsync(Expectation expected, CancellationToken cancel = default)
    {
        var table = await GetAsync<JsonElement>(expected.Month, expected.AsOf?.At, expected.Scope, expected.Reason, expected.County, cancel);
        return table.GetProperty("total").GetProperty("figures").GetProperty(expected.Indicator).Deserialize<GivenFigure>(JsonSerializerOptions.Web)!;
    }

    /// <summary>The whole table by county.</summary>
    public Task<RateTable> TableAsync(string month, DateTimeOffset? asOf = null, CancellationToken cancel = default) =>
        GetAsync<RateTable>(month, asOf, null, null, null, cancel);

    /// <summary>One exchange with its timeline.</summary>
    public Task<ExchangeView> ExchangeAsync(Guid id, CancellationToken cancel = default) => GetAsync<ExchangeView>($"exchanges/{id}", cancel);

    /// <summary>What a county reported of a day; <c>null</c>: nothing.</summary>
    public async Task<StatisticsReport?> ReportAsync(string county, DateOnly on, CancellationToken cancel = default) =>
        (await GetAsync<List<ReportRow>>($"reports/{county}?month={on:yyyy-MM}", cancel)).Find(r => r.Report.On == on)?.Report;

    /// <summary>A reviewer's ruling on a maintained reply.</summary>
    /// <returns>The code of the refusal; <c>null</c>: it was taken.</returns>
    public async Task<string?> RuleAsync(Guid id, string outcome, CancellationToken cancel = default)
    {
        using var http = Client();
        using var answer = await http.PostAsJsonAsync($"api/v1/exchanges/{id}/ruling", new RulingRequest(outcome), cancel);
        return answer.IsSuccessStatusCode ? null
            : (await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("code").GetString();
    }

    Task<T> GetAsync<T>(string? month, DateTimeOffset? asOf, string? scope, string? reason, string? county, CancellationToken cancel) =>
        GetAsync<T>("rates?" + string.Join('&', new (string Name, string? Value)[]
        {
            ("month", month), ("asOf", asOf is { } at ? WireTime.Format(at) : null), ("scope", scope), ("reason", reason), ("county", county),
        }.Where(q => q.Value is not null).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}")), cancel);

    async Task<T> GetAsync<T>(string resource, CancellationToken cancel)
    {
        using var http = Client();
        using var answer = await http.GetAsync("api/v1/" + resource, cancel);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"The hub refused {resource}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}", null, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<T>(Json, cancel))!;
    }

    HttpClient Client()
    {
        var http = new HttpClient { BaseAddress = hub };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
