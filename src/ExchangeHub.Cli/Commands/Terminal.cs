using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
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

    readonly TextWriter output;
    readonly bool json;

    public Terminal(TextWriter output, TextWriter error, bool json)
    {
        this.output = output;
        this.json = json;
        Talk = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        Widen(Talk);
    }

    /// <summary>Standard error: progress, warnings, what to do next.</summary>
    public IAnsiConsole Talk { get; }

    public void Say(string text) => Talk.WriteLine(text);

    /// <summary>What is wrong, and how to mend it.</summary>
    /// <returns>The exit code: 2.</returns>
    public int Fail(string problem, string? cure = null)
    {
        Talk.MarkupLineInterpolated($"[red]{problem}[/]");
        if (cure is not null)
            Talk.WriteLine(cure);
        return ExitCodes.NotDone;
    }

    /// <summary>What an interface answered to a change: done, or every fault with its place.</summary>
    /// <returns>The exit code: 0 or 2.</returns>
    public async Task<int> DoneAsync(HttpResponseMessage answer, string done, CancellationToken cancel)
    {
        if (!answer.IsSuccessStatusCode)
            return Fail($"Not done: {(int)answer.StatusCode} {await FaultsAsync(answer, cancel)}".TrimEnd());
        Say(done);
        return ExitCodes.Done;
    }

    static async Task<string> FaultsAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        try
        {
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(cancel));
            return string.Join("; ", problem.RootElement.GetProperty("errors").EnumerateArray()
                .Select(e => $"{e.GetProperty("code").GetString()} {e.GetProperty("field").GetString()}: {e.GetProperty("text").GetString()}"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Shows how far a long work has come, on standard error.</summary>
    /// <param name="work">Reports steps done and steps in all.</param>
    public Task<T> ProgressAsync<T>(string name, Func<Action<int, int>, Task<T>> work) =>
        Talk.Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask(name);
            return await work((done, of) => (task.MaxValue, task.Value) = (Math.Max(1, of), done));
        });

    /// <summary>The command's data: <paramref name="value"/> as JSON, or the table for people.</summary>
    public void Show<T>(T value, Func<T, Table> table)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(value, Indented));
            return;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        Widen(console);
        console.Write(table(value).Border(TableBorder.Simple));
    }

    // What goes to a file or a pipe keeps its lines: nothing wraps at an imagined 80.
    static void Widen(IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = Math.Max(console.Profile.Width, 500);
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
    /// <summary>It could not run: a file, an argument, a server.</summary>
    public const int NotDone = 2;
}
