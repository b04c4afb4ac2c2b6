using System.Text.RegularExpressions;

namespace ExchangeHub.UnitTests.House;

public sealed partial class PagesOfDocumentationTests
{
    [Fact]
    public void Every_link_between_pages_and_into_the_sources_leads_to_a_file()
    {
        var broken = from page in SourceFiles.In("", ".md")
                     from Match link in Links().Matches(page.Text)
                     let target = link.Groups["target"].Value
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                     let path = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, target))
                     where !File.Exists(path) && !Directory.Exists(path)
                     select $"{page.Path}: {target}";
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Both_readmes_give_the_same_commands_in_the_same_order() =>
        Commands("README.zh-CN.md").ShouldBe(Commands("README.md"));

    [Fact]
    public void Every_decision_record_has_its_number_once_and_says_what_was_wanted_tried_and_chosen()
    {
        var records = SourceFiles.In("docs/decisions/", ".md").Where(f => !f.Path.EndsWith("README.md", StringComparison.Ordinal)).ToList();
        records.Select(r => Path.GetFileName(r.Path)[..4]).ShouldBeUnique();
        foreach (var record in records)
        {
            foreach (var heading in new[] { "## Want", "## Tried", "## Choice", "## Not wanted" })
                record.Text.ShouldContain(heading, customMessage: record.Path);
        }
    }

    /// <summary>Lines of the blocks marked <c>sh</c>; comments may differ by language.</summary>
    static List<string> Commands(string page) =>
    [
        .. Blocks().Matches(File.ReadAllText(Repository.PathOf(page)))
            .SelectMany(block => block.Groups["lines"].Value.Split('\n'))
            .Select(line => line.Split(" # ")[0].TrimEnd())
            .Where(line => line.Length > 0 && line[0] != '#'),
    ];

    [GeneratedRegex(@"\]\((?<target>[^)#\s]*)(#[^)]*)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"^```sh\n(?<lines>.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blocks();
}
