using System.Text.RegularExpressions;
using CsvHelper;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Node.Register;

/// <summary>The cells of one line of a file, checked one by one; every fault is named by line, column and code, never by value.</summary>
sealed partial class CsvLine(CsvReader reader)
{
    const int CellMax = 200;

    readonly List<RowNote> errors = [];
    readonly List<RowNote> warnings = [];

    /// <summary>The line in the file, 1 is the head.</summary>
    public int Number { get; } = (int)reader.LineNumber;

    public IReadOnlyList<RowNote> Errors => errors;

    public IReadOnlyList<RowNote> Warnings => warnings;

    public void Refuse(string column, string code) => errors.Add(new(Number, column, code));

    public string Text(string column, Func<string, bool> form, bool optional = false)
    {
        var value = reader.TryGetFieldIndex(column, out var index) && index < reader.FieldCount ? reader.GetString(index) : "";
        if (value.Length == 0 && !optional)
            Refuse(column, RefusalCodes.MemberMissing);
        else if (value.Length > CellMax || (value.Length > 0 && (value.Any(char.IsControl) || !form(value))))
            Refuse(column, RefusalCodes.MemberInvalid);
        return value;
    }

    public DateOnly? Day(string column, bool optional = true) =>
        WireTime.TryParseDay(Text(column, v => WireTime.TryParseDay(v, out _), optional), out var on) ? on : null;

    /// <summary>Warns where a resident number's last character does not fit the others.</summary>
    public void CheckDigit(string column, string idKey)
    {
        if (idKey.Length == 18 && !ResidentId.CheckDigitHolds(idKey))
            warnings.Add(new(Number, column, RowNote.CheckDigitWrong));
    }

    /// <summary>Letters, digits and hyphens. A number that a spreadsheet turned into <c>4.2E+17</c> has lost its digits: it is an error, never guessed.</summary>
    public static bool IsNumber(string value) => NumberForm().IsMatch(RegisterEntry.KeyOf(value));

    [GeneratedRegex(@"\A[\p{L}\p{Nd}-]{1,64}\z")] private static partial Regex NumberForm();
}
