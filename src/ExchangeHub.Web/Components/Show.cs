using System.Globalization;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.Web.Components;

/// <summary>Times as people read them: always the business zone, Asia/Shanghai.</summary>
public static class Show
{
    static DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, WireTime.Shanghai);

    /// <summary>Day and minute: 11-24 14:18; with the year where it is another than now's.</summary>
    public static string Stamp(DateTimeOffset at, DateTimeOffset? now = null) =>
        Local(at).ToString(now is { } n && Local(n).Year != Local(at).Year ? "yyyy-MM-dd HH:mm" : "MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A whole sentence's time: 2026年11月24日 周二 14:18.</summary>
    public static string Full(DateTimeOffset at) => Local(at).ToString(Text.Of("Show.Full"), CultureInfo.CurrentCulture);

    /// <summary>A time to the second, for records.</summary>
    public static string Exact(DateTimeOffset at) => Local(at).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>For the <c>datetime</c> attribute.</summary>
    public static string Machine(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Weekday, short: 周四, Thu.</summary>
    public static string Weekday(DateOnly day) => day.ToString("ddd", CultureInfo.CurrentCulture);

    /// <summary>The last instant in time, said as offices say it: a deadline at midnight is 24:00 of the day before.</summary>
    public static string Clock(DateTimeOffset dueAt) =>
        Local(dueAt) is { Hour: 0, Minute: 0, Second: 0 } ? "24:00" : Local(dueAt).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Until when, with the day that it ends: 03-05 24:00.</summary>
    public static string Until(DateTimeOffset dueAt) => $"{Day(WireTime.DayOf(dueAt.AddTicks(-1)))} {Clock(dueAt)}";

    /// <summary>How long, in the two largest units: 3天14时, 14时, 20分.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalDays >= 1 ? Text.Of("Show.DaysHours", (int)span.TotalDays, span.Hours)
        : span.TotalHours >= 1 ? Text.Of("Show.Hours", (int)span.TotalHours)
        : Text.Of("Show.Minutes", Math.Max(1, (int)span.TotalMinutes));
}
