using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Doctor;

/// <summary><c>exchangehub doctor</c>: looks at everything an installation stands on; each fault comes with its cure.</summary>
static class DoctorCommand
{
    public static Command Create()
    {
        var command = new ExampledCommand("doctor", "Check database, broker and its policy in effect, clocks, calendar, keys and registry. Exit code 1 when something is ill.",
            "doctor", "doctor --json");
        command.Add(Common.Folder);
        command.OnServers(async (parse, servers, terminal, cancel) =>
        {
            var folder = parse.GetValue(Common.Folder)!;
            var findings = await Examination.RunAsync(servers, Installation.Load(folder), folder, cancel);
            terminal.Show(findings, f => Terminal.Table(["", "what", "found", "cure"], f.Select(one => new object?[] { one.Health.ToString(), one.What, one.Found, one.Cure })));
            return findings.Any(f => f.Health == Health.Ill) ? ExitCodes.Differs : ExitCodes.Done;
        });
        return command;
    }
}

/// <summary>How something is.</summary>
public enum Health
{
    Well,
    /// <summary>Works, and wants attention soon.</summary>
    Watch,
    Ill,
}

/// <summary>One thing looked at.</summary>
/// <param name="Cure">What to do; absent when nothing is to do.</param>
public sealed record Finding(Health Health, string What, string Found, string? Cure = null);
