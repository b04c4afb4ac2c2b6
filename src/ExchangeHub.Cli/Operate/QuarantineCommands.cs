using System.CommandLine;
using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Calls;
using ExchangeHub.Cli.Commands;

namespace ExchangeHub.Cli.Operate;

/// <summary><c>exchangehub quarantine</c>: what the hub could not judge, and another try with the same bytes.</summary>
static class QuarantineCommands
{
    const string Id = "0198c7f2-6d1e-7c3a-9f10-3b2a4c5d6e7f", Path = "quarantine";

    public static Command Create() => new ExampledCommand("quarantine", "What the hub could not judge.", "quarantine list", $"quarantine replay {Id}")
    {
        List(), Show(), Replay(),
    };

    static ExampledCommand List()
    {
        var list = new ExampledCommand("list", "By cause, with counts; with --cause the messages of one, newest first, at most 500; never a body.",
            "quarantine list", "quarantine list --cause DeadLettered --json", $"quarantine list --cause DeadLettered --after {Id}");
        var cause = new Option<string?>("--cause") { Description = "A cause from the list." };
        var after = new Option<Guid?>("--after") { Description = "With --cause: those after this one, the last of the page before." };
        list.Add(cause);
        list.Add(after);
        list.Validators.Add(words =>
        {
            if (words.GetValue(after) is not null && words.GetValue(cause) is null)
                words.AddError("--after goes with --cause.");
        });
        Door.Hub.Run(list, (parse, api, terminal, cancel) => parse.GetValue(cause) is { } one
            ? api.ShowAsync(terminal, HttpMethod.Get, $"{Path}?reason={Uri.EscapeDataString(one)}{(parse.GetValue(after) is { } last ? $"&after={last}" : "")}", null, cancel,
                rows => Tables.Rows(rows, "id", "at", "county", "messageId", "exchangeId", "bytes", "replayable", "verdict"))
            : api.ShowAsync(terminal, HttpMethod.Get, $"{Path}/causes", null, cancel, rows => Tables.Rows(rows, "reason", "count", "replayable", "oldestAt", "newestAt")));
        return list;
    }

    static ExampledCommand Show()
    {
        var show = new ExampledCommand("show", "One message: why it lies there, whose it is, what a replay brought; never its body.", $"quarantine show {Id}");
        var id = new Argument<Guid>("id") { Description = "From quarantine list --cause." };
        show.Add(id);
        Door.Hub.Run(show, (parse, api, terminal, cancel) => api.ShowAsync(terminal, HttpMethod.Get, $"{Path}/{parse.GetValue(id)}", null, cancel,
            row => Tables.Members(row, "id", "at", "reason", "county", "messageId", "exchangeId", "bytes", "replayable", "replayedAt", "verdict")));
        return show;
    }

    static ExampledCommand Replay()
    {
        var replay = new ExampledCommand("replay", "Judges the same bytes again, of one message or of all that can be; senders get the final receipt. Nothing is edited: content is signed and sealed.",
            $"quarantine replay {Id}", "quarantine replay --all", "quarantine replay --all --cause DeadLettered --json");
        var id = new Argument<Guid?>("id") { Description = "From quarantine list --cause.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All that can be replayed, in the order they came." };
        var cause = new Option<string?>("--cause") { Description = "With --all: of this cause only." };
        replay.Add(id);
        replay.Add(all);
        replay.Add(cause);
        replay.Validators.Add(words =>
        {
            if (words.GetValue(all) == words.GetValue(id) is not null)
                words.AddError("Either the id of one message, or --all.");
            if (words.GetValue(cause) is not null && !words.GetValue(all))
                words.AddError("--cause goes with --all.");
        });
        Door.Hub.Run(replay, (parse, api, terminal, cancel) => parse.GetValue(id) is { } one
            ? api.ShowAsync(terminal, HttpMethod.Post, $"{Path}/{one}/replay", null, cancel, row => Tables.Members(row, "id", "verdict"))
            : ReplayAllAsync(api, parse.GetValue(cause), terminal, cancel));
        return replay;
    }

    /// <summary>Each once. What another hand replays meanwhile is passed over; what fails again stays, and the rest goes on.</summary>
    static async Task<int> ReplayAllAsync(Api api, string? cause, Terminal terminal, CancellationToken cancel)
    {
        var path = $"{Path}?replayable=true{(cause is null ? "" : $"&reason={Uri.EscapeDataString(cause)}")}";
        var replayed = new List<JsonElement>();
        ApiAnswer? failed = null;
        for (string? last = null; ;)
        {
            var page = await api.AskAsync(HttpMethod.Get, last is null ? path : $"{path}&after={last}", null, cancel);
            if (!page.Succeeded)
                return terminal.Refused(page);
            if (page.Body.GetArrayLength() == 0)
                break;
            foreach (var id in page.Body.EnumerateArray().Select(row => row.GetProperty("id").GetString()!))
            {
                last = id;
                var answer = await api.AskAsync(HttpMethod.Post, $"{Path}/{id}/replay", null, cancel);
                if (answer.Succeeded)
                    replayed.Add(answer.Body);
                else if (answer.Status is not HttpStatusCode.Conflict)
                {
                    terminal.Say($"{id} could not be judged again.");
                    failed = answer;
                }
            }
        }
        terminal.Show(JsonSerializer.SerializeToElement(replayed), rows => Tables.Rows(rows, "id", "verdict"));
        return failed is null ? ExitCodes.Done : terminal.Refused(failed);
    }
}
