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

    /// <summary>Signed in as an account, whose password stands in the environment.</summary>
    /// <param name="input">Standard input.</param>
    public static Task<Run> RunAsAsync(World world, (string Name, string Password) account, string[] words, string input = "", string lang = "en_US.UTF-8") =>
        RunAsync(world.Servers, [.. words, "--folder", world.Installation.Folder],
            new() { ["EXCHANGEHUB_ACCOUNT"] = account.Name, ["EXCHANGEHUB_PASSWORD"] = account.Password, ["LANG"] = lang }, input);

    /// <summary>Makes an account with the command that makes accounts.</summary>
    public static async Task<(string Name, string Password)> AccountAsync(World world, string name, string at, string role, params string[] scope) =>
        (name, Json(await RunAsync(world, ["accounts", "create", name, "--at", at, "--role", role, "--json", .. scope])).GetProperty("password").GetString()!);

    public static Task<Run> RunAsync(ServerAddresses servers, params string[] words) => RunAsync(servers, words, [], "");

    static async Task<Run> RunAsync(ServerAddresses servers, string[] words, Dictionary<string, string> variables, string input)
    {
        // As run.sh hands them over.
        Environment.SetEnvironmentVariable(ServerAddresses.PostgresVariable, servers.Postgres);
        Environment.SetEnvironmentVariable(ServerAddresses.RabbitMqVariable, servers.RabbitMq.ToString());
        Environment.SetEnvironmentVariable(ServerAddresses.RabbitMqManagementVariable, servers.RabbitMqManagement.ToString());
        var (output, error) = (new StringWriter(), new StringWriter());
        var surroundings = new Surroundings { Output = output, Error = error, Input = new StringReader(input), Variable = variables.GetValueOrDefault };
        var exit = await CommandLine.RunAsync(words, surroundings, TestContext.Current.CancellationToken);
        return new Run(exit, output.ToString(), error.ToString());
    }

    /// <summary>What a command that ended well printed as JSON.</summary>
    public static JsonElement Json(Run run)
    {
        run.Exit.ShouldBe(ExitCodes.Done, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
