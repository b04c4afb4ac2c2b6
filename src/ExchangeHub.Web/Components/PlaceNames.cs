namespace ExchangeHub.Web.Components;

/// <summary>One division of GB/T 2260: its code, name, and the codes above it.</summary>
public sealed record PlaceName(string Code, string Name, string Level, string? Parent);

/// <summary>Names of counties, prefectures and provinces for people to read. Never decides anything: figures take the hub's own table.</summary>
public sealed class PlaceNames
{
    readonly Dictionary<string, PlaceName> byCode;

    public PlaceNames(IEnumerable<PlaceName> divisions)
    {
        byCode = divisions.ToDictionary(d => d.Code);
        Counties = [.. byCode.Values.Where(d => d.Level == "county").OrderBy(d => d.Code, StringComparer.Ordinal)];
    }

    /// <summary>The table that ships with the release.</summary>
    public static PlaceNames BuiltIn { get; } = ReadBuiltIn();

    /// <summary>Every county, in code order.</summary>
    public IReadOnlyList<PlaceName> Counties { get; }

    /// <summary>The division's own name; its code where the table has none.</summary>
    public string NameOf(string code) => byCode.TryGetValue(code, out var found) ? found.Name : code;

    /// <summary>A county as a colleague says it: 荆州 松滋市 at home, 浙江杭州 余杭区 from another province.</summary>
    /// <param name="home">Code of the reader's own county or province; its province is not said again.</param>
    public (string Above, string Own) Short(string code, string? home = null)
    {
        if (!byCode.TryGetValue(code, out var own))
            return ("", code);
        var parent = own.Parent is { Length: > 0 } p && byCode.TryGetValue(p, out var above) ? above : null;
        var province = byCode.GetValueOrDefault(code[..2] + "0000");
        var sameProvince = home is { Length: 6 } && home[..2] == code[..2];
        var prefecture = parent is { Level: "prefecture" } && !parent.Name.Contains("直辖", StringComparison.Ordinal) ? ShortName(parent.Name) : "";
        return ((sameProvince || province is null || province == own ? "" : ShortName(province.Name)) + prefecture, own.Name);
    }

    /// <summary>The full name, province first: 浙江省杭州市余杭区.</summary>
    public string Full(string code)
    {
        var parts = new Stack<string>();
        for (var at = byCode.GetValueOrDefault(code); at is not null; at = at.Parent is { Length: > 0 } up ? byCode.GetValueOrDefault(up) : null)
            if (!at.Name.Contains("直辖", StringComparison.Ordinal))
                parts.Push(at.Name);
        return parts.Count == 0 ? code : string.Concat(parts);
    }

    /// <summary>The counties a person may have meant: by code, or by a part of a name; the best first.</summary>
    public IReadOnlyList<PlaceName> Search(string text, int limit = 20)
    {
        var wanted = text.Trim();
        if (wanted.Length == 0)
            return [];
        if (wanted.Length >= 6 && wanted[..6].All(char.IsAsciiDigit))
            return byCode.TryGetValue(wanted[..6], out var exact) && exact.Level == "county" ? [exact] : [];
        var bare = wanted.Replace(" ", "", StringComparison.Ordinal);
        return [.. Counties.Where(c => c.Code.StartsWith(bare, StringComparison.Ordinal) || Full(c.Code).Contains(bare, StringComparison.Ordinal)
                || string.Concat(Short(c.Code).Above, c.Name).Contains(bare, StringComparison.Ordinal))
            .OrderBy(c => c.Name == bare ? 0 : c.Name.StartsWith(bare, StringComparison.Ordinal) ? 1 : 2).ThenBy(c => c.Code, StringComparer.Ordinal).Take(limit)];
    }

    static readonly string[] Endings = ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "自治州", "地区", "省", "市", "盟"];
    static readonly string[] Peoples =
        ["土家族", "苗族", "藏族", "羌族", "彝族", "哈尼族", "壮族", "傣族", "景颇族", "白族", "傈僳族", "布依族", "侗族", "回族", "朝鲜族", "蒙古族", "蒙古", "柯尔克孜", "哈萨克"];

    static string ShortName(string name)
    {
        var ending = Endings.FirstOrDefault(e => name.Length > e.Length + 1 && name.EndsWith(e, StringComparison.Ordinal));
        if (ending is null)
            return name;
        var rest = name[..^ending.Length];
        while (ending == "自治州" && Peoples.FirstOrDefault(p => rest.Length > p.Length + 1 && rest.EndsWith(p, StringComparison.Ordinal)) is { } people)
            rest = rest[..^people.Length];
        return rest;
    }

    static PlaceNames ReadBuiltIn()
    {
        using var stream = typeof(PlaceNames).Assembly.GetManifestResourceStream("divisions.csv")!;
        using var reader = new StreamReader(stream);
        var rows = new List<PlaceName>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
            if (line.Split(',') is { Length: >= 4 } cells)
                rows.Add(new PlaceName(cells[0], cells[1], cells[2], cells[3]));
        return new PlaceNames(rows);
    }
}
