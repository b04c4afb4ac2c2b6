using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Jose;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>What <c>exchangehub up</c> must leave alone: it drops, deletes and resumes its own demonstration and nothing else.</summary>
public sealed class UpTests(TestServers servers) : IDisposable
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"exchangehub-up-{Guid.NewGuid():n}");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_folder_with_anybody_s_files_is_refused_and_keeps_them()
    {
        Directory.CreateDirectory(folder);
        var work = Path.Combine(folder, "thesis.txt");
        await File.WriteAllTextAsync(work, "years of it", Stop);
        var up = await Typed.RunAsync(servers.Addresses, "up", "--folder", folder);
        (up.Exit, File.Exists(work)).ShouldBe((ExitCodes.NotDone, true));
        up.Error.ShouldContain(folder);
        Directory.GetFileSystemEntries(folder).ShouldBe([work]);
    }

    [Fact]
    public async Task An_installation_is_not_taken_for_a_demonstration()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "kept", Counties = ["330106"], StartNode = false, RealClock = true }, Stop);
        await world.Installation.SaveAsync(Stop);
        (await Typed.RunAsync(world, "up")).Exit.ShouldBe(ExitCodes.NotDone);
        (await Typed.RunAsync(world, "doctor", "--json")).Exit.ShouldBe(ExitCodes.Done);
        File.Exists(Path.Combine(world.Installation.Folder, "up.lock")).ShouldBeFalse();
    }

    [Fact]
    public async Task Databases_and_virtual_hosts_that_bear_no_mark_or_another_s_are_refused_and_stay()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "marked", Counties = [], StartNode = false, RealClock = true }, Stop);
        await (world.Installation with { Folder = folder, Demonstration = "this one" }).LeaveAsync();

        (await Typed.RunAsync(servers.Addresses, "up", "--folder", folder)).Error.ShouldContain($"database {world.Installation.HubDatabase}");
        await Databases.MarkAsync(servers.Addresses, world.Installation.HubDatabase, "another", Stop);
        (await Typed.RunAsync(servers.Addresses, "up", "--folder", folder)).Error.ShouldContain($"database {world.Installation.HubDatabase}");
        foreach (var database in new[] { world.Installation.HubDatabase, world.Installation.NodeDatabase })
            await Databases.MarkAsync(servers.Addresses, database, "this one", Stop);
        var up = await Typed.RunAsync(servers.Addresses, "up", "--folder", folder);
        (up.Exit, up.Error.Contains($"virtual host {world.Installation.VirtualHost}", StringComparison.Ordinal)).ShouldBe((ExitCodes.NotDone, true), up.Error);

        (await Databases.ExistsAsync(servers.Addresses, world.Installation.HubDatabase, Stop)).ShouldBeTrue();
        (await world.Broker.ExistsAsync(world.Installation.VirtualHost, Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task Broker_users_of_real_counties_keep_their_passwords()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "users", Counties = [], StartNode = false, RealClock = true }, Stop);
        await world.Broker.AddCountyAsync(world.Installation.VirtualHost, "999998", "handed out", BrokerLimits.Shared, Stop);
        (await world.Broker.HasAnotherPasswordAsync("999998", "shared", Stop)).ShouldBeTrue();
        (await world.Broker.HasAnotherPasswordAsync("999998", "handed out", Stop)).ShouldBeFalse();
        (await world.Broker.HasAnotherPasswordAsync("999997", "shared", Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_one_in_the_same_folder_is_told_that_the_first_runs()
    {
        Directory.CreateDirectory(folder);
        using var first = PrivateFile.TryLock(Path.Combine(folder, "up.lock")).ShouldNotBeNull();
        foreach (var words in new string[][] { ["up"], ["up", "--check"] })
        {
            var second = await Typed.RunAsync(servers.Addresses, [.. words, "--folder", folder]);
            second.Exit.ShouldBe(ExitCodes.NotDone);
            second.Error.ShouldContain("Another exchangehub up runs");
        }
    }
}

static class LeftFolder
{
    /// <summary>Leaves the folder of an installation as if a command had made it.</summary>
    public static Task LeaveAsync(this Installation installation)
    {
        Directory.CreateDirectory(installation.Folder);
        return installation.SaveAsync(TestContext.Current.CancellationToken);
    }
}
