using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Faults;
using ExchangeHub.Node.Workbench;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>What a node takes up while it runs: new counties, and in a demonstration the hub's clock.</summary>
public sealed class RunningNodeTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104", Newcomer = "420581", Unfinished = "440306";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_county_enrolled_while_the_node_runs_takes_part_without_a_restart_and_a_folder_that_is_none_stops_nobody()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions
        {
            Counties = [Asker],
            ConfigureNode = b => b.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Node:LookForCounties"] = "00:00:00.1" }),
        }, Cancel);
        Directory.CreateDirectory(Path.Combine(world.Installation.CountiesFolder, Unfinished));
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var newcomer = await CountyAtNode.SignInAsync(world, Newcomer);
        var absent = await newcomer.GetAsync("connection");
        (absent.Status, absent.Code).ShouldBe((HttpStatusCode.ServiceUnavailable, "CountyNotHosted"));

        await world.EnrolAsync([Newcomer], Cancel);
        await TwoCounties.Eventually(async () => await newcomer.GetAsync("connection") is { Status: HttpStatusCode.OK } answer
            && answer.Body.GetProperty("consuming").GetBoolean(), "the newcomer is connected");

        var id = await asker.AskAsync(Newcomer, InventedPerson.Of(Newcomer, 1));
        await world.QuietAsync(cancel: Cancel);
        (await newcomer.OwedAsync()).ShouldBe(1);
        (await newcomer.PostAsync($"exchanges/{id}/reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("phase").GetString().ShouldBe("Answered");
    }

    [Fact]
    public async Task The_next_working_day_is_the_hubs_and_stays_known_while_the_hub_is_away()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [Asker], StartAt = WireTime.At(new DateOnly(2026, 2, 13), new TimeOnly(9, 0)) }, Cancel);
        var workingDays = world.Node.Services.GetRequiredService<WorkingDays>();
        (await workingDays.NextAsync(Asker, new DateOnly(2026, 2, 13), Cancel)).ShouldBe(new DateOnly(2026, 2, 14)); // a make-up Saturday
        await world.StopHubAsync(Cancel);
        (await workingDays.NextAsync(Asker, new DateOnly(2026, 2, 14), Cancel)).ShouldBe(new DateOnly(2026, 2, 24)); // after the Spring Festival
        await world.StopNodeAsync(Cancel);
        await world.StartNodeAsync(Cancel);
        (await world.Node.Services.GetRequiredService<WorkingDays>().NextAsync(Asker, new DateOnly(2026, 2, 14), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_follows_the_hubs_clock_lives_on_the_hubs_day_also_while_the_hub_is_away()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [Asker, Receiver], StartNode = false }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        await using (var node = await StartAsync())
        {
            var asked = await asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, 1)));
            asked.Body.GetProperty("caseNumber").GetString().ShouldBe($"{Asker}-20260202-0001", asked.Text);
            await world.QuietAsync(cancel: Cancel);
        }

        // Due on 11 February 2026: long ago for a node that fell back to the system's day.
        await world.StopHubAsync(Cancel);
        await using var again = await StartAsync();
        (await receiver.GetAsync("worklist/counts")).Body.GetProperty("later").GetInt32().ShouldBe(1);

        // The hub comes back on another day: the running node follows.
        await world.StartHubAsync(Cancel);
        await world.AdvanceToAsync(WireTime.At(new DateOnly(2026, 2, 12), new TimeOnly(9, 0)), Cancel);
        using var onThatDay = await CountyAtNode.SignInAsync(world, Receiver);
        await TwoCounties.Eventually(async () => await onThatDay.GetAsync("worklist/counts") is { Status: HttpStatusCode.OK } counts
            && counts.Body.GetProperty("overdue").GetInt32() == 1, "the node is on the hub's day");

        Task<NodeProcess> StartAsync() => NodeProcess.StartAsync(world, more: ("Node:FollowHubClock", "true"));
    }
}
