using System.Text.Json;

namespace ExchangeHub.Contracts.Wire;

/// <summary>Reads the members of one flat JSON object and notes what is missing or ill-formed, by JSON Pointer, never by value.</summary>
public sealed class MemberReader(JsonElement element, string pointer)
{
    readonly List<Refusal> refusals = [];

    public IReadOnlyList<Refusal> Refusals => refusals;

    public bool Failed => refusals.Count > 0;

    public bool Has(string member) => element.TryGetProperty(member, out _);

    public void Refuse(string code, string member) => Add(new Refusal(code, $"{pointer}/{member}"));

    /// <summary>An unknown member is named by its parent: its own name may say something.</summary>
    public void RefuseParent() => Add(new Refusal(RefusalCodes.MemberUnknown, pointer));

    public void Require(string member)
    {
        if (!Has(member))
            Refuse(RefusalCodes.MemberMissing, member);
    }

    public string? Text(string member, Func<string, bool> form) => Has(member) ? OptionalText(member, form) : Missing<string>(member);

    public string? OptionalText(string member, Func<string, bool> form)
    {
        if (!element.TryGetProperty(member, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && form(text))
            return text;
        Refuse(RefusalCodes.MemberInvalid, member);
        return null;
    }

    public int? Number(string member, int min = 0)
    {
        if (!element.TryGetProperty(member, out var value))
        {
            Refuse(RefusalCodes.MemberMissing, member);
            return null;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min)
            return number;
        Refuse(RefusalCodes.MemberInvalid, member);
        return null;
    }

    public Guid Uuid(string member) => Has(member) ? OptionalUuid(member) ?? default : Missing<Guid>(member);

    public Guid? OptionalUuid(string member) => OptionalText(member, Party.IsUuid) is { } text ? Guid.ParseExact(text, "D") : null;

    public DateTimeOffset Time(string member) => Has(member) ? OptionalTime(member) ?? default : Missing<DateTimeOffset>(member);

    public DateTimeOffset? OptionalTime(string member) =>
        OptionalText(member, t => WireTime.TryParse(t, out _)) is { } text && WireTime.TryParse(text, out var at) ? at : null;

    public DateOnly? OptionalDay(string member) =>
        OptionalText(member, t => WireTime.TryParseDay(t, out _)) is { } text && WireTime.TryParseDay(text, out var on) ? on : null;

    public bool Mark(string member)
    {
        if (!element.TryGetProperty(member, out var value))
            return false;
        if (value.ValueKind == JsonValueKind.True)
            return true;
        Refuse(RefusalCodes.MemberInvalid, member);
        return false;
    }

    T? Missing<T>(string member)
    {
        Refuse(RefusalCodes.MemberMissing, member);
        return default;
    }

    void Add(Refusal refusal)
    {
        if (!refusals.Contains(refusal))
            refusals.Add(refusal);
    }
}
