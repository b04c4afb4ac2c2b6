using System.Text.RegularExpressions;

namespace ExchangeHub.UnitTests.House;

/// <summary>Rules for the text of the sources. Each failure names file and line.</summary>
public sealed class SourceRulesTests
{
    /// <summary>Where the system's clock is taken, once.</summary>
    const string RealClock = "src/ExchangeHub.Client/Clocks.cs";

    /// <summary>Where processes are put together, and so the clock is chosen: hub, node, a county's own program, the command line tool; and tests with real servers, whose timeouts are real.</summary>
    static readonly string[] CompositionRoots =
    [
        RealClock,
        "src/ExchangeHub.Hub/HubApp.cs",
        "src/ExchangeHub.Node/Members/MembersSetUp.cs",
        "src/ExchangeHub.Client/County.cs",
        "src/ExchangeHub.Cli/",
        "tests/ExchangeHub.Testing/",
        "tests/ExchangeHub.IntegrationTests/",
        "tests/ExchangeHub.BrowserTests/",
    ];

    [Fact]
    public void Nobody_reads_the_wall_clock() =>
        Found(SourceFiles.In("", ".cs", ".razor"), @"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bEnvironment\.TickCount").ShouldBeEmpty();

    [Fact]
    public void Nobody_but_a_composition_root_takes_the_system_s_clock() =>
        Found(SourceFiles.In("", ".cs", ".razor"), @"\bTimeProvider\.System\b|\bClocks\.Real\b", CompositionRoots).ShouldBeEmpty();

    [Fact]
    public void No_statement_asks_the_database_for_the_time() =>
        Found(SourceFiles.In("src/", ".cs", ".sql"), @"\b(now\(\)|current_timestamp|clock_timestamp\(|statement_timestamp\(|localtimestamp)", "src/ExchangeHub.Cli/Doctor/", "src/ExchangeHub.Hub/Clock/ClockSkew.cs").ShouldBeEmpty();

    /// <summary>Where the hub's writes need no fault in tests: an operator's own steps (schema, calendar, divisions), whole or not at all, which he repeats.</summary>
    const string OperatorsSteps = "src/ExchangeHub.Hub/Schema/";

    [Fact]
    public void The_hub_writes_only_where_tests_can_let_the_write_fail() =>
        SourceFiles.In("src/ExchangeHub.Hub/", ".cs").Where(f => !f.Path.StartsWith(OperatorsSteps, StringComparison.Ordinal))
            .SelectMany(file => Regex.Matches(file.Text, @"\.ExecuteNonQuery(Async)?\(|\btransaction\.Commit(Async)?\(", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
                .Where(write => !Passed(file.Text).Any(p => p.From < write.Index && write.Index < p.To))
                .Select(write => $"{file.Path}:{file.Text[..write.Index].Count(c => c == '\n') + 1}"))
            .ShouldBeEmpty();

    // What stands between the parentheses of each durable.DoAsync(…).
    static IEnumerable<(int From, int To)> Passed(string text)
    {
        for (var at = text.IndexOf("durable.DoAsync(", StringComparison.Ordinal); at >= 0; at = text.IndexOf("durable.DoAsync(", at + 1, StringComparison.Ordinal))
        {
            var (end, depth) = (text.IndexOf('(', at), 0);
            do
                depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
            while (depth > 0 && ++end < text.Length);
            yield return (at, end);
        }
    }

    [Fact]
    public void Tests_wait_for_what_happens_and_never_for_time_to_pass() =>
        Found(SourceFiles.In("tests/", ".cs"), @"\bThread\.Slee" + @"p\b|\bTask\.Dela" + @"y\b|\bSpinWait\b").ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_unfinished_or_switched_off() =>
        Found(SourceFiles.All, @"\bTO" + @"DO\b|\bFIX" + @"ME\b|\bHA" + @"CK\b|NotImplemented" + @"Exception|\bSki" + @"p\s*=\s*""").ShouldBeEmpty();

    [Fact]
    public void No_path_of_a_developer_s_machine_and_no_registry_s_host_is_named() =>
        Found(SourceFiles.All, @"/wor" + @"k/|/far" + @"m/|/home/\w+/|C:\\Users|api\.nu" + @"get\.org|registry\.np" + @"mjs|deb\.deb" + @"ian\.org").ShouldBeEmpty();

    [Fact]
    public void A_file_has_one_job_and_at_most_three_hundred_lines() =>
        SourceFiles.In("", ".cs", ".razor", ".sh", ".py")
            .Select(f => (f.Path, Lines: f.Text.Count(c => c == '\n')))
            .Where(f => f.Lines > 300)
            .Select(f => $"{f.Path}: {f.Lines} lines")
            .ShouldBeEmpty();

    static List<string> Found(IEnumerable<SourceFile> files, string pattern, params string[] exceptIn)
    {
        var regex = new Regex(pattern, RegexOptions.Compiled, TimeSpan.FromSeconds(1));
        return
        [
            .. from file in files
               where !Array.Exists(exceptIn, part => file.Path.StartsWith(part, StringComparison.Ordinal))
               from line in file.Lines
               where regex.IsMatch(line.Text)
               select $"{file.Path}:{line.Number}: {line.Text.Trim()}",
        ];
    }
}
