using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using ExchangeHub.Contracts;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Whatever a node's program sends over HTTP is refused with code and field, or taken.</summary>
public sealed class BadHttpTests(SharedHub shared) : IClassFixture<SharedHub>
{
    readonly HubWorld hub = shared.World;

    [Theory]
    [InlineData("GET", "deliveries?limit=0", null, RefusalCodes.MemberInvalid, "limit")]
    [InlineData("GET", "deliveries?limit=201", null, RefusalCodes.MemberInvalid, "limit")]
    [InlineData("GET", "deliveries?limit=many", null, RefusalCodes.MemberInvalid, "limit")]
    [InlineData("GET", "deliveries?after=nowhere", null, RefusalCodes.MemberInvalid, "after")]
    [InlineData("GET", "deliveries?exchange=none&fromSeq=1", null, RefusalCodes.MemberInvalid, "exchange")]
    [InlineData("GET", "deliveries?exchange=0198c7f2-0000-7000-8000-000000000000", null, RefusalCodes.MemberInvalid, "fromSeq")]
    [InlineData("GET", "receipts?after=%00", null, RefusalCodes.MemberInvalid, "after")]
    [InlineData("PUT", "takes", "{\"takes\":", RefusalCodes.BodyMalformed, "")]
    [InlineData("PUT", "takes", "{}", RefusalCodes.BodyMalformed, "")]
    [InlineData("PUT", "takes", "{\"takes\":[\"王小明\"]}", RefusalCodes.MemberInvalid, "/takes")]
    [InlineData("PUT", "takes", "{\"takes\":[\"return.v1\\u0000\"]}", RefusalCodes.MemberInvalid, "/takes")]
    [InlineData("PUT", "takes", "{\"takes\":[null]}", RefusalCodes.MemberInvalid, "/takes")]
    [InlineData("POST", "enrolments", "", RefusalCodes.BodyMalformed, "")]
    [InlineData("POST", "enrolments", "{\"request\":\"a.b.c\",\"mac\":\"x\"}", RefusalCodes.MemberInvalid, "/mac")]
    [InlineData("POST", "enrolments", "{\"request\":\"a.b.c\",\"endorsement\":\"王小明\"}", RefusalCodes.MemberInvalid, "/endorsement")]
    [InlineData("POST", "enrolments", "{\"request\":\"a.b.c\",\"endorsement\":\"YWFh.YWFh.YWFh\"}", RefusalCodes.MemberInvalid, "/request")]
    [InlineData("PUT", "registry", "[]", RefusalCodes.BodyMalformed, "")]
    [InlineData("PUT", "registry", "{\"entries\":[{}],\"snapshot\":\"\\u0000\"}", RefusalCodes.BodyMalformed, "")]
    public async Task Bad_input_is_named_by_code_and_field(string method, string path, string? body, string code, string field)
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.World.Installation.HubUrl, "api/v1/") };
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", hub.Asker.Token()) } };
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, HubWorld.Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync(HubWorld.Stop));
        var problem = (await answer.Content.ReadFromJsonAsync<Problem>(HubWorld.Stop))!;
        (problem.Code, problem.Field).ShouldBe((code, field));
        problem.Title.ShouldNotBe(code); // in words
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_as_too_large()
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.World.Installation.HubUrl, "api/v1/") };
        using var answer = await http.PostAsJsonAsync("enrolments", new { request = new string('a', 20_000) }, HubWorld.Stop);
        (await answer.Content.ReadFromJsonAsync<Problem>(HubWorld.Stop))!.Code.ShouldBe(RefusalCodes.TooLarge);
    }

    [Theory]
    [InlineData("GET", "rates", "expired", HttpStatusCode.Unauthorized, "SignInNeeded")]
    [InlineData("GET", "deliveries", "a.b.c", HttpStatusCode.Unauthorized, "SignInNeeded")]
    [InlineData("PUT", "registry/keys/of/nobody", null, HttpStatusCode.NotFound, "AddressUnknown")]
    [InlineData("DELETE", "time", null, HttpStatusCode.MethodNotAllowed, "MethodUnknown")]
    [InlineData("POST", "tokens", null, HttpStatusCode.UnsupportedMediaType, "ContentTypeUnknown")]
    public async Task What_no_endpoint_takes_is_said_in_words_too(string method, string path, string? token, HttpStatusCode status, string code)
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.World.Installation.HubUrl, "api/v1/") };
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new StringContent("account=a") : null };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, HubWorld.Stop);
        answer.StatusCode.ShouldBe(status);
        var problem = (await answer.Content.ReadFromJsonAsync<Problem>(HubWorld.Stop))!;
        problem.Code.ShouldBe(code);
        problem.Title.ShouldNotBe(code);
    }

    [Theory, InlineData("PUT", "registry", 25), InlineData("POST", "tokens", 32)]
    public async Task A_body_over_the_limit_is_refused_before_it_is_sent(string method, string path, int megabytes)
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.World.Installation.HubUrl, "api/v1/") };
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new ByteArrayContent(new byte[megabytes * 1024 * 1024]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers = { ExpectContinue = true },
        };
        using var answer = await http.SendAsync(request, HubWorld.Stop);
        (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<Problem>(HubWorld.Stop))!.Code).ShouldBe((HttpStatusCode.RequestEntityTooLarge, RefusalCodes.TooLarge));
    }

    sealed record Problem(string Code, string Field, string Title);
}
