using System.CommandLine;
using System.CommandLine.Invocation;
using ExchangeHub.Cli.Calls;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Cli.Doctor;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Load;
using ExchangeHub.Cli.Operate;
using ExchangeHub.Cli.Scenarios;

namespace ExchangeHub.Cli.Commands;

/// <summary>Every command of <c>exchangehub</c>.</summary>
public static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand("ExchangeHub: county nodes ask each other, the hub knows that a question was asked and whether it was answered in time, never about whom.")
        {
            Common.Json,
            UpCommand.Create(),
            ScenarioCommand.Create(),
            SimulateCommand.Create(),
            DoctorCommand.Create(),
            InstallCommand.Create(),
            EnrolCommands.Create(),
            KeyCommands.Create(),
            CountyCommands.Create(),
            AgreementCommands.Create(),
            AccountCommands.Create(),
            QuarantineCommands.Create(),
            OperateCommands.Schema(),
            OperateCommands.Calendar(),
            OperateCommands.Divisions(),
            OperateCommands.Epoch(),
        };
        foreach (var call in (IEnumerable<Command>)[.. NodeCommands.All(), .. HubCommands.All()])
            root.Add(call);
        HelpWithExamples.AddTo(root);
        return root;
    }

    /// <summary>Runs the words; <see cref="ExitCodes.NotDone"/> where they are not understood.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, InvocationConfiguration surroundings, CancellationToken cancel = default)
    {
        var parse = Create().Parse(words);
        var exit = await parse.InvokeAsync(surroundings, cancel);
        return parse.Action is ParseErrorAction ? ExitCodes.NotDone : exit;
    }
}
