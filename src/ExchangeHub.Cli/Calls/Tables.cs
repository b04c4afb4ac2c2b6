using System.Globalization;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Contracts.Wire;
using Spectre.Console;

namespace ExchangeHub.Cli.Calls;

/// <summary>What the interfaces answer, as tables for people: codes as they stand in the interface, instants in Asia/Shanghai.</summary>
static class Tables
{
    public static IReadOnlyList<Func<JsonElement, Table>> OfExchange { get; } = [Exchange, Refused, Question, Timeline, Allowed];

    public static Table Stored(JsonElement stored)
    {
        var warnings = stored.GetProperty("warnings").EnumerateArray().Select(w => $"{w.GetProperty("code").GetString()} {w.GetProperty("field").GetString()}");
        return Terminal.Table(["exchange", "message", "case number", "warnings"],
            [[Cell(stored, "exchangeId"), Cell(stored, "messageId"), Cell(stored, "caseNumber"), string.Join("; ", warnings)]]);
    }

    public static Table Worklist(JsonElement page) => Rows(page.GetProperty("rows"), "exchangeId", "kind", "counterpart", "phase", "caseNumber", "holderNameMasked", "holderIdMasked",
        "receivedAt", "dueOn", "overdue", "acknowledged", "outcome");

    public static Table Outgoing(JsonElement page) => Rows(page.GetProperty("rows"), "messageId", "exchangeId", "kind", "to", "state", "codes", "fields", "texts", "storedAt", "receiptAt");

    /// <summary>Where a page ends: the word that brings the next one; no rows on the last.</summary>
    public static Table Next(JsonElement page) => Terminal.Table(["more rows"], Cell(page, "next") is string { Length: > 0 } next ? [[$"--after {next}"]] : []);

    public static Table Escalations(JsonElement page) => Rows(page.GetProperty("items"), "exchangeId", "unit", "counterpart", "duty", "kind", "dueOn", "escalatedAt", "stillOpen");

    public static Table FollowUp(JsonElement policy) => Members(policy, "effectiveFrom", "reminders", "escalation", "disputeWithin", "closeAfter");

    /// <summary>One line for each element of an array, one column for each member.</summary>
    public static Table Rows(JsonElement rows, params string[] members) =>
        Terminal.Table(members.Select(Words), rows.EnumerateArray().Select(row => (IReadOnlyList<object?>)[.. members.Select(m => Cell(row, m))]));

    /// <summary>One line for each member that has a value.</summary>
    public static Table Members(JsonElement of, params string[] members) =>
        Terminal.Table(["", ""], members.Select(m => (IReadOnlyList<object?>)[Words(m), Cell(of, m)]).Where(row => row[1] is not ""));

    static Table Exchange(JsonElement detail)
    {
        var table = Members(detail.GetProperty("exchange"), "id", "kind", "side", "counterpart", "phase", "caseNumber", "urgency", "reasonCode", "follows", "beganAt", "deliveredAt",
            "ackDueOn", "acknowledgedAt", "dueOn", "verifyingAt", "answeredAt", "outcome", "outcomeReason", "disputes", "disputeResult", "ruling", "mark", "escalatedAt", "endedAt",
            "endReason", "suggestedTo", "closedWhy");
        if (detail.TryGetProperty("subject", out var subject) && subject.ValueKind is JsonValueKind.Object)
            table.AddRow(new Text("person"), new Text($"{Cell(subject, "name")} {Cell(subject, "id")}"));
        if (Cell(detail, "stateOn") is string { Length: > 0 } stateOn)
            table.AddRow(new Text("state on"), new Text(stateOn));
        return table;
    }

    /// <summary>Why the hub refused the last own message; no rows where it did not.</summary>
    static Table Refused(JsonElement detail) => Terminal.Table(["refused", "codes", "fields", "texts"],
        detail.GetProperty("exchange").TryGetProperty("refused", out var refused) && refused.ValueKind is JsonValueKind.Object
            ? [[Cell(refused, "kind"), Cell(refused, "codes"), Cell(refused, "fields"), Cell(detail, "refusedTexts")]] : []);

    static Table Question(JsonElement detail) => Rows(detail.GetProperty("rows"), "field", "asked", "register", "match");

    static Table Timeline(JsonElement detail) => Rows(detail.GetProperty("timeline"), "at", "what", "actor", "code", "reasonCode", "duty", "dueOn", "note");

    static Table Allowed(JsonElement detail) => Terminal.Table(["may be done now"],
        [[string.Join(", ", detail.GetProperty("allowed").EnumerateObject().Where(a => a.Value.ValueKind is JsonValueKind.True).Select(a => Words(a.Name)))]]);

    static string Words(string member) => JsonNamingPolicy.KebabCaseLower.ConvertName(member).Replace('-', ' ');

    static object Cell(JsonElement row, string member) => !row.TryGetProperty(member, out var value) ? "" : value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => "",
        JsonValueKind.True => "yes",
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray()),
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.String when IsInstant(member) && value.TryGetDateTimeOffset(out var at) =>
            TimeZoneInfo.ConvertTime(at, WireTime.Shanghai).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    static bool IsInstant(string member) => member == "at" || member.EndsWith("At", StringComparison.Ordinal);
}
