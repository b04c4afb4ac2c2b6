using System.Diagnostics;
using System.Globalization;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Testing;

/// <summary>A pair of <c>deploy/servers.sh</c> in a temporary folder, removed with its data.</summary>
sealed class PrivatePair : IServerPair
{
    // Erlang and initdb on two busy cores.
    static readonly TimeSpan StartMax = TimeSpan.FromMinutes(5);

    readonly string folder = Path.Combine(Path.GetTempPath(), "exchangehub-tests-" + Guid.NewGuid().ToString("N")[..12]);

    public async Task<ServerAddresses> StartAsync()
    {
        var pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var variables = ParseExports(await RunAsync("start", folder, "--while", pid));
        return new(
            variables[ServerAddresses.PostgresVariable],
            new(variables[ServerAddresses.RabbitMqVariable]),
            new(variables[ServerAddresses.RabbitMqManagementVariable]));
    }

    public async ValueTask DisposeAsync() => await RunAsync("remove", folder);

    /// <summary>The values of lines <c>export NAME="VALUE"</c>.</summary>
    static Dictionary<string, string> ParseExports(string lines) => lines
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line["export ".Length..].Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));

    static async Task<string> RunAsync(params string[] words)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [Repository.PathOf("deploy/servers.sh"), .. words])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        script.StandardInput.Close();
        using var limit = new CancellationTokenSource(StartMax);
        var printed = await script.StandardOutput.ReadToEndAsync(limit.Token);
        await script.WaitForExitAsync(limit.Token);
        return script.ExitCode == 0
            ? printed
            : throw new InvalidOperationException($"deploy/servers.sh {words[0]} ended with {script.ExitCode}; it said why on the standard error stream.");
    }
}
