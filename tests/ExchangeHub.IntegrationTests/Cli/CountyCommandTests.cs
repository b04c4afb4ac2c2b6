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
        var account = await Typed.AccountAsync(world, "operator", "hub", Roles.Operator);
        await using var county = await WireCounty.OpenAsync(world, A);
        var today = WireTime.Format(WireTime.DayOf(world.Clocks.Now));

        (await Typed.RunAsAsync(world, account, ["counties", "close", B, "--as", "Merged", "--on", today, "--into", "510105"])).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Find(B)!.Successors.ShouldBe(["510105"]);
        var wrong = await Typed.RunAsAsync(world, account, ["counties", "close", B, "--as", "Renamed", "--on", today]);
        wrong.Exit.ShouldBe(ExitCodes.Refused);
        wrong.Error.ShouldContain("MemberInvalid /successors");
        (await Typed.RunAsAsync(world, account, ["counties", "reopen", B])).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Find(B)!.Status.ShouldBe(CountyStatuses.Active);

        var file = Path.Combine(world.Installation.Folder, "said.json");
        await File.WriteAllTextAsync(file, """{"dutyPhone":"028-00000000","officeHours":"周一至周五"}""", Stop);
        (await Typed.RunAsync(world, "counties", "describe", B, file)).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Find(B)!.Details!.OfficeHours.ShouldBe("周一至周五");

        var id = Guid.NewGuid();
        await File.WriteAllTextAsync(file, $$"""[{"id":"{{id}}","counties":["{{A}}","{{B}}"],"startsOn":"2026-01-01","feedback":"5-working-days"}]""", Stop);
        (await Typed.RunAsAsync(world, account, ["agreements", "import", file])).Exit.ShouldBe(ExitCodes.Done);
        Typed.Json(await Typed.RunAsAsync(world, account, ["agreements", "list", "--json"]))[0].GetProperty("id").GetGuid().ShouldBe(id);
        (await Typed.RunAsAsync(world, account, ["agreements", "demand", "510000"])).Exit.ShouldBe(ExitCodes.Done);
        (await DirectoryAsync()).Content.DemandedBy.ShouldBe(["510000"]);
        (await Typed.RunAsAsync(world, account, ["agreements", "demand", "510000", "--no"])).Exit.ShouldBe(ExitCodes.Done);
        (await Typed.RunAsAsync(world, account, ["agreements", "demand", "510100"])).Exit.ShouldBe(ExitCodes.NotThere); // no province
        await File.WriteAllTextAsync(file, "{}", Stop);
        (await Typed.RunAsAsync(world, account, ["agreements", "import", file])).Error.ShouldContain("not a list of agreements");

        async Task<SignedDirectory> DirectoryAsync()
        {
            var ring = await world.Steps.RingAsync(world.Installation.HubId, Stop);
            using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
            return SignedDirectory.Read((await county.Hub(http).GetDirectoryAsync(null, Stop))!, world.Installation.HubId, kid => ring.SigningKey(world.Installation.HubId, kid)).ShouldNotBeNull();
        }
    }
}
