using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Enrolment;

/// <summary>The frame of every command that takes one of the <see cref="EnrolmentSteps"/>, by the hub's business time.</summary>
static class StepCommands
{
    static readonly Argument<string> County = new("county") { Description = "Six digits of GB/T 2260." };

    public static void OnSteps(this Command command, Func<ParseResult, EnrolmentSteps, Terminal, CancellationToken, Task<int>> run) =>
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            using var broker = new BrokerAdmin(servers);
            using var steps = new EnrolmentSteps(installation, servers, broker, await BusinessClock.OfAsync(installation, cancel), BrokerLimits.Production);
            return await run(parse, steps, terminal, cancel);
        });

    /// <summary>The same for one county, named by its code.</summary>
    public static void OnCounty(this Command command, Func<ParseResult, string, EnrolmentSteps, Terminal, CancellationToken, Task<int>> run)
    {
        command.Add(County);
        command.OnSteps((parse, steps, terminal, cancel) =>
        {
            var county = parse.GetValue(County)!;
            return Party.IsCounty(county)
                ? run(parse, county, steps, terminal, cancel)
                : Task.FromResult(terminal.Fail($"{county} is not a county's code.", "Six digits, such as 330106."));
        });
    }
}
