using System.Xml.Linq;

namespace ExchangeHub.UnitTests.House;

/// <summary>Which project may know which: read from the project files themselves.</summary>
public sealed class ProjectArrowsTests
{
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ExchangeHub.Contracts"] = [],
        ["ExchangeHub.Client"] = ["ExchangeHub.Contracts"],
        ["ExchangeHub.Web"] = ["ExchangeHub.Contracts"],
        ["ExchangeHub.Hub"] = ["ExchangeHub.Client", "ExchangeHub.Web"],
        ["ExchangeHub.Node"] = ["ExchangeHub.Client", "ExchangeHub.Web"],
        ["ExchangeHub.Cli"] = ["ExchangeHub.Hub", "ExchangeHub.Node"],
        ["FirstRequest"] = ["ExchangeHub.Client"],
        ["ExchangeHub.Testing"] = ["ExchangeHub.Cli"],
        ["ExchangeHub.UnitTests"] = ["ExchangeHub.Testing"],
        ["ExchangeHub.IntegrationTests"] = ["ExchangeHub.Testing", "FirstRequest"],
        ["ExchangeHub.BrowserTests"] = ["ExchangeHub.Testing"],
    };

    public static TheoryData<string> Projects => [.. SourceFiles.In("", ".csproj").Select(f => f.Path).Where(p => !p.StartsWith("deploy/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_knows_only_those_below_it(string path)
    {
        var known = Included(path, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/')));
        known.ShouldBeSubsetOf(Allowed[Path.GetFileNameWithoutExtension(path)]);
    }

    [Fact]
    public void The_contracts_need_no_package_at_all() =>
        Included("contracts/ExchangeHub.Contracts/ExchangeHub.Contracts.csproj", "PackageReference").ShouldBeEmpty();

    [Theory]
    [InlineData("MassTransit")] // 9 is commercial, 8 ends: docs/decisions/0001
    [InlineData("PDFsharp")] // AGPL
    [InlineData("Hangfire")] // LGPL
    [InlineData("JsonSchema.Net")] // fee
    [InlineData("SonarAnalyzer")]
    [InlineData("NBomber")]
    public void Packages_whose_licence_does_not_fit_stay_out(string name) =>
        SourceFiles.All.Single(f => f.Path == "Directory.Packages.props").Text.ShouldNotContain($"\"{name}");

    static IEnumerable<string> Included(string path, string item) =>
        XDocument.Load(Repository.PathOf(path)).Descendants(item).Select(r => (string)r.Attribute("Include")!);
}
