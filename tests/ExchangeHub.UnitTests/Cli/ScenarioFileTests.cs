using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using NJsonSchema;
using Shouldly;

namespace ExchangeHub.UnitTests.Cli;

public sealed class ScenarioFileTests
{
    const string Good = """
        {
          "name": "two", "about": "Two counties.", "startAt": "2026-02-02T08:00", "counties": ["330106", "420581"],
          "register": { "420581": 3 },
          "steps": [
            { "do": "ask", "at": "2026-02-02T09:00", "from": "330106", "to": "420581", "count": 2, "as": "asked", "reason": "RoutineCheck" },
            { "do": "reply", "at": "2026-02-03T09:00:30", "of": "asked", "count": 1 },
            { "do": "ask", "at": "2026-02-04T09:00", "from": "330106", "to": "420581", "kind": "inflow-notice", "as": "told", "follows": "asked" },
            { "do": "extend", "at": "2026-02-05T09:00", "of": "asked", "skip": 1, "workingDays": 3, "reason": "VisitNeeded", "refused": "WindowOver" },
            { "do": "resend", "at": "2026-02-05T10:00", "of": "asked", "skip": 1, "as": "again" }
          ],
          "expect": [{ "indicator": "feedback_rate", "county": "420581", "month": "2026-02", "numerator": 1, "denominator": 2 }],
          "exchanges": [{ "of": "again", "phase": "Open", "dueOn": "2026-02-25", "facts": ["opened"] }]
        }
        """;

    public static TheoryData<string> Shipped => [.. Directory.GetFiles(ShippedFiles.PathOf("scenarios"), "*.json").Where(f => !f.EndsWith("schema.json", StringComparison.Ordinal))
        .Select(f => Path.GetFileName(f)!)];

    [Fact]
    public void A_clock_time_in_a_scenario_is_Shanghai_time()
    {
        var scenario = ScenarioFile.Parse(Good);
        scenario.StartAt.At.ShouldBe(new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero));
        scenario.Steps[1].At.ToString().ShouldBe("2026-02-03T09:00:30");
        scenario.Steps[0].ShouldBeOfType<AskStep>().Count.ShouldBe(2);
    }

    [Fact]
    public void The_last_microsecond_of_a_day_is_read_as_it_stands()
    {
        LocalInstant.TryParse("2026-02-28T23:59:59.999999", out var instant).ShouldBeTrue();
        instant.At.ShouldBe(new DateTimeOffset(2026, 2, 28, 16, 0, 0, TimeSpan.Zero) - TimeSpan.FromMicroseconds(1));
        instant.ToString().ShouldBe("2026-02-28T23:59:59.999999");
    }

    [Theory]
    [InlineData("\"about\": \"Two counties.\"", "\"aboot\": \"x\"", "/aboot")]
    [InlineData("\"about\": \"Two counties.\", ", "", "/")]
    [InlineData("\"2026-02-02T08:00\"", "\"2 February\"", "/startAt")]
    [InlineData("[\"330106\", \"420581\"]", "[\"330106\", \"4205\"]", "/counties/1")]
    [InlineData("{ \"420581\": 3 }", "{ \"510104\": 3 }", "/register/510104")]
    [InlineData("\"do\": \"ask\"", "\"do\": \"shout\"", "/steps/0")]
    [InlineData("\"do\": \"ask\", ", "", "/steps/0")]
    [InlineData("\"from\": \"330106\"", "\"from\": \"510104\"", "/steps/0/from")]
    [InlineData("\"to\": \"420581\"", "\"to\": \"330106\"", "/steps/0/to")]
    [InlineData("\"count\": 2", "\"count\": 0", "/steps/0/count")]
    [InlineData("\"count\": 2", "\"count\": \"two\"", "/steps/0/count")]
    [InlineData("\"reason\": \"RoutineCheck\"", "\"reason\": \"Curiosity\"", "/steps/0/reason")]
    [InlineData("\"2026-02-03T09:00:30\"", "\"2026-02-01T09:00\"", "/steps/1/at")]
    [InlineData("\"of\": \"asked\"", "\"of\": \"another\"", "/steps/1/of")]
    [InlineData("\"count\": 1 }", "\"count\": 3 }", "/steps/1/count")]
    [InlineData("\"kind\": \"inflow-notice\"", "\"kind\": \"dispute\"", "/steps/2/kind")]
    [InlineData("\"kind\": \"inflow-notice\"", "\"kind\": \"inflow-notice\", \"reason\": \"Other\"", "/steps/2/reason")]
    [InlineData("\"follows\": \"asked\"", "\"follows\": \"another\"", "/steps/2/follows")]
    [InlineData("\"follows\": \"asked\"", "\"supersedes\": true", "/steps/2/supersedes")]
    [InlineData("\"follows\": \"asked\"", "\"refused\": \"LimitReached\"", "/steps/2/as")]
    [InlineData("\"workingDays\": 3", "\"workingDays\": 31", "/steps/3/workingDays")]
    [InlineData("\"workingDays\": 3, ", "", "/steps/3")]
    [InlineData("\"reason\": \"VisitNeeded\"", "\"reason\": \"RoutineCheck\"", "/steps/3/reason")]
    [InlineData("\"WindowOver\"", "\"TooBad\"", "/steps/3/refused")]
    [InlineData("\"as\": \"again\"", "\"as\": \"told\"", "/steps/4/as")]
    [InlineData("\"of\": \"again\"", "\"of\": \"nobody\"", "/exchanges/0/of")]
    [InlineData("\"phase\": \"Open\"", "\"phase\": \"Ajar\"", "/exchanges/0/phase")]
    [InlineData("[\"opened\"]", "[]", "/exchanges/0/facts")]
    [InlineData("\"count\": 1 }", "\"outcome\": \"PersonNotFound\" }", "/steps/1/reason")]
    [InlineData("\"feedback_rate\"", "\"happiness\"", "/expect/0/indicator")]
    [InlineData("\"month\": \"2026-02\", ", "", "/expect/0/month")]
    [InlineData("\"2026-02\",", "\"2026-13\",", "/expect/0/month")]
    [InlineData(", \"denominator\": 2", "", "/expect/0/denominator")]
    public void A_faulty_member_is_named_by_its_place(string good, string bad, string path)
    {
        Good.ShouldContain(good);
        Should.Throw<ScenarioFileException>(() => ScenarioFile.Parse(Good.Replace(good, bad, StringComparison.Ordinal))).Message.ShouldStartWith(path + ":");
    }

    [Theory]
    [InlineData("\"about\": \"Two counties.\"", "\"about\": \"Two counties.\", \"aboot\": 1", "/aboot: there is no such member")]
    [InlineData("\"count\": 2", "\"count\": \"two\"", "/steps/0/count: must be a value of another type")]
    [InlineData("\"about\": \"Two counties.\", ", "", "/: lacks 'about'")]
    public void What_is_wrong_is_said_without_the_names_of_types(string good, string bad, string said) =>
        Should.Throw<ScenarioFileException>(() => ScenarioFile.Parse(Good.Replace(good, bad, StringComparison.Ordinal))).Message.ShouldBe(said);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"name\":")]
    public void What_is_no_scenario_at_all_is_said_so(string text) =>
        Should.Throw<ScenarioFileException>(() => ScenarioFile.Parse(text));

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task What_ships_is_readable_and_follows_the_schema(string file)
    {
        var text = await File.ReadAllTextAsync(ShippedFiles.PathOf(Path.Combine("scenarios", file)), TestContext.Current.CancellationToken);
        ScenarioFile.Parse(text).Name.ShouldBe(Path.GetFileNameWithoutExtension(file));
        var schema = await SchemaAsync();
        schema.Validate(text).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"do\": \"ask\"", "\"do\": \"shout\"")]
    [InlineData("\"count\": 2", "\"count\": 0")]
    [InlineData("\"reason\": \"RoutineCheck\"", "\"reason\": \"Curiosity\"")]
    [InlineData("\"startAt\": \"2026-02-02T08:00\", ", "")]
    [InlineData("\"about\":", "\"aboot\":")]
    [InlineData("\"kind\": \"inflow-notice\"", "\"kind\": \"dispute\"")]
    [InlineData("\"workingDays\": 3", "\"workingDays\": 31")]
    [InlineData("\"phase\": \"Open\"", "\"phase\": \"Ajar\"")]
    public async Task The_schema_refuses_what_the_reader_refuses(string good, string bad)
    {
        var schema = await SchemaAsync();
        schema.Validate(Good).ShouldBeEmpty();
        schema.Validate(Good.Replace(good, bad, StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Invented_people_have_valid_check_digits()
    {
        // The example number that circulates with the standard.
        InventedPerson.CheckDigit("11010519491231002").ShouldBe('X');
        var ids = Enumerable.Range(0, 1_000).Select(n => InventedPerson.Of("330106", n)).ToList();
        ids.ShouldAllBe(p => p.HolderId.Length == 18 && p.HolderId[17] == InventedPerson.CheckDigit(p.HolderId));
        ids.Select(p => p.HolderId).Distinct().Count().ShouldBe(1_000);
        InventedPerson.Of("330106", 7).ShouldBe(InventedPerson.Of("330106", 7));
    }

    [Theory]
    [InlineData("kind", "ask")]
    [InlineData("outcome", "reply")]
    [InlineData("reason", "reply")]
    [InlineData("status", "reply")]
    [InlineData("reason", "extend")]
    [InlineData("decision", "decide")]
    [InlineData("reason", "return")]
    [InlineData("reason", "contest")]
    [InlineData("reason", "withdraw")]
    [InlineData("mark", "confirm")]
    [InlineData("reason", "dispute")]
    [InlineData("outcome", "rule")]
    public async Task The_schema_lists_the_codes_of_the_contracts(string member, string act)
    {
        IReadOnlyList<string> codes = (act, member) switch
        {
            ("ask", _) => [.. Kinds.Submitted.Values.Where(k => k.Opens).Select(k => k.Kind)],
            ("reply", "outcome") => Codes.Outcomes,
            ("reply", "reason") => Codes.ReplyReasons,
            ("reply", _) => Codes.RegisterStatuses,
            ("extend", _) => Codes.ExtensionReasons,
            ("decide", _) => Codes.Decisions,
            ("return", _) => Codes.ReturnReasons,
            ("contest", _) => Codes.ContestReasons,
            ("withdraw", _) => Codes.WithdrawalReasons,
            ("confirm", _) => Codes.Marks,
            ("dispute", _) => Codes.DisputeReasons,
            _ => Codes.RulingOutcomes,
        };
        (await SchemaAsync()).Definitions[act].Properties[member].Enumeration.Select(e => (string)e!).ShouldBe(codes, ignoreOrder: true);
    }

    static Task<JsonSchema> SchemaAsync() =>
        JsonSchema.FromFileAsync(ShippedFiles.PathOf("scenarios/scenario.schema.json"), TestContext.Current.CancellationToken);
}
