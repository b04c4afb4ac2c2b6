using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Cli.Calls;
using Spectre.Console;

namespace ExchangeHub.Cli.Commands;

/// <summary>Where a command speaks: data to standard output, as a table or as JSON; talk to standard error.</summary>
public sealed class Terminal
{
    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    readonly TextWriter output, error;
    readonly bool json;

    public Terminal(TextWriter output, TextWriter error, bool json)
    {
        (this.output, this.error, this.json) = (output, error, json);
        Talk = ConsoleOn(error);
    }

    /// <summary>Standard error: progress, warnings, what to do next.</summary>
    public IAnsiConsole Talk { get; }

    public void Say(string text) => Talk.WriteLine(text);

    /// <summary>What is wrong, and how to mend it.</summary>
    /// <returns>The exit code: 2 unless named.</returns>
    public int Fail(string problem, string? cure = null, int exit = ExitCodes.NotDone)
    {
        Talk.MarkupLineInterpolated($"[red]{problem}[/]");
        if (cure is not null)
            Talk.WriteLine(cure);
        return exit;
    }

    /// <summary>What an interface answered to a change: done, or every fault with its place.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> DoneAsync(HttpResponseMessage answer, string done, CancellationToken cancel)
    {
        if (!answer.IsSuccessStatusCode)
            return Refused(await ApiAnswer.OfAsync(answer, cancel));
        Say(done);
        return ExitCodes.Done;
    }

    /// <summary>Why an interface did not do it, on standard error: each fault with code, place and text, or its own JSON.</summary>
    /// <returns>The exit code: refused, nothing there, or the server's fault.</returns>
    public int Refused(ApiAnswer answer)
    {
        if (answer.Body.ValueKind is not JsonValueKind.Object || !answer.Body.TryGetProperty("errors", out var faults) || faults.ValueKind is not JsonValueKind.Array)
            Fail(Web.Texts.Text.Of("Cli.NotDone", (int)answer.Status));
        else if (json)
            error.WriteLine(JsonSerializer.Serialize(answer.Body, Indented));
        else
            foreach (var fault in faults.EnumerateArray())
                Fail($"{fault.GetProperty("code").GetString()} {fault.GetProperty("field").GetString()}: {fault.GetProperty("text").GetString()}");
        return ExitCodes.Of(answer.Status);
    }

    /// <summary>Shows how far a long work has come, on standard error.</summary>
    /// <param name="work">Reports steps done and steps in all.</param>
    public Task<T> ProgressAsync<T>(string name, Func<Action<int, int>, Task<T>> work) =>
        Talk.Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask(name);
            return await work((done, of) => (task.MaxValue, task.Value) = (Math.Max(1, of), done));
        });

    /// <summary>The command's data: <paramref name="value"/> as JSON, or the tables for people; one without rows is left out unless it is the only one.</summary>
    public void Show<T>(T value, params Func<T, Table>[] tables)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(value, Indented));
            return;
        }
        var console = ConsoleOn(output);
        foreach (var table in tables.Select(t => t(value)).Where(t => tables.Length == 1 || t.Rows.Count > 0))
            console.Write(table.Border(TableBorder.Simple));
    }

    // What goes to a file or a pipe keeps its lines and has no colours: nothing wraps at an imagined 80.
    static IAnsiConsole ConsoleOn(TextWriter writer)
    {
        var to = new AnsiConsoleOutput(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = to, Ansi = to.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        if (!to.IsTerminal)
            console.Profile.Width = Math.Max(console.Profile.Width, 500);
        return console;
    }

    /// <summary>A table of plain cells; numbers stand to the right.</summary>
    public static Table Table(IEnumerable<string> columns, IEnumerable<IReadOnlyList<object?>> rows)
    {
        var table = new Table();
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)).NoWrap());
        foreach (var row in rows)
            table.AddRow(row.Select(cell => cell is int or long or double
                ? new Text(Convert.ToString(cell, System.Globalization.CultureInfo.InvariantCulture)!) { Justification = Justify.Right }
                : new Text(Convert.ToString(cell, System.Globalization.CultureInfo.InvariantCulture) ?? "")));
        return table;
    }
}

/// <summary>What a command's end says to a script.</summary>
public static class ExitCodes
{
    public const int Done = 0;
    /// <summary>It ran, and what it found is not as it should be.</summary>
    public const int Differs = 1;
    /// <summary>Hub or node refused it by a rule: code and field stand on standard error.</summary>
    public const int Refused = 1;
    /// <summary>It could not run: a word, a file, a missing address or account.</summary>
    public const int NotDone = 2;
    /// <summary>A server is not reachable, or the fault is its own: the same again later.</summary>
    public const int ServerFault = 3;
    /// <summary>What it names is not there, or not the account's to see.</summary>
    public const int NotThere = 4;

    public static int Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => NotThere,
        >= HttpStatusCode.InternalServerError => ServerFault,
        _ => Refused,
    };
}
