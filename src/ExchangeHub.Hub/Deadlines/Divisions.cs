using System.Collections.Frozen;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>One administrative division of GB/T 2260.</summary>
/// <param name="Code">Six digits.</param>
/// <param name="Level"><c>province</c>, <c>prefecture</c> or <c>county</c>.</param>
/// <param name="Parent">The code one level up; <c>null</c> for a province.</param>
/// <param name="Ended">It left the table: merged, split or renamed. It takes no part, but its province still answers for what it owes.</param>
/// <param name="Closure">What an operator said of its end, which may lie ahead.</param>
public sealed record Division(string Code, string Name, string Level, string? Parent, bool Ended = false, Closure? Closure = null)
{
    /// <summary>Whether it has ended by a day, by the table or by its closure.</summary>
    public bool EndedBy(DateOnly day) => Ended || Closure?.On <= day;
}

/// <summary>How a county ends. What it asked and owes goes on under its code; nothing new begins.</summary>
/// <param name="Status">One of <see cref="Contracts.Codes.CountyStatuses"/>, not <c>Active</c>.</param>
/// <param name="On">The first day in Asia/Shanghai on which it takes no part.</param>
/// <param name="Successors">Codes of those that answer for its area from then on.</param>
public sealed record Closure(string Status, DateOnly On, IReadOnlyList<string> Successors);

/// <summary>The division table: who belongs to which prefecture and province. Read from the table, never from digits.</summary>
public sealed class Divisions
{
    public const string Province = "province";
    public const string Prefecture = "prefecture";
    public const string County = "county";

    readonly FrozenDictionary<string, Division> byCode;
    readonly FrozenSet<string> parents;

    public Divisions(IEnumerable<Division> divisions)
    {
        byCode = divisions.ToFrozenDictionary(d => d.Code);
        parents = byCode.Values.Where(d => !d.Ended).Select(d => d.Parent).OfType<string>().ToFrozenSet();
    }

    public IEnumerable<Division> All => byCode.Values;

    /// <summary>Whether a code can take part: a county that has not ended, or a prefecture without counties such as Dongguan.</summary>
    public bool TakesPart(string code) =>
        byCode.TryGetValue(code, out var division) && !division.Ended && (division.Level is County || (division.Level is Prefecture && !parents.Contains(code)));

    /// <summary>Whether a code took part once: it is of a kind that can, ended or not.</summary>
    public bool Knows(string code) => TakesPart(code) || (byCode.TryGetValue(code, out var division) && division is { Ended: true, Level: County });

    /// <summary>Whether a code takes part on a day: it can, and has not been closed by then.</summary>
    public bool IsActive(string code, DateOnly on) => TakesPart(code) && !byCode[code].EndedBy(on);

    public Division? Find(string code) => byCode.GetValueOrDefault(code);

    public bool IsProvince(string code) => byCode.TryGetValue(code, out var division) && division.Level is Province;

    /// <summary>The Chinese name, or the code itself when the table does not have it.</summary>
    public string NameOf(string code) => byCode.TryGetValue(code, out var division) ? division.Name : code;

    /// <summary>The province of a division (itself for a province), six digits.</summary>
    /// <exception cref="KeyNotFoundException">The table does not have the code.</exception>
    public string ProvinceOf(string code)
    {
        var division = byCode[code];
        return division.Parent is null ? division.Code : ProvinceOf(division.Parent);
    }

    /// <summary>The prefecture a county belongs to; <c>null</c> when it hangs from its province directly or through a province-run group.</summary>
    /// <exception cref="KeyNotFoundException">The table does not have the code.</exception>
    public string? CityOf(string code)
    {
        var division = byCode[code];
        if (division.Level is Prefecture)
            return code;
        return division.Parent is { } parent && byCode[parent].Level is Prefecture && !IsProvinceRunGroup(parent) ? parent : null;
    }

    /// <summary>How far apart two counties are. Two districts of a municipality are within a province: their parent is one.</summary>
    /// <exception cref="KeyNotFoundException">The table does not have a code.</exception>
    public Scope ScopeOf(string one, string other)
    {
        if (one == other)
            return Scope.WithinCounty;
        if (ProvinceOf(one) != ProvinceOf(other))
            return Scope.BetweenProvinces;
        return CityOf(one) is { } city && city == CityOf(other) ? Scope.WithinCity : Scope.WithinProvince;
    }

    /// <summary>Reads <c>code,name,level,parent</c>.</summary>
    /// <exception cref="FormatException">A row is not a division or names a parent that is not there; the message names the line.</exception>
    public static Divisions ReadCsv(TextReader text)
    {
        var rows = CsvTable.Read(text, ["code", "name", "level", "parent"], row =>
        {
            var level = row.Of("level", l => l is Province or Prefecture or County);
            return new Division(row.Of("code", c => c is { Length: 6 }) ?? "", row["name"] ?? "", level ?? "", row.Of("parent", p => (level is Province) == (p is null)));
        });
        var codes = rows.Select(r => r.Code).ToHashSet();
        return rows.Find(r => r.Parent is not null && !codes.Contains(r.Parent)) is { } orphan
            ? throw new FormatException($"{orphan.Code} names a parent that is not there.")
            : new Divisions(rows);
    }

    // GB/T 2260 keeps 90 in the middle for counties that a province runs itself: a heading, not a city.
    static bool IsProvinceRunGroup(string prefecture) => prefecture.AsSpan(2, 2) is "90";
}
