using CsvHelper;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Movements;

/// <summary>One line that can be stored, or what is wrong with it.</summary>
public sealed record MovementLine(int Line, Movement? Movement, IReadOnlyList<RowNote> Errors, IReadOnlyList<RowNote> Warnings);

/// <summary>Reads a file of movements: comma separated, a head with <see cref="Columns"/> in any order, UTF-8 or GB 18030.</summary>
public static class MovementCsv
{
    public static IReadOnlyList<string> Columns { get; } = ["direction", "personName", "personId", "counterpart", "movedOn"];

    /// <summary>The lines under the head, one at a time: a bad one loses nothing else.</summary>
    /// <param name="county">The own county, which is nobody's counterpart.</param>
    public static IEnumerable<MovementLine> Lines(CsvReader reader, string county)
    {
        var seen = new HashSet<(string, string, string)>();
        while (reader.Read())
        {
            var line = new CsvLine(reader);
            var movement = new Movement(line.Text("direction", Directions.All.Contains), line.Text("personName", _ => true), line.Text("personId", CsvLine.IsNumber),
                line.Text("counterpart", c => Party.IsCounty(c) && c != county), line.Day("movedOn", optional: false) ?? default);
            if (line.Errors.Count == 0 && !seen.Add((movement.Direction, movement.IdKey, movement.Counterpart)))
                line.Refuse("personId", RowNote.DuplicateRow);
            if (line.Errors.Count == 0)
                line.CheckDigit("personId", movement.IdKey);
            yield return new(line.Number, line.Errors.Count == 0 ? movement : null, line.Errors, line.Warnings);
        }
    }
}
