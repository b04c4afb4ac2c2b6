using System.Globalization;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Testing;

/// <summary>A pair of <c>deploy/servers.sh</c> in a temporary folder, removed with its data.</summary>
public sealed class PrivatePair : IServerPair
{
    /// <summary>Where the pair keeps its data.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "exchangehub-tests-" + Guid.NewGuid().ToString("N")[..12]);

    public Task<ServerAddresses> StartAsync() => StartAsync(Environment.ProcessId);

    /// <summary>Starts the pair, or what of it does not run.</summary>
    /// <param name="holder">The process whose end removes the pair.</param>
    public async Task<ServerAddresses> StartAsync(int holder)
    {
        var variables = ParseExports(await RunAsync("start", Folder, "--while", holder.ToString(CultureInfo.InvariantCulture)));
        return new(
            variables[ServerAddresses.PostgresVariable],
            new(variables[ServerAddresses.RabbitMqVariable]),
            new(variables[ServerAddresses.RabbitMqManagementVariable]));
    }

    /// <summary>Stops the pair and keeps its data.</summary>
    public Task StopAsync() => RunAsync("stop", Folder);

    /// <summary>Stops PostgreSQL alone; <see cref="StartAsync()"/> starts it again, with its data, at the same address.</summary>
    public Task StopPostgresAsync() => RunAsync("stop", Folder, "postgres");

    /// <summary>Stops RabbitMQ alone; <see cref="StartAsync()"/> starts it again, with its data, at the same address.</summary>
    public Task StopRabbitMqAsync() => RunAsync("stop", Folder, "rabbitmq");

    /// <summary>Runs <c>rabbitmqctl</c> on the pair's broker.</summary>
    public Task ControlRabbitMqAsync(params string[] words) => RunAsync(["rabbitmqctl", Folder, .. words]);

    public async ValueTask DisposeAsync() => await RunAsync("remove", Folder);

    // Existing servers that the test run itself may use are none of this pair's business.
    static Task<string> RunAsync(params string[] words) => Script.RunAsync("deploy/servers.sh", words,
        ServerAddresses.PostgresVariable, ServerAddresses.RabbitMqVariable, ServerAddresses.RabbitMqManagementVariable);

    /// <summary>The values of lines <c>export NAME="VALUE"</c>.</summary>
    static Dictionary<string, string> ParseExports(string lines) => lines
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line["export ".Length..].Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));
}
