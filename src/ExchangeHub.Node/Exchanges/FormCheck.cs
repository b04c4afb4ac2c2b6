using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Checks texts of a form or an HTTP body; blank means left out. Every fault is named by code and field.</summary>
sealed class FormCheck
{
    readonly List<Refusal> errors = [];
    readonly List<Refusal> warnings = [];

    public IReadOnlyList<Refusal> Errors => errors;

    /// <summary>What is worth a look and blocks nothing.</summary>
    public IReadOnlyList<Refusal> Warnings => warnings;

    public void Refuse(string code, string field) => errors.Add(new(code, field));

    public string? Text(string field, string? value, Func<string, bool> form)
    {
        if (string.IsNullOrWhiteSpace(value))
            Refuse(RefusalCodes.MemberMissing, field);
        return Optional(field, value, form);
    }

    public string? Optional(string field, string? value, Func<string, bool> form)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        var trimmed = value.Trim();
        if (form(trimmed))
            return trimmed;
        Refuse(RefusalCodes.MemberInvalid, field);
        return null;
    }

    public DateOnly? Day(string field, string? value) =>
        Optional(field, value, v => WireTime.TryParseDay(v, out _)) is { } text && WireTime.TryParseDay(text, out var on) ? on : null;

    public string? Note(string? value)
    {
        if (TextBounds.IsNote(value?.Trim()))
            return Optional("/content/note", value, v => !v.Contains('\0'));
        Refuse(RefusalCodes.TooLarge, "/content/note"); // it says what to do: shorten it
        return null;
    }

    /// <summary>The county addressed: another one than the own.</summary>
    public string? To(string? value, string own)
    {
        var to = Text("/header/to", value, Party.IsCounty);
        if (to == own)
            Refuse(RefusalCodes.ReceiverUnknown, "/header/to");
        return to;
    }

    /// <summary>A resident number. A wrong check digit warns: old numbers with known faults are in use.</summary>
    public string ResidentNumber(string field, string? value)
    {
        var id = Text(field, value, IsShort) ?? "";
        if (Register.RegisterEntry.KeyOf(id) is { Length: 18 } key && !ResidentId.CheckDigitHolds(key))
            warnings.Add(new(NodeCodes.CheckDigitWrong, field));
        return id;
    }

    public static bool IsShort(string value) => TextBounds.IsShort(value) && !value.Any(char.IsControl);
}
