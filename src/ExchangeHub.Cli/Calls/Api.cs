using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using Spectre.Console;
using Text = ExchangeHub.Web.Texts.Text;

namespace ExchangeHub.Cli.Calls;

/// <summary>What an interface answered.</summary>
/// <param name="Body">Its JSON; undefined where it gave none.</param>
public sealed record ApiAnswer(HttpStatusCode Status, JsonElement Body)
{
    public bool Succeeded => (int)Status is >= 200 and < 300;

    /// <exception cref="HttpRequestException">The answer broke off.</exception>
    public static async Task<ApiAnswer> OfAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancel), cancellationToken: cancel);
            return new(response.StatusCode, body.RootElement.Clone());
        }
        catch (JsonException)
        {
            return new(response.StatusCode, default);
        }
    }
}

/// <summary>One interface's <c>/api/v1</c>, in the language of the command, for one account.</summary>
sealed class Api : IDisposable
{
    readonly HttpClient http;

    public Api(Uri address)
    {
        http = new HttpClient { BaseAddress = new Uri(address, "api/v1/") };
        http.DefaultRequestHeaders.AcceptLanguage.Add(new(CultureInfo.CurrentUICulture.Name));
    }

    /// <returns><c>null</c>: signed in; else why not.</returns>
    public async Task<ApiAnswer?> SignInAsync(string account, string password, CancellationToken cancel)
    {
        var answer = await AskAsync(HttpMethod.Post, "tokens", new { account, password }, cancel);
        if (!answer.Succeeded)
            return answer;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.Body.GetProperty("token").GetString());
        return null;
    }

    /// <param name="path">Below <c>/api/v1/</c>, with its query.</param>
    /// <exception cref="HttpRequestException">Nobody answered, or not in time.</exception>
    public async Task<ApiAnswer> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return await ApiAnswer.OfAsync(response, cancel);
        }
        catch (TaskCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException(Text.Of("Cli.NoAnswerInTime", http.BaseAddress), e);
        }
    }

    /// <summary>Asks and prints: the tables or the interface's own JSON, or why it was refused.</summary>
    /// <returns>The command's exit code.</returns>
    public async Task<int> ShowAsync(Terminal terminal, HttpMethod method, string path, object? body, CancellationToken cancel, params Func<JsonElement, Table>[] tables)
    {
        var answer = await AskAsync(method, path, body, cancel);
        if (!answer.Succeeded)
            return terminal.Refused(answer);
        if (answer.Body.ValueKind is JsonValueKind.Undefined)
            terminal.Say(Text.Of("Cli.Done"));
        else
            terminal.Show(answer.Body, tables);
        return ExitCodes.Done;
    }

    public void Dispose() => http.Dispose();
}
