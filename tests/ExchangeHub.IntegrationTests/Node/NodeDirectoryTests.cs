using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Members;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>The directory at a node: what an office sees of other counties, with the hub and without it.</summary>
public sealed class NodeDirectoryTests(TestServers servers)
{
    const string A = "330106", B = "510104", Successor = "510105";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_hears_of_a_county_s_end_at_once_asks_it_nothing_more_and_names_its_successor_also_while_the_hub_is_away()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [A, B] }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, A);
        var open = await asker.AskAsync(B, InventedPerson.Of(B, 1));
        await world.QuietAsync(cancel: Cancel);
        await NodeSteps.DescribeAsync(world.Installation.CountiesFolder, B, new("周一至周五", "028-00000000"), world.Clocks, Cancel);
        var today = WireTime.Format(WireTime.DayOf(world.Clocks.Now));
        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", await world.OperatorTokenAsync(Cancel)) } };
        (await http.PutAsJsonAsync($"api/v1/directory/{B}/closure", new CountyClosure(CountyStatuses.Merged, today, [Successor]), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var hosted = world.Node.Services.GetRequiredService<HostedCounties>();
        foreach (var county in hosted.All)
            await county.Member.WhenAsync(_ => county.Member.Directory?.Find(B)?.Successors?.Contains(Successor) == true, Cancel);
        await world.StopHubAsync(Cancel);
        var ended = (await asker.GetAsync($"directory/{B}")).Body;
        ended.GetProperty("endedOn").GetString().ShouldBe(today);
        ended.GetProperty("details").GetProperty("dutyPhone").GetString().ShouldBe("028-00000000");
        var asked = await asker.PostAsync("requests", CountyAtNode.RequestTo(B, InventedPerson.Of(B, 2)));
        (asked.Code, asked.Field).ShouldBe((RefusalCodes.ReceiverNotActive, "/header/to"));
        (await asker.PostAsync($"exchanges/{open}/withdrawal", new { })).Status.ShouldBe(HttpStatusCode.Accepted); // what is in hand is finished
        (await asker.GetAsync("directory")).Body.GetProperty("counties").GetArrayLength().ShouldBe(2);
        (await asker.GetAsync("directory/999999")).Status.ShouldBe(HttpStatusCode.NotFound);

        // Both counties of this process hold one copy.
        hosted.Find(A)!.Member.Directory.ShouldBeSameAs(hosted.Find(B)!.Member.Directory);
        await world.StartHubAsync(Cancel);
        await world.QuietAsync(cancel: Cancel);
    }
}
