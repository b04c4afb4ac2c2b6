using CsvHelper;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>Reads the small tables an operator imports: a head, then rows. A file with a bad row is not loaded; every bad row is named, with its columns.</summary>
static class CsvTable
{
    static readonly CsvReaderOptions Format = CsvReaderOptions.Default with { TrackLineNumbers = true, IncludeValuesInExceptions = false };

    /// <summary>So many bad rows are named; who gets as many has another file in hand.</summary>
    const int NamedMax = 20;

    /// <summary>One row being read.</summary>
    /// <param name="value">Gives a field by column name, an empty one as <c>null</c>.</param>
    internal sealed class Row(Func<string, string?> value)
    {
        public List<string> Wrong { get; } = [];

        public string? this[string column] => value(column);

        /// <summary>The field's value, and a note where its form is wrong.</summary>
        public string? Of(string column, Func<string?, bool> form)
        {
            var field = value(column);
            if (!form(field))
                Wrong.Add(column);
            return field;
        }
    }

    /// <param name="read">Makes a row; <c>null</c>, or a noted column, is a bad line.</param>
    /// <exception cref="FormatException">A column is not there, or lines are no rows: numbers and columns are in the message, never values.</exception>
    public static List<T> Read<T>(TextReader text, string[] columns, Func<Row, T?> read) where T : class
    {
        using var csv = CsvReader.Create(text, Format, leaveOpen: true);
        if (Array.Find(columns, c => !csv.TryGetFieldIndex(c, out _)) is { } missing)
            throw new FormatException($"The column {missing} is not there.");
        var (rows, bad) = (new List<T>(), new List<string>());
        while (csv.Read())
        {
            var row = new Row(column => csv.GetString(column) is { Length: > 0 } value ? value : null);
            if (read(row) is { } made && row.Wrong.Count == 0)
                rows.Add(made);
            else
                bad.Add(row.Wrong.Count > 0 ? $"line {csv.LineNumber}: {string.Join(", ", row.Wrong)}" : $"line {csv.LineNumber}");
        }
        return bad.Count == 0 ? rows : throw new FormatException("Not as it must be: " + string.Join("; ", bad.Take(NamedMax)) + (bad.Count > NamedMax ? $"; {bad.Count} lines in all." : "."));
    }
}
