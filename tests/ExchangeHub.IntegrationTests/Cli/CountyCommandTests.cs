using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Hub;
using Roles = ExchangeHub.Web.Accounts.Roles;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>The directory by command line: a county's end, its own words, agreements of a file.</summary>
public sealed class CountyCommandTests(TestServers servers)
{
    const string A = "330106", B = "510104";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counties_are_closed_and_reopened_described_and_bound_by_agreements_from_a_file()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "counties", Counties = [A, B], StartNode = false }, Stop);
        await world.Installation.SaveAsync(Stop);
        var made = Typed.Json(await Typed.RunAsync(world, "accounts", "create", "operator", "--at", "hub", "--role", Roles.Operator, "--json"));
        string[] signIn = ["--password", made.GetProperty("password").GetString()!];
        await using var county = await WireCounty.OpenAsync(world, A);
        var today = WireTime.Format(WireTime.DayOf(world.Clocks.Now));

        (await Typed.RunAsync(world, ["counties", "close", B, "--as", "Merged", "--on", today, "--into", "510105", .. signIn])).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Find(B)!.Successors.ShouldBe(["510105"]);
        var wrong = await Typed.RunAsync(world, ["counties", "close", B, "--as", "Renamed", "--on", today, .. signIn]);
        wrong.Exit.ShouldBe(ExitCodes.NotDone);
        wrong.Error.ShouldContain("MemberInvalid /successors");
        (await Typed.RunAsync(world, ["counties", "reopen", B, .. signIn])).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Find(B)!.Status.ShouldBe(CountyStatuses.Active);

        var file = Path.Combine(world.Installation.Folder, "said.json");
        await File.WriteAllTextAsync(file, """{"dutyPhone":"028-00000000","officeHours":"周一至周五"}""", Stop);
        (await Typed.RunAsync(world, "counties", "describe", B, file)).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Find(B)!.Details!.OfficeHours.ShouldBe("周一至周五");

        var id = Guid.NewGuid();
        await File.WriteAllTextAsync(file, $$"""[{"id":"{{id}}","counties":["{{A}}","{{B}}"],"startsOn":"2026-01-01","feedback":"5-working-days"}]""", Stop);
        (await Typed.RunAsync(world, ["agreements", "import", file, .. signIn])).Exit.ShouldBe(ExitCodes.Done);
        Typed.Json(await Typed.RunAsync(world, ["agreements", "list", "--json", .. signIn]))[0].GetProperty("id").GetGuid().ShouldBe(id);
        (await Typed.RunAsync(world, ["agreements", "demand", "510000", .. signIn])).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Content.DemandedBy.ShouldBe(["510000"]);
        (await Typed.RunAsync(world, ["agreements", "demand", "510000", "--no", .. signIn])).Exit.ShouldBe(ExitCodes.Done);
        (await Typed.RunAsync(world, ["agreements", "demand", "510100", .. signIn])).Exit.ShouldBe(ExitCodes.NotDone); // no province
        await File.WriteAllTextAsync(file, "{}", Stop);
        (await Typed.RunAsync(world, ["agreements", "import", file, .. signIn])).Error.ShouldContain("not a list of agreements");

        async Task<SignedDirectory> DirectoryAsync()
        {
            var ring = await world.Steps.RingAsync(world.Installation.HubId, Stop);
            using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
            return SignedDirectory.Read((await county.Hub(http).GetDirectoryAsync(null, Stop))!, world.Installation.HubId, kid => ring.SigningKey(world.Installation.HubId, kid)).ShouldNotBeNull();
        }
    }
}
