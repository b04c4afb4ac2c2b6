using System.CommandLine;
using System.Globalization;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Web.Texts;
using Npgsql;

namespace ExchangeHub.Cli.Commands;

/// <summary>Options that many commands take, and the frame they run in.</summary>
static class Common
{
    public const string DefaultFolder = ".run/exchangehub";

    public static Option<bool> Json { get; } = new("--json") { Description = "Print data as JSON.", Recursive = true };

    const string LanguageVariable = "EXCHANGEHUB_LANG";

    public static Option<string?> Language { get; } = new Option<string?>("--lang")
    { Description = $"Language of refusals and faults; default: {LanguageVariable}, else en where LANG says so, else zh-CN.", Recursive = true }
        .AcceptOnlyFromAmong([.. Languages.All]);

    public static Option<string> Folder { get; } = new("--folder")
    {
        Description = "The installation's folder.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("EXCHANGEHUB_FOLDER") ?? DefaultFolder,
    };

    /// <summary>The language that the words, or else the surroundings, ask for.</summary>
    public static CultureInfo LanguageOf(ParseResult parse, InvocationConfiguration surroundings)
    {
        string? Variable(string name) => Surroundings.VariableOf(surroundings, name);
        string?[] asked = [parse.GetResult(Language)?.Tokens is [var word] ? word.Value : null, Variable(LanguageVariable)];
        var system = Variable("LC_ALL") ?? Variable("LC_MESSAGES") ?? Variable("LANG");
        return CultureInfo.GetCultureInfo(asked.FirstOrDefault(a => a is not null && Languages.All.Contains(a)) ?? (system?.StartsWith("en", StringComparison.Ordinal) == true ? "en" : "zh-CN"));
    }

    public static Terminal TerminalOf(ParseResult parse) =>
        new(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, parse.GetValue(Json));

    /// <summary>Runs a command; what it could not do is said in a sentence.</summary>
    public static void OnTerminal(this Command command, Func<ParseResult, Terminal, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parse, cancel) =>
        {
            var terminal = TerminalOf(parse);
            try
            {
                return await run(parse, terminal, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return ExitCodes.NotDone;
            }
            catch (Exception e) when (e is NpgsqlException or HttpRequestException or OperationCanceledException)
            {
                return terminal.Fail(e is OperationCanceledException ? Text.Of("Cli.NoAnswer") : e.Message, Text.Of("Cli.ServerCure"), ExitCodes.ServerFault);
            }
            catch (HubApiException e)
            {
                return terminal.Fail(e.Message, exit: ExitCodes.Of(e.Status));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException
                or InvalidDataException or InvalidOperationException or ArgumentException or TimeoutException)
            {
                return terminal.Fail(e.Message);
            }
        });

    /// <summary>Runs a command on existing servers; what is missing is said with its cure.</summary>
    public static void OnServers(this Command command, Func<ParseResult, ServerAddresses, Terminal, CancellationToken, Task<int>> run) =>
        command.OnTerminal((parse, terminal, cancel) => ServerAddresses.TryFromEnvironment(out var missing) is { } servers
            ? run(parse, servers, terminal, cancel)
            : Task.FromResult(terminal.Fail($"No servers: {string.Join(", ", missing)} not set.", "Run it as ./run.sh …, which starts or finds them, or set the variables to existing servers.")));

    /// <summary>Runs a command on an installation made before, over the hub's own interface: it needs no server's password.</summary>
    public static void OnInstallation(this Command command, Func<ParseResult, Installation, Terminal, CancellationToken, Task<int>> run)
    {
        command.Add(Folder);
        command.OnTerminal((parse, terminal, cancel) => Found(parse, terminal, installation => run(parse, installation, terminal, cancel)));
    }

    /// <summary>Runs a command on an installation made before and on its servers.</summary>
    public static void OnInstallation(this Command command, Func<ParseResult, Installation, ServerAddresses, Terminal, CancellationToken, Task<int>> run)
    {
        command.Add(Folder);
        command.OnServers((parse, servers, terminal, cancel) => Found(parse, terminal, installation => run(parse, installation, servers, terminal, cancel)));
    }

    static Task<int> Found(ParseResult parse, Terminal terminal, Func<Installation, Task<int>> run)
    {
        var folder = parse.GetValue(Folder)!;
        return Installation.Load(folder) is { } installation
            ? run(installation)
            : Task.FromResult(terminal.Fail($"No installation in {folder}.", "exchangehub up makes one; --folder names another place."));
    }
}
