using CsvHelper;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>Reads the small tables an operator imports: a head, then rows; the first bad line stops the import and is named.</summary>
static class CsvTable
{
    static readonly CsvReaderOptions Format = CsvReaderOptions.Default with { TrackLineNumbers = true, IncludeValuesInExceptions = false };

    /// <param name="read">Makes a row; <c>null</c> is a bad line. The first argument gives a field by column name, an empty one as <c>null</c>.</param>
    /// <exception cref="FormatException">A column is not there, or a line is no row.</exception>
    public static List<T> Read<T>(TextReader text, string[] columns, Func<Func<string, string?>, T?> read) where T : class
    {
        using var csv = CsvReader.Create(text, Format, leaveOpen: true);
        if (Array.Find(columns, c => !csv.TryGetFieldIndex(c, out _)) is { } missing)
            throw new FormatException($"The column {missing} is not there.");
        var rows = new List<T>();
        while (csv.Read())
            rows.Add(read(Field) ?? throw new FormatException($"Line {csv.LineNumber} is not as it must be."));
        return rows;

        string? Field(string column) => csv.GetString(column) is { Length: > 0 } value ? value : null;
    }
}
