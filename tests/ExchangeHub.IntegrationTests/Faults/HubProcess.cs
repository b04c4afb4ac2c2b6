using System.Diagnostics;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>A hub in a process of its own on a world's database, virtual host and key, that can be killed.</summary>
public sealed class HubProcess : IAsyncDisposable
{
    // A start takes two seconds; two busy cores that many processes share may take long.
    static readonly TimeSpan startWithin = TimeSpan.FromSeconds(120);
    /// <summary>As the system tells a process that SIGKILL ended.</summary>
    const int Killed = 128 + 9;

    readonly Process process;

    HubProcess(Process process) => this.process = process;

    /// <summary>Starts and returns once it listens.</summary>
    /// <param name="address">Where; by default where the counties look for it.</param>
    public static async Task<HubProcess> StartAsync(World world, Uri? address = null)
    {
        var hub = new HubProcess(Begin(world, address ?? world.Installation.HubUrl, crashAt: null));
        using var limit = new CancellationTokenSource(startWithin);
        while (await hub.process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                _ = hub.process.StandardOutput.ReadToEndAsync(CancellationToken.None); // a full pipe would stop it
                return hub;
            }
        await hub.DisposeAsync();
        throw new InvalidOperationException("The hub ended before it listened.");
    }

    /// <summary>Starts a hub that ends at a crash point, and returns once it did.</summary>
    /// <param name="crashAt">A <see cref="CrashPoint"/>'s name.</param>
    public static async Task RunUntilKilledAsync(World world, string crashAt)
    {
        await using var hub = new HubProcess(Begin(world, new Uri("http://127.0.0.1:0/"), crashAt)); // two that die may be there at once
        using var limit = new CancellationTokenSource(startWithin);
        var said = await hub.process.StandardOutput.ReadToEndAsync(limit.Token);
        await hub.process.WaitForExitAsync(limit.Token);
        hub.process.ExitCode.ShouldBe(Killed, said);
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    static Process Begin(World world, Uri address, string? crashAt)
    {
        var installation = world.Installation with { HubUrl = address };
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ExchangeHub.Hub.dll"));
        foreach (var (key, value) in installation.HubSettings(world.Servers))
            start.ArgumentList.Add($"--{key}={value}");
        start.Environment[CrashPoint.Variable] = crashAt;
        start.Environment["DOTNET_TieredPGO"] = "0"; // measuring what is hot pays for no process that lives some seconds
        return Process.Start(start)!;
    }
}
