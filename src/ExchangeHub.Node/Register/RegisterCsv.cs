using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

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
public static partial class RegisterCsv
{
    const int CellMax = 200;

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

    /// <summary>Opens the text of a file and says which columns its head lacks: nothing can be read without them (days may be left out).</summary>
    public static IReadOnlyList<RowNote> MissingColumns(string text, out CsvReader reader)
    {
        reader = CsvReader.FromText(text, format);
        reader.ReadHeader();
        var missing = new List<RowNote>();
        foreach (var column in RegisterEntry.Columns)
            if (column is not ("issuedOn" or "validUntil") && !reader.TryGetFieldIndex(column, out _))
                missing.Add(new(1, column, RefusalCodes.MemberMissing));
        return missing;
    }

    /// <summary>The lines under the head, one at a time: a bad one loses nothing else.</summary>
    public static IEnumerable<RegisterLine> Lines(CsvReader reader)
    {
        var seen = new HashSet<(string, string)>();
        while (reader.Read())
        {
            var line = (int)reader.LineNumber;
            var errors = new List<RowNote>();
            var warnings = new List<RowNote>();
            string Cell(string column) => reader.TryGetFieldIndex(column, out var index) && index < reader.FieldCount ? reader.GetString(index) : "";
            string Text(string column, Func<string, bool> form, bool optional = false)
            {
                var value = Cell(column);
                if (value.Length == 0 && !optional)
                    errors.Add(new(line, column, RefusalCodes.MemberMissing));
                else if (value.Length > CellMax || (value.Length > 0 && (value.Any(char.IsControl) || !form(value))))
                    errors.Add(new(line, column, RefusalCodes.MemberInvalid));
                return value;
            }
            DateOnly? Day(string column) =>
                WireTime.TryParseDay(Text(column, v => WireTime.TryParseDay(v, out _), optional: true), out var on) ? on : null;

            var entry = new RegisterEntry(Text("certificateType", Codes.CertificateTypes.Contains), Text("certificateNumber", IsNumber),
                Text("holderName", _ => true), Text("holderId", IsNumber), Day("issuedOn"), Day("validUntil"), Text("status", Codes.RegisterStatuses.Contains));
            if (errors.Count == 0 && !seen.Add((entry.CertificateType, entry.NumberKey)))
                errors.Add(new(line, "certificateNumber", RowNote.DuplicateRow));
            if (errors.Count == 0 && entry.IdKey.Length == 18 && !ResidentId.CheckDigitHolds(entry.IdKey))
                warnings.Add(new(line, "holderId", RowNote.CheckDigitWrong));
            yield return new(line, errors.Count == 0 ? entry : null, errors, warnings);
        }
    }

    /// <summary>Letters, digits and hyphens. A number that a spreadsheet turned into <c>4.2E+17</c> has lost its digits: it is an error, never guessed.</summary>
    static bool IsNumber(string value) => NumberForm().IsMatch(RegisterEntry.KeyOf(value));

    [GeneratedRegex(@"\A[\p{L}\p{Nd}-]{1,64}\z")] private static partial Regex NumberForm();
}
