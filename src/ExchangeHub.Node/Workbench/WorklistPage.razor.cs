using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Node.Workbench;

/// <summary>What the county has to answer, most pressing first, and its own questions. The view stands in the address.</summary>
public sealed partial class WorklistPage(WorklistQueries worklist, OutgoingQueries outgoing, HostedCounties counties, WorkingDays workingDays, CallerScope caller, PageClock clock) : ComponentBase
{
    DateTimeOffset now;
    DateOnly? nextWorkingDay;
    WorklistGroup group;
    WorklistCounts counts = null!;
    Worklist.WorklistPage? page;
    /// <summary>What is said while the hub cannot be reached, or has not answered for longer than a message waits before it is sent again.</summary>
    string? offline;

    [SupplyParameterFromQuery] public string? View { get; set; }
    [SupplyParameterFromQuery] public string? After { get; set; }

    bool IsOwn => group is WorklistGroup.Awaited or WorklistGroup.ToDecide or WorklistGroup.Ended;

    IEnumerable<(WorklistGroup Group, int Count, string Tone)> Tabs =>
    [
        (WorklistGroup.All, counts.Owed, ""), (WorklistGroup.Overdue, counts.Overdue, "red"), (WorklistGroup.Today, counts.Today, "amb"),
        (WorklistGroup.Awaited, counts.Awaited, ""), (WorklistGroup.ToDecide, counts.ToDecide, ""), (WorklistGroup.Ended, counts.Ended, ""),
    ];

    protected override async Task OnParametersSetAsync()
    {
        now = clock.Now;
        nextWorkingDay = await workingDays.NextAsync(caller.County!, WireTime.DayOf(now));
        group = Enum.TryParse<WorklistGroup>(View, ignoreCase: true, out var asked) && Enum.IsDefined(asked) ? asked : WorklistGroup.All;
        counts = await worklist.CountsAsync(caller.County!);
        page = await worklist.ListAsync(caller.County!, group, After);
        var (waiting, since) = await outgoing.WaitingAsync(caller.County!);
        var connected = counties.Find(caller.County!) is { Member.IsConsuming: true };
        if (!connected || since <= now - Limits.ResendFirst)
            offline = Text.Of(connected ? "Worklist.NoWord" : "Worklist.Offline") + (since is { } first ? Text.Of("Worklist.Offline.Waiting", waiting, Show.Stamp(first, now)) : null);
    }

    sealed record Part(string? Heading, string? Hint, string? Tone, IEnumerable<WorklistRow> Rows);

    IEnumerable<Part> Parts()
    {
        if (group != WorklistGroup.All)
            return [new(null, null, null, page!.Rows)];
        var left = page!.Rows.FirstOrDefault(r => r.DueToday)?.DueAt - now;
        return new Part[]
        {
            new(Text.Of("Worklist.Group.Overdue", counts.Overdue), Text.Of("Worklist.Group.Overdue.Hint"), "red", page!.Rows.Where(r => r.Overdue)),
            new(Text.Of("Worklist.Group.Today", counts.Today), left is { } span ? Text.Of("Worklist.Group.Today.Hint", Show.Span(span)) : null, "amb", page!.Rows.Where(r => r.DueToday)),
            new(Text.Of("Worklist.Group.Later", counts.Later), null, null, page!.Rows.Where(r => !r.Overdue && !r.DueToday && r.DueAt is not null)),
            new(Text.Of("Worklist.Group.Pending", counts.Pending), Text.Of("Worklist.Group.Pending.Hint"), null, page!.Rows.Where(r => r.DueAt is null)),
        }.Where(p => p.Rows.Any());
    }

    Deadline DeadlineOf(WorklistRow row) => ShownDeadline.Of(row, now, nextWorkingDay);

    internal static string AddressOf(WorklistGroup group, string? after = null) =>
        (group, after) switch
        {
            (WorklistGroup.All, null) => "/worklist",
            (_, null) => $"/worklist?view={group.ToString().ToLowerInvariant()}",
            _ => $"/worklist?view={group.ToString().ToLowerInvariant()}&after={Uri.EscapeDataString(after)}",
        };
}
