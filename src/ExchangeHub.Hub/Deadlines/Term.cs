using System.Globalization;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>How long a county has. Its text form stands in the policy table.</summary>
/// <remarks>The start day does not count; an end in calendar days on a rest day rolls to the next working day (Civil Code, Arts 201, 203).</remarks>
public abstract record Term
{
    /// <summary>Until 24:00 local; the end of the next working day when delivered at or after the cut-off or on a rest day. Text: <c>same-day</c>, <c>same-day/16:00:00</c>.</summary>
    /// <param name="CutOff">Local clock time in Asia/Shanghai; <c>null</c>: none.</param>
    public sealed record SameDay(TimeOnly? CutOff) : Term
    {
        public override string ToString() => CutOff is { } at ? $"same-day/{at.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}" : "same-day";
    }

    /// <summary>The end of the n-th working day. Text: <c>7-working-days</c>.</summary>
    public sealed record WorkingDays(int Count) : Term
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}-working-days");
    }

    /// <summary>The end of the n-th day, rolled to a working day. Text: <c>15-calendar-days</c>.</summary>
    public sealed record CalendarDays(int Count) : Term
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}-calendar-days");
    }

    /// <summary>Reads the text form; counts are 1 to 366.</summary>
    public static bool TryParse(string? text, out Term term)
    {
        term = new SameDay(null);
        if (text is null)
            return false;
        if (text == "same-day")
            return true;
        if (text.StartsWith("same-day/", StringComparison.Ordinal))
        {
            var valid = TimeOnly.TryParseExact(text["same-day/".Length..], "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var cutOff);
            term = new SameDay(cutOff);
            return valid;
        }
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1 || !int.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 366)
            return false;
        switch (text[(dash + 1)..])
        {
            case "working-days":
                term = new WorkingDays(count);
                return true;
            case "calendar-days":
                term = new CalendarDays(count);
                return true;
            default:
                return false;
        }
    }

    /// <exception cref="FormatException">The text is no term.</exception>
    public static Term Parse(string text) => TryParse(text, out var term) ? term : throw new FormatException($"'{text}' is no term.");
}
