using System.Globalization;
using System.Text.RegularExpressions;

namespace ExchangeHub.UnitTests.House;

/// <summary>docs/message-path.md says what the code does.</summary>
public sealed partial class MessagePathTests
{
    const string Page = "docs/message-path.md";
    const int FilesMax = 6;

    sealed record Step(int Number, string File, string Member, int? From, string By)
    {
        public string Text { get; } = System.IO.File.ReadAllText(Repository.PathOf(File));
    }

    static readonly IReadOnlyList<Step> Steps =
    [
        .. Rows().Matches(File.ReadAllText(Repository.PathOf(Page))).Select(row => new Step(
            int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture), row.Groups["file"].Value, row.Groups["member"].Value,
            int.TryParse(row.Groups["from"].Value, CultureInfo.InvariantCulture, out var from) ? from : null, row.Groups["by"].Value)),
    ];

    [Fact]
    public void The_way_is_written_in_order_and_crosses_at_most_six_files()
    {
        Steps.Select(s => s.Number).ShouldBe(Enumerable.Range(1, Steps.Count));
        Steps.Count.ShouldBeGreaterThan(1);
        Steps.Select(s => s.File).Distinct().Count().ShouldBeLessThanOrEqualTo(FilesMax);
    }

    [Fact]
    public void Every_step_s_file_declares_its_member()
    {
        foreach (var step in Steps)
        {
            // A declaration: a type or `>` before the name, so that a mere call does not count.
            Regex.IsMatch(step.Text, $@"[\w>\])?] {Regex.Escape(step.Member)}\(", RegexOptions.None, TimeSpan.FromSeconds(1))
                .ShouldBeTrue($"{step.File} does not declare {step.Member}");
        }
    }

    [Fact]
    public void Every_step_is_reached_from_an_earlier_one_by_the_words_given()
    {
        Steps[0].From.ShouldBeNull();
        foreach (var step in Steps.Skip(1))
        {
            step.From.ShouldNotBeNull();
            step.From.Value.ShouldBeLessThan(step.Number);
            Steps[step.From.Value - 1].Text.ShouldContain(step.By, customMessage: $"step {step.Number}");
        }
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| `(?<file>[^`]+)` \| `(?<member>\w+)` \| (?<from>[^|]*?) \| (`(?<by>[^`]+)` )?\|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rows();
}
