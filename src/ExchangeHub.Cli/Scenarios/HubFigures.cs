using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Rates;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>Figures as anybody gets them: over the hub's HTTP interface.</summary>
/// <param name="token">A bearer token of an account that sees every county asked for.</param>
public sealed class HubFigures(Uri hub, string token)
{
    /// <exception cref="HttpRequestException">The hub refused the question.</exception>
    public async Task<GivenFigure> AskAsync(Expectation expected, CancellationToken cancel = default)
    {
        var table = await GetAsync<JsonElement>(expected.Month, expected.AsOf?.At, expected.Scope, expected.Reason, expected.County, cancel);
        return table.GetProperty("total").GetProperty("figures").GetProperty(expected.Indicator).Deserialize<GivenFigure>(JsonSerializerOptions.Web)!;
    }

    /// <summary>The whole table by county.</summary>
    public Task<RateTable> TableAsync(string month, DateTimeOffset? asOf = null, CancellationToken cancel = default) =>
        GetAsync<RateTable>(month, asOf, null, null, null, cancel);

    async Task<T> GetAsync<T>(string? month, DateTimeOffset? asOf, string? scope, string? reason, string? county, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = hub };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var query = string.Join('&', new (string Name, string? Value)[]
        {
            ("month", month), ("asOf", asOf is { } at ? WireTime.Format(at) : null), ("scope", scope), ("reason", reason), ("county", county),
        }.Where(q => q.Value is not null).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}"));
        using var answer = await http.GetAsync("api/v1/rates?" + query, cancel);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"The hub refused rates?{query}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}", null, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancel))!;
    }
}
