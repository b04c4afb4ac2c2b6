using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Node.Schema;

namespace ExchangeHub.Cli.Operate;

/// <summary>An operator's explicit steps on the databases: tables, calendar, divisions, epoch. A starting hub or node does none of them.</summary>
static class OperateCommands
{
    public static Command Schema()
    {
        var schema = new ExampledCommand("schema", "The tables of the two databases.", "schema apply");
        var apply = new ExampledCommand("apply", "Apply the steps that a database has not seen. Safe to repeat.", "schema apply");
        apply.OnInstallation(async (_, installation, servers, terminal, cancel) =>
        {
            var applied = new Applied(
                await HubSchema.ApplyAsync(servers.Database(installation.HubDatabase), cancel),
                await NodeSchema.ApplyAsync(servers.Database(installation.NodeDatabase), cancel));
            terminal.Show(applied, a => Terminal.Table(["database", "steps applied now"], [["hub", a.Hub], ["node", a.Node]]));
            return ExitCodes.Done;
        });
        schema.Add(apply);
        return schema;
    }

    public static Command Calendar()
    {
        var calendar = new ExampledCommand("calendar", "Holidays and make-up working days.", "calendar import data/holidays.csv");
        var import = new ExampledCommand("import", "Load whole years from a CSV with the columns date,kind,occasion. A year's rows replace the ones before; pending due dates are set by the running hub.",
            "calendar import holidays-2027.csv", "calendar import holidays-xinjiang-2027.csv --province 650000");
        var file = new Argument<FileInfo>("file") { Description = "The CSV file." }.AcceptExistingOnly();
        var province = new Option<string?>("--province") { Description = "Six digits, such as 650000: one province's own days beside the national table." };
        import.Add(file);
        import.Add(province);
        import.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            using var csv = parse.GetValue(file)!.OpenText();
            var years = await HubSchema.ImportCalendarAsync(servers.Database(installation.HubDatabase), csv, parse.GetValue(province), cancel);
            terminal.Show(new { years }, _ => Terminal.Table(["year loaded"], years.Select(y => new object?[] { y })));
            return ExitCodes.Done;
        });
        calendar.Add(import);
        return calendar;
    }

    public static Command Divisions()
    {
        var divisions = new ExampledCommand("divisions", "The division table (GB/T 2260).", "divisions import data/divisions.csv");
        var import = new ExampledCommand("import", "Load the table from a CSV with the columns code,name,level,parent. A code that is no longer in it ends: nothing new is asked of it, what it owes goes on.", "divisions import data/divisions.csv");
        var file = new Argument<FileInfo>("file") { Description = "The CSV file." }.AcceptExistingOnly();
        import.Add(file);
        import.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            using var csv = parse.GetValue(file)!.OpenText();
            var count = await HubSchema.ImportDivisionsAsync(servers.Database(installation.HubDatabase), csv, cancel);
            terminal.Show(new { divisions = count }, _ => Terminal.Table(["divisions"], [[count]]));
            return ExitCodes.Done;
        });
        divisions.Add(import);
        return divisions;
    }

    public static Command Epoch()
    {
        var epoch = new ExampledCommand("epoch", "What a restore of the hub's database from a copy asks for.", "epoch raise");
        var raise = new ExampledCommand("raise", "After files were copied back under the same server: counties' cursors then skip nothing. A dump restored elsewhere, and a promoted copy, the hub finds by itself.",
            "epoch raise");
        raise.OnInstallation(async (_, installation, servers, terminal, cancel) =>
        {
            var raised = await HubSchema.RaiseEpochAsync(servers.Database(installation.HubDatabase), cancel);
            terminal.Show(new { epoch = raised }, _ => Terminal.Table(["epoch"], [[raised]]));
            return ExitCodes.Done;
        });
        epoch.Add(raise);
        return epoch;
    }

    sealed record Applied(int Hub, int Node);
}
