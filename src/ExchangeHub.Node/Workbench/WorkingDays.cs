using System.Collections.Concurrent;
using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Members;

namespace ExchangeHub.Node.Workbench;

/// <summary>Which working day is a county's next: calendars live at the hub, which is asked once a day and county.</summary>
public sealed class WorkingDays(HostedCounties counties, Clocks clocks)
{
    sealed record Known(DateOnly After, IReadOnlyList<DateOnly> Days, DateTimeOffset AskedAt);

    // A page must not wait for a hub that is away, and not at every visit.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>The first working day after a day; <c>null</c> where the hub never said it.</summary>
    /// <param name="today">The business day.</param>
    public async Task<DateOnly?> NextAsync(string county, DateOnly today, CancellationToken ct = default)
    {
        var days = known.GetValueOrDefault(county);
        if (days?.After != today && (days is null || clocks.System.GetUtcNow() - days.AskedAt >= AskAgain))
            known[county] = days = await AskAsync(county, ct) ?? (days ?? new(default, [], default)) with { AskedAt = clocks.System.GetUtcNow() };
        // Before the day it was said for, nothing is known: a first day later on may not be the next.
        return days.After > today ? null : days.Days.Where(d => d > today).Cast<DateOnly?>().FirstOrDefault();
    }

    async Task<Known?> AskAsync(string county, CancellationToken ct)
    {
        if (counties.Find(county) is not { } hosted)
            return null;
        try
        {
            var view = await hosted.Member.Api.GetWorkingDaysAsync(ct).WaitAsync(Patience, clocks.System, ct);
            return new(Day(view.After), [.. view.Days.Select(Day)], clocks.System.GetUtcNow());
        }
        catch (Exception e) when (e is HubApiException or HttpRequestException or TimeoutException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    static DateOnly Day(string text) => WireTime.TryParseDay(text, out var day) ? day : throw new FormatException("Not a day.");
}
