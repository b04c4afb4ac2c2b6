using System.Diagnostics;
using System.Globalization;
using ExchangeHub.Cli.Worlds;
using Npgsql;
using RabbitMQ.Client;

namespace ExchangeHub.IntegrationTests.House;

/// <summary>The scripts' own servers, beside whatever servers the other tests use.</summary>
public sealed class ServersScriptTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pair_started_twice_is_one_pair_and_keeps_data_and_ports_over_a_stop_that_leaves_no_process()
    {
        await using var pair = new PrivatePair();
        var first = await pair.StartAsync();
        await ExecuteAsync(first, "create table kept(x int)");
        (await pair.StartAsync()).ShouldBe(first);
        await using (var connection = await new ConnectionFactory { Uri = first.RabbitMq }.CreateConnectionAsync(Cancel))
            connection.IsOpen.ShouldBeTrue();

        var processes = ProcessesOf(pair);
        processes.ShouldNotBeEmpty();
        await pair.StopAsync();
        processes.Where(Lives).ShouldBeEmpty();

        var again = await pair.StartAsync();
        again.ShouldBe(first);
        await ExecuteAsync(again, "drop table kept");
    }

    [Fact]
    public async Task A_pair_is_removed_when_the_process_that_wanted_it_is_killed()
    {
        var pair = new PrivatePair();
        using var holder = Process.Start("sleep", "600");
        await pair.StartAsync(holder.Id);
        var processes = ProcessesOf(pair);
        processes.ShouldNotBeEmpty();

        holder.Kill();

        using var gone = Process.Start("timeout", ["60", "bash", "-c", "while [ -e \"$1\" ]; do sleep 0.1; done", "wait", pair.Folder]);
        await gone.WaitForExitAsync(Cancel);
        gone.ExitCode.ShouldBe(0, "the pair is still there a minute after its holder was killed");
        processes.Where(Lives).ShouldBeEmpty();
    }

    static async Task ExecuteAsync(ServerAddresses servers, string sql)
    {
        await using var database = NpgsqlDataSource.Create(servers.Postgres);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>Ids of the processes that the pair remembers or that name its folder.</summary>
    static HashSet<int> ProcessesOf(PrivatePair pair) =>
    [
        .. Directory.GetFiles(pair.Folder, "*.pid").Select(f => int.Parse(File.ReadAllText(f).Split(' ')[0], CultureInfo.InvariantCulture)),
        .. from process in Process.GetProcesses()
           where TextOf(process.Id, "cmdline").Contains(pair.Folder, StringComparison.Ordinal)
           select process.Id,
    ];

    /// <summary>Whether the process is there and has not ended; one that nobody collected yet has.</summary>
    static bool Lives(int id) => TextOf(id, "stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';

    static string TextOf(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
