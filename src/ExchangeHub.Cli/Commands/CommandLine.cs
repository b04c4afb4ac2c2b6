using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using ExchangeHub.Cli.Calls;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Cli.Doctor;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Load;
using ExchangeHub.Cli.Operate;
using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.Cli.Commands;

/// <summary>Every command of <c>exchangehub</c>.</summary>
public static class CommandLine
{
    // Made once: options that many commands share remember each command they were ever added to.
    static readonly Lazy<RootCommand> known = new(Create);

    public static RootCommand Create()
    {
        var root = new RootCommand("ExchangeHub: county nodes ask each other, the hub knows that a question was asked and whether it was answered in time, never about whom.")
        {
            Common.Json,
            Common.Language,
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
        var parse = known.Value.Parse(words);
        // Help stays as the commands describe themselves. What is said of a fault is in the language asked for, which only the words tell.
        if (parse.Action is not HelpWithExamples)
            CultureInfo.CurrentUICulture = Common.LanguageOf(parse, surroundings);
        if (parse.Action is not ParseErrorAction)
            return await parse.InvokeAsync(surroundings, cancel);
        foreach (var fault in known.Value.Parse(words).Errors)
            surroundings.Error.WriteLine(fault.Message);
        surroundings.Error.WriteLine(Text.Of("Cli.WordsCure"));
        return ExitCodes.NotDone;
    }
}
