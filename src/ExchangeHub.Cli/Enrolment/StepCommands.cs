using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Enrolment;

/// <summary>What the commands of enrolment share.</summary>
static class StepCommands
{
    /// <summary>One county, by its code.</summary>
    public static Argument<string> County { get; } = new("county")
    {
        Description = "Six digits of GB/T 2260.",
        Validators =
        {
            found =>
            {
                if (!Party.IsCounty(found.Tokens[0].Value))
                    found.AddError($"{found.Tokens[0].Value} is not a county's code: six digits, such as 330106.");
            },
        },
    };

    /// <summary>The frame of every command that takes one of the registrar's <see cref="EnrolmentSteps"/>, by the hub's business time.</summary>
    public static void OnSteps(this Command command, Func<ParseResult, EnrolmentSteps, Terminal, CancellationToken, Task<int>> run) =>
        command.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var steps = new EnrolmentSteps(installation, await BusinessClock.OfAsync(installation, cancel));
            return await run(parse, steps, terminal, cancel);
        });
}
