using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Commands;

namespace ExchangeHub.Cli.Operate;

/// <summary><c>exchangehub quarantine</c>: what the hub could not judge, and another try with the same bytes.</summary>
static class QuarantineCommands
{
    static readonly string[] Members = ["id", "at", "reason", "county", "verdict"];

    public static Command Create() => new ExampledCommand("quarantine", "What the hub could not judge.", "quarantine list", "quarantine replay 0198c7f2-…")
    {
        List(), Replay(),
    };

    static ExampledCommand List()
    {
        var list = new ExampledCommand("list", "Newest first, at most 500; never a body.", "quarantine list --account operator --json");
        var signIn = new HubSignIn(list);
        list.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var http = await signIn.HttpAsync(parse, installation, cancel);
            var rows = await http.GetFromJsonAsync<JsonElement>("api/v1/quarantine", cancel);
            terminal.Show(rows, r => Terminal.Table(["id", "at", "reason", "county", "verdict after replay"], r.EnumerateArray().Select(row =>
                (IReadOnlyList<object?>)[.. Members.Select(m => row.TryGetProperty(m, out var value) ? value.ToString() : "")])));
            return ExitCodes.Done;
        });
        return list;
    }

    static ExampledCommand Replay()
    {
        var replay = new ExampledCommand("replay", "Judges the same bytes again; the sender gets the final receipt. Nothing is edited: content is signed and sealed.", "quarantine replay 0198c7f2-…");
        var id = new Argument<Guid>("id") { Description = "From quarantine list." };
        replay.Add(id);
        var signIn = new HubSignIn(replay);
        replay.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var http = await signIn.HttpAsync(parse, installation, cancel);
            using var answer = await http.PostAsync($"api/v1/quarantine/{parse.GetValue(id)}/replay", null, cancel);
            if (!answer.IsSuccessStatusCode)
                return terminal.Fail($"Not replayed: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}", "exchangehub quarantine list shows what is there.");
            var replayed = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
            terminal.Show(replayed, r => Terminal.Table(["id", "verdict"], [[r.GetProperty("id").ToString(), r.GetProperty("verdict").ToString()]]));
            return ExitCodes.Done;
        });
        return replay;
    }
}
