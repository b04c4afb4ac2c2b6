using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Operate;

/// <summary><c>exchangehub counties</c>: what the directory says of a county: its end by the hub's operator, the rest by itself.</summary>
static class CountyCommands
{
    public static Command Create() => new ExampledCommand("counties", "The directory: a county's end and successors, its office hours, duty phone and planned outages.",
        "counties close 330103 --as Merged --on 2026-12-01 --into 330105", "counties describe 330106 details.json")
    {
        Close(), Reopen(), Describe(),
    };

    static ExampledCommand Close()
    {
        var close = new ExampledCommand("close", "The operator: a county ends. From that day nothing new begins with it; what is in hand goes on, and its history stays under its code. Counties and their nodes are told at once.",
            "counties close 330103 --as Merged --on 2026-12-01 --into 330105", "counties close 340221 --as Renamed --on 2026-12-01 --into 340210", "counties close 330103 --as Abolished --on 2026-12-01");
        var status = new Option<string>("--as") { Description = "What becomes of it.", Required = true }.AcceptOnlyFromAmong([.. Codes.CountyStatuses.Where(s => s != CountyStatuses.Active)]);
        var on = new Option<string>("--on") { Description = "The first day on which it takes no part, yyyy-MM-dd; may lie ahead.", Required = true };
        var into = new Option<string[]>("--into") { Description = "Codes of its successors.", AllowMultipleArgumentsPerToken = true };
        close.Add(StepCommands.County);
        foreach (var option in new Option[] { status, on, into })
            close.Add(option);
        HubSignIn.AddTo(close);
        close.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var http = await HubSignIn.HttpAsync(parse, installation, cancel);
            var closure = new CountyClosure(parse.GetValue(status)!, parse.GetValue(on)!, parse.GetValue(into) ?? []);
            using var answer = await http.PutAsJsonAsync($"api/v1/directory/{parse.GetValue(StepCommands.County)}/closure", closure, ContractsJson.Default.CountyClosure, cancel);
            return await terminal.DoneAsync(answer, $"{parse.GetValue(StepCommands.County)} ends on {closure.EndedOn}.", cancel);
        });
        return close;
    }

    static ExampledCommand Reopen()
    {
        var reopen = new ExampledCommand("reopen", "The operator: it does not end after all.", "counties reopen 330103");
        reopen.Add(StepCommands.County);
        HubSignIn.AddTo(reopen);
        reopen.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var http = await HubSignIn.HttpAsync(parse, installation, cancel);
            using var answer = await http.DeleteAsync(new Uri($"api/v1/directory/{parse.GetValue(StepCommands.County)}/closure", UriKind.Relative), cancel);
            return await terminal.DoneAsync(answer, $"{parse.GetValue(StepCommands.County)} goes on.", cancel);
        });
        return reopen;
    }

    static ExampledCommand Describe()
    {
        var describe = new ExampledCommand("describe", "The node: what a county says of itself, in place of what it said before. A JSON file with officeHours, dutyPhone, contact and outages (from, to, note); offices, never persons.",
            "counties describe 330106 details.json");
        var file = new Argument<FileInfo>("file") { Description = "The JSON file." }.AcceptExistingOnly();
        describe.Add(StepCommands.County);
        describe.Add(file);
        describe.Add(Common.Folder);
        describe.OnTerminal(async (parse, terminal, cancel) =>
        {
            if (await JsonFiles.ReadAsync(parse.GetValue(file)!, ContractsJson.Default.CountyDetails, cancel) is not { } details)
                return terminal.Fail($"{parse.GetValue(file)} is not a county's details.");
            var county = parse.GetValue(StepCommands.County)!;
            await NodeSteps.DescribeAsync(Installation.CountiesIn(parse.GetValue(Common.Folder)!), county, details, cancel: cancel);
            terminal.Say($"{county} is described so.");
            return ExitCodes.Done;
        });
        return describe;
    }
}

/// <summary>Files that a command hands on as they are.</summary>
static class JsonFiles
{
    /// <returns><c>null</c>: not the JSON it should be.</returns>
    public static async Task<T?> ReadAsync<T>(FileInfo file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file.FullName, cancel), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
