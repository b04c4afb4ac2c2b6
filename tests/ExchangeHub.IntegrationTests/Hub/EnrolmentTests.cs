using System.Net;
using System.Net.Http.Json;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>The door at which counties ask to be enrolled is open to everybody: what strangers leave there keeps nobody out.</summary>
public sealed class EnrolmentTests(TestServers servers) : IAsyncLifetime
{
    const string A = "330106", New = "420581";

    World world = null!;
    HttpClient http = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "enrol", Counties = [A], StartNode = false }, Stop);
        http = new HttpClient { BaseAddress = new Uri(world.Installation.HubUrl, "api/v1/") };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_county_renews_its_keys_however_many_requests_strangers_post_in_its_name()
    {
        await FillAsync(A);
        await NodeSteps.RenewAsync(world.Installation.CountiesFolder, A, world.Clocks, Stop);
        (await SignAsync()).Count(s => s.Outcome == EnrolmentFailure.None).ShouldBe(1);
        (await world.Steps.RingAsync(A, Stop)).KeysOf(A).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_new_county_gets_in_once_the_registrar_has_refused_what_strangers_posted_in_its_name()
    {
        await FillAsync(New);
        var invitation = await world.Steps.InviteAsync(New, Stop);
        (await Should.ThrowAsync<HubApiException>(() => NodeSteps.RequestAsync(world.Installation.CountiesFolder, invitation, "none", world.Clocks, Stop))).Code.ShouldBe(RefusalCodes.LimitReached);
        (await SignAsync()).ShouldAllBe(s => s.Outcome == EnrolmentFailure.NotAuthorised);
        await NodeSteps.RequestAsync(world.Installation.CountiesFolder, invitation, "none", world.Clocks, Stop);
        (await SignAsync()).ShouldHaveSingleItem().Outcome.ShouldBe(EnrolmentFailure.None);
        (await world.Steps.ListAsync(await world.OperatorTokenAsync(Stop), Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_county_that_asks_again_waits_once()
    {
        var invitation = await world.Steps.InviteAsync(New, Stop);
        for (var again = 0; again < 7; again++) // the answer may have been lost each time
            await NodeSteps.RequestAsync(world.Installation.CountiesFolder, invitation, "none", world.Clocks, Stop);
        await NodeSteps.RenewAsync(world.Installation.CountiesFolder, A, world.Clocks, Stop);
        await NodeSteps.RenewAsync(world.Installation.CountiesFolder, A, world.Clocks, Stop);
        (await SignAsync()).Select(s => (s.Party, s.Outcome)).Order().ShouldBe([(A, EnrolmentFailure.None), (New, EnrolmentFailure.None)]);
        await NodeSteps.RequestAsync(world.Installation.CountiesFolder, invitation, "none", world.Clocks, Stop); // and once more after all was signed
        (await SignAsync()).ShouldHaveSingleItem().Outcome.ShouldBe(EnrolmentFailure.None);
        (await world.Steps.ListAsync(await world.OperatorTokenAsync(Stop), Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Endorsed_by_a_key_that_is_not_the_county_s_a_request_is_refused_at_once()
    {
        using var stranger = SigningKey.Create();
        var request = Request(A, stranger);
        using var answer = await http.PostAsJsonAsync("enrolments", new Enrolment(request, Mac: null, Endorsement.Sign(stranger, request)), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("/endorsement");
    }

    async Task<IReadOnlyList<SignedEnrolment>> SignAsync() => await world.Steps.SignAsync(await world.OperatorTokenAsync(Stop), Stop);

    async Task FillAsync(string county)
    {
        HttpStatusCode status;
        do
        {
            using var stranger = SigningKey.Create();
            var request = Request(county, stranger);
            using var answer = await http.PostAsJsonAsync("enrolments", new Enrolment(request, EnrolmentCode.Mac("GUESSED", request)), Stop);
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.Accepted);
        status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    string Request(string county, SigningKey key)
    {
        using var encryption = EncryptionKey.Create();
        return CompactJws.Sign(key, JoseTypes.Enrol, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new EnrolmentRequest(world.Installation.HubId, county, Suites.P256, key.Public, encryption.Public, WireTime.Format(world.Clocks.Now)), ContractsJson.Default.EnrolmentRequest));
    }
}
