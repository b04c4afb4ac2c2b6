using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Demo;

/// <summary>Clerks at the node host's HTTP interface, each with the token of an own account.</summary>
sealed class NodePeople(Uri node, IReadOnlyList<DemoAccount> accounts) : IDisposable
{
    readonly HttpClient http = new() { BaseAddress = node };
    readonly ConcurrentDictionary<string, string> tokens = new(StringComparer.Ordinal);

    /// <summary>A county asks another about one of its invented certificates.</summary>
    public async Task<Guid> AskAsync(string from, string to, InventedPerson about, string? reason, CancellationToken cancel)
    {
        var question = about.Ask();
        var stored = await SendAsync(from, HttpMethod.Post, "requests", new
        {
            to,
            question.CertificateType,
            question.CertificateNumber,
            question.HolderName,
            question.HolderId,
            question.IssuedOn,
            question.ValidUntil,
            question.Purpose,
            question.LegalBasis,
            reasonCode = reason,
        }, cancel);
        return stored!.Value.GetProperty("exchangeId").GetGuid();
    }

    /// <summary>The clerk answers that all agrees.</summary>
    public Task ReplyAsync(string county, Guid exchange, CancellationToken cancel) =>
        SendAsync(county, HttpMethod.Post, $"exchanges/{exchange}/reply",
            new { outcome = Outcomes.Match, fields = AskedFields.All.ToDictionary(f => f, _ => FieldMatch.Same) }, cancel);

    /// <summary>The phase as the county sees it; <c>null</c> where it knows no such exchange yet.</summary>
    public async Task<string?> PhaseAsync(string county, Guid exchange, CancellationToken cancel) =>
        (await SendAsync(county, HttpMethod.Get, $"exchanges/{exchange}", null, cancel))?.GetProperty("exchange").GetProperty("phase").GetString();

    /// <summary>Whether the asker's answer was given by the other side's register, by no person.</summary>
    public async Task<bool> AnsweredByRegisterAsync(string asker, Guid exchange, CancellationToken cancel) =>
        (await SendAsync(asker, HttpMethod.Get, $"exchanges/{exchange}", null, cancel))!.Value.GetProperty("exchange").GetProperty("automatic").GetBoolean();

    /// <summary>Ids of what a county owes, most pressing first.</summary>
    public async Task<IReadOnlyList<Guid>> OwedAsync(string county, CancellationToken cancel) =>
        [.. (await SendAsync(county, HttpMethod.Get, "worklist?limit=200", null, cancel))!.Value.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("exchangeId").GetGuid())];

    public void Dispose() => http.Dispose();

    /// <returns>The answer's JSON; <c>null</c> for 404.</returns>
    async Task<JsonElement?> SendAsync(string county, HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        for (var again = false; ; again = true)
        {
            using var request = new HttpRequestMessage(method, "api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(county, cancel));
            using var answer = await http.SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return null;
            if (answer.StatusCode == HttpStatusCode.Unauthorized && !again)
            {
                tokens.TryRemove(county, out _); // twelve hours are over
                continue;
            }
            if (!answer.IsSuccessStatusCode)
                throw new HttpRequestException($"{method} {path} for {county}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}", null, answer.StatusCode);
            return await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        }
    }

    async Task<string> TokenAsync(string county, CancellationToken cancel)
    {
        if (tokens.TryGetValue(county, out var token))
            return token;
        var account = accounts.First(a => a.At == "node" && a.Scope == county);
        return tokens[county] = await HubSignIn.TokenAsync(node, account.Account, account.Password, cancel);
    }
}
