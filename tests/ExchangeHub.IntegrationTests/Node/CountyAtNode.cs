using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>One county's account at the node's HTTP interface, as a county's own system has it.</summary>
public sealed class CountyAtNode : IDisposable
{
    readonly HttpClient http;

    CountyAtNode(string code, HttpClient http) => (Code, this.http) = (code, http);

    public string Code { get; }

    public static async Task<CountyAtNode> SignInAsync(World world, string county, string role = Roles.Clerk)
    {
        var token = await world.SignInAtNodeAsync($"{role}-{county}", role, county, TestContext.Current.CancellationToken);
        return new(county, new HttpClient
        {
            BaseAddress = new Uri(world.Installation.NodeUrl, "api/v1/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        });
    }

    public async Task<Answer> GetAsync(string path) => await Answer.OfAsync(await http.GetAsync(new Uri(path, UriKind.Relative)));

    public async Task<Answer> PostAsync(string path, object body) => await Answer.OfAsync(await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body));

    /// <summary>The same, asking for a language.</summary>
    public async Task<Answer> PostAsync(string path, object body, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { AcceptLanguage = { new(language) } } };
        return await Answer.OfAsync(await http.SendAsync(request));
    }

    public async Task<Answer> PostTextAsync(string path, string text, string type)
    {
        using var content = new StringContent(text, Encoding.UTF8) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        return await Answer.OfAsync(await http.PostAsync(new Uri(path, UriKind.Relative), content));
    }

    /// <summary>Asks another county about an invented person.</summary>
    /// <returns>The exchange's id.</returns>
    public async Task<Guid> AskAsync(string county, InventedPerson about)
    {
        var asked = await PostAsync("requests", RequestTo(county, about));
        asked.Status.ShouldBe(HttpStatusCode.Accepted, asked.Text);
        return asked.Body.GetProperty("exchangeId").GetGuid();
    }

    public static object RequestTo(string county, InventedPerson about, Guid? exchangeId = null, string? note = null) => new
    {
        to = county,
        exchangeId,
        certificateType = "ResidencePermit",
        certificateNumber = about.CertificateNumber,
        holderName = about.HolderName,
        holderId = about.HolderId,
        issuedOn = about.IssuedOn,
        purpose = "ResidenceRegistration",
        legalBasis = "NationalRegulation",
        reasonCode = "NoCertificateOnFile",
        note,
    };

    /// <summary>The exchange as this county sees it.</summary>
    public async Task<JsonElement> ExchangeAsync(Guid id)
    {
        var answer = await GetAsync($"exchanges/{id}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Body;
    }

    /// <summary>The exchange in full, after giving a reason.</summary>
    public async Task<JsonElement> RevealAsync(Guid id, string reason)
    {
        var answer = await PostAsync($"exchanges/{id}/reveals", new { reason });
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Body;
    }

    /// <summary>What this county sent that waits for itself.</summary>
    public async Task<List<Guid>> ToDecideAsync() =>
        [.. (await GetAsync("worklist?due=toDecide")).Body.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("exchangeId").GetGuid())];

    public async Task<int> OwedAsync() => (await GetAsync("worklist")).Body.GetProperty("rows").GetArrayLength();

    public void Dispose() => http.Dispose();
}

/// <summary>Status and JSON body of one answer.</summary>
public sealed record Answer(HttpStatusCode Status, JsonElement Body, string Text)
{
    public bool Succeeded => (int)Status is >= 200 and < 300;

    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string? Field => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("field", out var place) ? place.GetString() : null;

    /// <summary>What it says to a person.</summary>
    public string? Title => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("title", out var title) ? title.GetString() : null;

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
            return new(response.StatusCode, isJson ? JsonDocument.Parse(text).RootElement.Clone() : default, text);
        }
    }
}
