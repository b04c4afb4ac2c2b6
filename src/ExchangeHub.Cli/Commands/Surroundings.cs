using System.CommandLine;

namespace ExchangeHub.Cli.Commands;

/// <summary>What a command is given beside its words: standard input, the environment. The process's own unless named.</summary>
public sealed class Surroundings : InvocationConfiguration
{
    public TextReader Input { get; init; } = Console.In;

    /// <summary>The value of an environment variable; <c>null</c> where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    internal static TextReader InputOf(ParseResult parse) => (parse.InvocationConfiguration as Surroundings)?.Input ?? Console.In;

    internal static string? VariableOf(ParseResult parse, string name) => VariableOf(parse.InvocationConfiguration, name);

    internal static string? VariableOf(InvocationConfiguration surroundings, string name) =>
        (surroundings is Surroundings given ? given.Variable(name) : Environment.GetEnvironmentVariable(name)) is { Length: > 0 } value ? value : null;
}
