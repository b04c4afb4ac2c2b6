using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Calls;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;

namespace ExchangeHub.Cli.Commands;

/// <summary>Signs a command in at the hub with an account of the right role.</summary>
static class HubSignIn
{
    /// <summary>Gives a command the options of signing in.</summary>
    public static void AddTo(Command command)
    {
        command.Add(SignIn.Account);
        command.Add(SignIn.PasswordFromInput);
    }

    /// <returns>A bearer token of the account named, or of <c>operator</c>.</returns>
    /// <exception cref="InvalidOperationException">No password.</exception>
    /// <exception cref="HubApiException">The hub refused it.</exception>
    public static async Task<string> TokenAsync(ParseResult parse, Installation installation, CancellationToken cancel) =>
        await TokenAsync(installation.HubUrl, SignIn.AccountOf(parse) ?? "operator",
            await SignIn.PasswordAsync(parse, cancel) ?? throw new InvalidOperationException($"{SignIn.NoPassword} {SignIn.Cure}"), cancel);

    /// <summary>A client of the hub's interface, signed in.</summary>
    /// <inheritdoc cref="TokenAsync(ParseResult, Installation, CancellationToken)" path="/exception"/>
    public static async Task<HttpClient> HttpAsync(ParseResult parse, Installation installation, CancellationToken cancel)
    {
        var token = await TokenAsync(parse, installation, cancel);
        return new HttpClient { BaseAddress = installation.HubUrl, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    }

    /// <summary>The same for a known password, at the hub or at a node host.</summary>
    public static async Task<string> TokenAsync(Uri address, string account, string password, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var answer = await http.PostAsJsonAsync("api/v1/tokens", new { account, password }, cancel);
        if (!answer.IsSuccessStatusCode)
            throw new HubApiException(answer.StatusCode, (await ApiAnswer.OfAsync(answer, cancel)).Body is { ValueKind: JsonValueKind.Object } problem
                && problem.TryGetProperty("code", out var code) ? code.GetString() : null);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("token").GetString()!;
    }
}
