using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Diagnostics.CodeAnalysis;

namespace ExchangeHub.Cli.Commands;

/// <summary>A command that knows lines to copy: its help ends with them.</summary>
[SuppressMessage("Design", "CA1010", Justification = "The enumeration is the library's, for its collection initialisers.")]
public sealed class ExampledCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The library's help, and the command's examples below it.</summary>
sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var exit = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampledCommand { Examples.Count: > 0 } command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine("Examples:");
            foreach (var example in command.Examples)
                parseResult.InvocationConfiguration.Output.WriteLine("  exchangehub " + example);
        }
        return exit;
    }

    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
    }
}
