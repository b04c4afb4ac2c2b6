using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace ExchangeHub.UnitTests.House;

/// <summary>Which folder may know which: read from the compiled types, closures and state machines included.</summary>
public sealed partial class FolderArrowsTests
{
    static readonly Architecture Compiled = new ArchLoader().LoadAssemblies(Load("ExchangeHub.Hub"), Load("ExchangeHub.Node")).Build();

    [Fact]
    public void The_core_that_decides_reaches_no_database_broker_web_or_clock_not_even_through_others()
    {
        var reached = Reachable(InFolder(@"^ExchangeHub\.Hub\.Exchanges(\.|$)"));
        reached.Where(t => Machinery().IsMatch(t.FullName)).Select(t => t.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void The_core_that_decides_knows_of_the_hub_only_the_deadlines()
    {
        var known = InFolder(@"^ExchangeHub\.Hub\.Exchanges(\.|$)").SelectMany(Targets).Where(t => t.FullName.StartsWith("ExchangeHub.", StringComparison.Ordinal));
        known.Select(t => t.Namespace.FullName).Distinct().ShouldBeSubsetOf(
            ["ExchangeHub.Hub.Exchanges", "ExchangeHub.Hub.Deadlines", "ExchangeHub.Contracts", "ExchangeHub.Contracts.Wire"]);
    }

    [Fact]
    public void Pages_know_queries_and_never_tables()
    {
        var pages = InFolder(@"^ExchangeHub\.(Hub\.Monitor|Node\.Workbench)(\.|$)").ToList();
        pages.ShouldNotBeEmpty();
        pages.Where(p => Targets(p).Any(t => Tables().IsMatch(t.FullName))).Select(p => p.FullName).ShouldBeEmpty();
    }

    static System.Reflection.Assembly Load(string name) => System.Reflection.Assembly.Load(name);

    static IEnumerable<IType> InFolder(string pattern) => Compiled.Types.Where(t => Regex.IsMatch(t.Namespace.FullName, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));

    static IEnumerable<IType> Targets(IType type) => type.Dependencies.Select(d => d.Target).Where(t => t != type);

    static HashSet<IType> Reachable(IEnumerable<IType> from)
    {
        var reached = new HashSet<IType>(from);
        var open = new Queue<IType>(reached);
        while (open.TryDequeue(out var type))
        {
            foreach (var target in Targets(type).Where(reached.Add))
                open.Enqueue(target);
        }
        return reached;
    }

    [GeneratedRegex(@"^(Npgsql|Marten|Weasel|JasperFx|RabbitMQ|Microsoft\.AspNetCore|Microsoft\.Extensions|System\.Net\.Http|System\.TimeProvider|System\.IO\.File)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Machinery();

    [GeneratedRegex(@"^(Npgsql|Marten|Weasel|JasperFx|System\.Data)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tables();
}
