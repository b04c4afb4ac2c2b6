using System.Text;
using CsvHelper;
using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Register;

/// <summary>What is wrong with one cell of a file, or worth a look. Never the cell's value.</summary>
/// <param name="Line">The line in the file, 1 is the head.</param>
/// <param name="Column">The column's name; empty for the whole line.</param>
/// <param name="Code">A refusal code, or <see cref="DuplicateRow"/>, <see cref="CheckDigitWrong"/>.</param>
public sealed record RowNote(int Line, string Column, string Code)
{
    /// <summary>The file names this certificate on an earlier line already.</summary>
    public const string DuplicateRow = nameof(DuplicateRow);
    /// <summary>A warning: the resident number's last character does not fit the others.</summary>
    public const string CheckDigitWrong = nameof(CheckDigitWrong);
}

/// <summary>One line that can be stored, or what is wrong with it.</summary>
public sealed record RegisterLine(int Line, RegisterEntry? Entry, IReadOnlyList<RowNote> Errors, IReadOnlyList<RowNote> Warnings);

/// <summary>Reads a register file: comma separated, a head with <see cref="RegisterEntry.Columns"/> in any order, UTF-8 or GB 18030.</summary>
public static class RegisterCsv
{
    // No cell of a register holds a line break: a quote that is never closed costs its own line, not the rest of the file.
    static readonly CsvReaderOptions format = new()
    {
        TrimWhitespace = true,
        TrimInsideQuotes = true,
        TrackLineNumbers = true,
        AllowLineBreaksInQuotes = false,
        IncludeValuesInExceptions = false,
    };

    static RegisterCsv() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The bytes of a file as text. Spreadsheets of Chinese offices save CSV in GB 18030; what is no UTF-8 is read as that.</summary>
    public static string Decode(ReadOnlySpan<byte> file)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return Encoding.GetEncoding("GB18030").GetString(file);
        }
    }

    /// <summary>Opens the text of a register file and says which columns its head lacks: nothing can be read without them (days may be left out).</summary>
    public static IReadOnlyList<RowNote> MissingColumns(string text, out CsvReader reader) =>
        MissingColumns(text, RegisterEntry.Columns.Where(c => c is not ("issuedOn" or "validUntil")), out reader);

    /// <summary>Opens the text of a file and says which of the columns its head lacks.</summary>
    public static IReadOnlyList<RowNote> MissingColumns(string text, IEnumerable<string> columns, out CsvReader reader)
    {
        reader = CsvReader.FromText(text, format);
        reader.ReadHeader();
        var missing = new List<RowNote>();
        foreach (var column in columns)
            if (!reader.TryGetFieldIndex(column, out _))
                missing.Add(new(1, column, RefusalCodes.MemberMissing));
        return missing;
    }

    /// <summary>The lines under the head, one at a time: a bad one loses nothing else.</summary>
    public static IEnumerable<RegisterLine> Lines(CsvReader reader)
    {
        var seen = new HashSet<(string, string)>();
        while (reader.Read())
        {
            var line = new CsvLine(reader);
            var entry = new RegisterEntry(line.Text("certificateType", Codes.CertificateTypes.Contains), line.Text("certificateNumber", CsvLine.IsNumber),
                line.Text("holderName", _ => true), line.Text("holderId", CsvLine.IsNumber), line.Day("issuedOn"), line.Day("validUntil"),
                line.Text("status", Codes.RegisterStatuses.Contains));
            if (line.Errors.Count == 0 && !seen.Add((entry.CertificateType, entry.NumberKey)))
                line.Refuse("certificateNumber", RowNote.DuplicateRow);
            if (line.Errors.Count == 0)
                line.CheckDigit("holderId", entry.IdKey);
            yield return new(line.Number, line.Errors.Count == 0 ? entry : null, line.Errors, line.Warnings);
        }
    }
}
