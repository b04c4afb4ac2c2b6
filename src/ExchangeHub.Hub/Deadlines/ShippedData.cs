using System.Text;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>The tables that ship with the product, as first import of a new hub: the files of <c>data/</c>.</summary>
public static class ShippedData
{
    public static Divisions Divisions() => Read("divisions.csv", Deadlines.Divisions.ReadCsv);

    public static (IReadOnlyList<int> Years, IReadOnlyList<CalendarDay> Days) Calendar() => Read("holidays.csv", WorkingCalendar.ReadCsv);

    public static IReadOnlyList<DeadlinePolicy> Policies() => Read("policies.csv", DeadlinePolicy.ReadCsv);

    /// <summary>Everything shipped as one set of rules.</summary>
    public static DeadlineRules Rules()
    {
        var (years, days) = Calendar();
        return new DeadlineRules(Divisions(), [.. years], [.. days], new Dictionary<string, IReadOnlyCollection<CalendarDay>>(), Policies());
    }

    static T Read<T>(string file, Func<TextReader, T> read)
    {
        using var stream = typeof(ShippedData).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not in the assembly.");
        using var text = new StreamReader(stream, Encoding.UTF8);
        return read(text);
    }
}
