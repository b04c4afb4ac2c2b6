using System.CommandLine;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>Commands as they are typed, with what they print.</summary>
static class Typed
{
    public sealed record Run(int Exit, string Output, string Error);

    /// <summary>On a world whose installation is saved.</summary>
    public static Task<Run> RunAsync(World world, params string[] words) => RunAsync(world.Servers, [.. words, "--folder", world.Installation.Folder]);

    public static async Task<Run> RunAsync(ServerAddresses servers, params string[] words)
    {
        // As run.sh hands them over.
        Environment.SetEnvironmentVariable(ServerAddresses.PostgresVariable, servers.Postgres);
        Environment.SetEnvironmentVariable(ServerAddresses.RabbitMqVariable, servers.RabbitMq.ToString());
        Environment.SetEnvironmentVariable(ServerAddresses.RabbitMqManagementVariable, servers.RabbitMqManagement.ToString());
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await CommandLine.Create().Parse(words).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return new Run(exit, output.ToString(), error.ToString());
    }

    /// <summary>What a command that ended well printed as JSON.</summary>
    public static JsonElement Json(Run run)
    {
        run.Exit.ShouldBe(ExitCodes.Done, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
