using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>A scenario file is not as it must be.</summary>
/// <param name="path">JSON Pointer of the member at fault.</param>
public sealed class ScenarioFileException(string path, string problem) : Exception($"{(path.Length == 0 ? "/" : path)}: {problem}")
{
    public string Path { get; } = path;
}

/// <summary>Reads scenarios, strictly: an unknown member or a name that nothing carries is an error with its place.</summary>
public static partial class ScenarioFile
{
    /// <summary>Questions of one step; more belong into a load test.</summary>
    public const int CountMax = 5_000;

    static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    static readonly string[] Counts = ["overdue_open", "sent", "received"];
    static readonly string[] Rates = ["feedback_rate", "due_feedback_rate", "timeliness_rate", "receipt_rate"];
    static readonly string[] Openings = [.. Kinds.Submitted.Values.Where(k => k.Opens).Select(k => k.Kind)];
    static readonly string[] Scopes = ["WithinCounty", "WithinCity", "WithinProvince", "BetweenProvinces"];

    /// <exception cref="ScenarioFileException">With the pointer of the faulty member.</exception>
    public static async Task<Scenario> ReadAsync(string file, CancellationToken cancel = default) => Parse(await File.ReadAllTextAsync(file, cancel));

    /// <exception cref="ScenarioFileException">With the pointer of the faulty member.</exception>
    public static Scenario Parse(string json)
    {
        Scenario scenario;
        try
        {
            scenario = JsonSerializer.Deserialize<Scenario>(json, Strict) ?? throw new ScenarioFileException("", "must be an object");
        }
        catch (JsonException e)
        {
            throw new ScenarioFileException(Pointer(e.Path), Problem(e));
        }
        catch (NotSupportedException e) // a step without "do": the type to build is unknown
        {
            throw new ScenarioFileException(Pointer(PathAtEnd().Match(e.Message).Groups[1].Value), "must say what to do");
        }
        Check(scenario);
        return scenario;
    }

    static void Check(Scenario s)
    {
        for (var i = 0; i < s.Counties.Count; i++)
            Require(Party.IsCounty(s.Counties[i]) && s.Counties.Take(i).All(c => c != s.Counties[i]), $"/counties/{i}", "must be a six-digit code, named once");
        foreach (var (county, count) in s.Register ?? new Dictionary<string, int>())
            Require(s.Counties.Contains(county) && count is >= 1 and <= CountMax, $"/register/{county}", $"must be 1 to {CountMax} entries of a county above");

        var asked = new Dictionary<string, int>();
        var clock = s.StartAt;
        for (var i = 0; i < s.Steps.Count; i++)
        {
            var at = $"/steps/{i}";
            Require(s.Steps[i].At >= clock, at + "/at", $"must not be before {clock}");
            clock = s.Steps[i].At;
            CheckStep(s, s.Steps[i], at, asked);
        }
        for (var i = 0; i < s.Expect.Count; i++)
            CheckExpectation(s, s.Expect[i], $"/expect/{i}");
        for (var i = 0; i < s.Exchanges.Count; i++)
            CheckExchange(s.Exchanges[i], $"/exchanges/{i}", asked);
        for (var i = 0; i < s.Reports.Count; i++)
            Require(s.Counties.Contains(s.Reports[i].County), $"/reports/{i}/county", "must be a county above");
    }

    static void CheckStep(Scenario s, Step step, string at, Dictionary<string, int> asked)
    {
        if (step is ExchangeStep { Refused: { } code })
            Require(RefusalCodes.All.Contains(code) || NodeCodes.All.Contains(code), at + "/refused", "must be a refusal's code");
        switch (step)
        {
            case AskStep ask:
                CheckAsk(s, ask, at, asked);
                break;
            case ActStep act:
                Require(asked.TryGetValue(act.Of, out var known), at + "/of", "no earlier step asks under this name");
                Require(act.Skip >= 0 && act.Skip < known, at + "/skip", $"must be 0 to {known - 1}");
                Require(act.Count is null || (act.Count >= 1 && act.Skip + act.Count <= known), at + "/count", $"only {known} were asked");
                act.Check(at);
                if (act is ResendStep { As: { } again })
                    Name(again, act.Count ?? known - act.Skip, act, at, asked);
                break;
            case SignInStep { From: var county }:
                Require(s.Counties.Contains(county), at + "/from", "must be a county above");
                break;
            case ReportStep report:
                Require(s.Counties.Contains(report.From), at + "/from", "must be a county above");
                Require(report.On <= WireTime.DayOf(report.At.At), at + "/on", "must not be a day to come");
                break;
            case CalendarStep calendar:
                Require(calendar.Days.Count > 0, at + "/days", "must hold the year's days");
                for (var d = 0; d < calendar.Days.Count; d++)
                    Require(calendar.Days[d].Kind is "holiday" or "workday", $"{at}/days/{d}/kind", "must be holiday or workday");
                break;
        }
    }

    static void CheckAsk(Scenario s, AskStep ask, string at, Dictionary<string, int> asked)
    {
        Require(s.Counties.Contains(ask.From), at + "/from", "must be a county above");
        Require(s.Counties.Contains(ask.To) && ask.To != ask.From, at + "/to", "must be another county above");
        RequireCode(ask.Kind, Openings, at + "/kind");
        Require(ask.Count is >= 1 and <= CountMax, at + "/count", $"must be 1 to {CountMax}");
        var notice = Kinds.IsNotice(ask.Kind);
        if (ask.Follows is not null)
            Require(asked.TryGetValue(ask.Follows, out var followed) && followed >= ask.Count, at + "/follows", "no earlier step opened so many under this name");
        Require(!ask.Supersedes || (notice && ask.Follows is not null), at + "/supersedes", "only a notice, and only one that follows another");
        Require(ask.Reason is null || !notice, at + "/reason", "a notice has none");
        RequireCode(ask.Reason ?? Codes.RequestReasons[0], Codes.RequestReasons, at + "/reason");
        Require(!ask.Urgent || !notice, at + "/urgent", "a notice is never urgent");
        Require(!ask.OnFile || (!notice && s.Register?.GetValueOrDefault(ask.To) >= ask.Count), at + "/onFile", "the receiver's register holds fewer entries");
        Require(ask.StateOn is null || ask.Kind == Kinds.AssistanceCheckRequest, at + "/stateOn", "only an assistance check has one");
        if (ask.As is { } name)
            Name(name, ask.Count, ask, at, asked);
    }

    static void Name(string name, int count, ExchangeStep step, string at, Dictionary<string, int> asked)
    {
        Require(step.Refused is null, at + "/as", "what is refused opens nothing");
        Require(asked.TryAdd(name, count), at + "/as", "is taken by an earlier step");
    }

    static void CheckExchange(ExchangeExpectation e, string at, Dictionary<string, int> asked)
    {
        Require(asked.TryGetValue(e.Of, out var known), at + "/of", "no step asks under this name");
        Require(e.Skip >= 0 && e.Skip < known, at + "/skip", $"must be 0 to {known - 1}");
        RequireCode(e.Status ?? Codes.RegisterValid, Codes.RegisterStatuses, at + "/status");
        Require(e.Facts.Count > 0, at + "/facts", "must begin with opened");
    }

    static void CheckExpectation(Scenario s, Expectation e, string at)
    {
        Require(Counts.Contains(e.Indicator) || Rates.Contains(e.Indicator), at + "/indicator", "must be one of " + string.Join(", ", [.. Rates, .. Counts]));
        Require(s.Counties.Contains(e.County), at + "/county", "must be a county above");
        Require(e.Month is null ? e.Indicator == "overdue_open" : MonthForm().IsMatch(e.Month), at + "/month", "must be a month such as 2026-02");
        Require(e.Scope is null || Scopes.Contains(e.Scope), at + "/scope", "must be one of " + string.Join(", ", Scopes));
        RequireCode(e.Reason ?? Codes.RequestReasons[0], Codes.RequestReasons, at + "/reason");
        Require(e.Denominator is null == Counts.Contains(e.Indicator), at + "/denominator", "rates have one, counts have none");
        Require(e.AsOf is null || e.AsOf >= s.StartAt, at + "/asOf", $"must not be before {s.StartAt}");
    }

    internal static void RequireCode(string code, IReadOnlyList<string> list, string path) => Require(list.Contains(code), path, "must be one of " + string.Join(", ", list));

    internal static void Require([DoesNotReturnIf(false)] bool holds, string path, string problem)
    {
        if (!holds)
            throw new ScenarioFileException(path, problem);
    }

    /// <summary>The library's <c>$.steps[3].count</c> as a JSON Pointer.</summary>
    static string Pointer(string? path) => path is null ? "" : PathPart().Replace(path, m => "/" + m.Groups[1].Value + m.Groups[2].Value + m.Groups[3].Value)[1..];

    // Two of the library's sentences name our types or nothing that a writer of scenarios knows.
    static string Problem(JsonException e) => e.Message.Split(" Path:")[0] switch
    {
        var text when text.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) => "there is no such member",
        var text when text.StartsWith("The JSON value could not be converted to", StringComparison.Ordinal) => "must be a value of another type",
        var text when text.StartsWith("JSON deserialization for type", StringComparison.Ordinal) && Missing().Match(text) is { Success: true } missing => $"lacks {missing.Groups[1].Value}",
        var text => text,
    };

    [GeneratedRegex(@"\.([^.\[\]]+)|\[(\d+)\]|\['([^']*)'\]")] private static partial Regex PathPart();
    [GeneratedRegex("properties[^:]*: (.*?)\\.?$")] private static partial Regex Missing();
    [GeneratedRegex(@"Path: (\$\S*)")] private static partial Regex PathAtEnd();
    [GeneratedRegex(@"\A\d{4}-(0[1-9]|1[0-2])\z")] private static partial Regex MonthForm();
}
