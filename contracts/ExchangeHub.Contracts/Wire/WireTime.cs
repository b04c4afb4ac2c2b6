using System.Globalization;

namespace ExchangeHub.Contracts.Wire;

/// <summary>Times on the wire: always UTC, six digits of a second, <c>Z</c>; dates are days in Asia/Shanghai.</summary>
public static class WireTime
{
    const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    const string DayFormat = "yyyy-MM-dd";

    /// <summary>The business time zone. China has one, without daylight saving time since 1991.</summary>
    public static TimeZoneInfo Shanghai { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static string Format(DateTimeOffset at) => at.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    public static string Format(DateOnly on) => on.ToString(DayFormat, CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, InstantFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    public static bool TryParseDay(string? text, out DateOnly on) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out on);

    /// <summary>Cut down to microseconds, the grain of the wire and of the database.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The local day in Asia/Shanghai on which an instant falls.</summary>
    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Shanghai).DateTime);

    /// <summary>The first instant of a local day, UTC. The day before ends here, exclusive.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => At(day, TimeOnly.MinValue);

    /// <summary>A local clock time in Asia/Shanghai as an instant, UTC.</summary>
    public static DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, Shanghai.GetUtcOffset(local)).ToUniversalTime();
    }
}
