using System.Diagnostics;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>A node in a process of its own on a world's database and keys, that can be killed at a crash point.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    static readonly TimeSpan startWithin = TimeSpan.FromSeconds(90);

    readonly Process process;

    NodeProcess(Process process) => this.process = process;

    /// <summary>Starts and returns once it listens, or has reached its crash point.</summary>
    /// <param name="crashAt">A <see cref="CrashPoint"/>'s name; <c>null</c> to live on.</param>
    /// <param name="more">Settings beside the installation's.</param>
    public static async Task<NodeProcess> StartAsync(World world, string? crashAt = null, params (string Key, string Value)[] more)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ExchangeHub.Node.dll"));
        foreach (var (key, value) in world.Installation.NodeSettings(world.Servers))
            start.ArgumentList.Add($"--{key}={value}");
        foreach (var (key, value) in more)
            start.ArgumentList.Add($"--{key}={value}");
        start.Environment[CrashPoint.Variable] = crashAt;
        var node = new NodeProcess(Process.Start(start)!);
        using var limit = new CancellationTokenSource(startWithin);
        while (await node.process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                _ = node.process.StandardOutput.ReadToEndAsync(CancellationToken.None); // a full pipe would stop it
                return node;
            }
        if (crashAt is not null)
            return node; // its counties begin before it listens, and so may its end
        await node.DisposeAsync();
        throw new InvalidOperationException("The node ended before it listened.");
    }

    /// <summary>Completes when a signal ended the process at its crash point.</summary>
    public async Task WhenKilledAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(startWithin);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(128 + 9); // as the system tells of SIGKILL
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }
}
