using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.UnitTests.Web;

/// <summary>Both languages say everything.</summary>
public sealed partial class TextsTests
{
    static readonly Dictionary<string, string> Chinese = Read("Texts.resx");
    static readonly Dictionary<string, string> English = Read("Texts.en.resx");

    [Fact]
    public void Both_languages_have_the_same_keys_and_none_is_empty()
    {
        English.Keys.Except(Chinese.Keys).ShouldBeEmpty();
        Chinese.Keys.Except(English.Keys).ShouldBeEmpty();
        Chinese.Concat(English).Where(t => t.Value.Length == 0).ShouldBeEmpty();
    }

    [Fact]
    public void Both_languages_fill_the_same_places() =>
        Chinese.Keys.Where(k => !Places(Chinese[k]).SetEquals(Places(English[k]))).ShouldBeEmpty();

    [Fact]
    public void Every_code_of_the_closed_lists_has_a_word()
    {
        (string List, IEnumerable<string> Codes)[] lists =
        [
            ("RequestReason", Codes.RequestReasons), ("ReplyReason", Codes.ReplyReasons), ("ReturnReason", Codes.ReturnReasons), ("WithdrawalReason", Codes.WithdrawalReasons),
            ("ContestReason", Codes.ContestReasons), ("DisputeReason", Codes.DisputeReasons), ("ExtensionReason", Codes.ExtensionReasons), ("DecisionReason", Codes.DecisionReasons),
            ("Satisfaction", Codes.Marks), ("Decision", Codes.Decisions), ("RulingOutcome", Codes.RulingOutcomes), ("ClosureCause", Codes.ClosureCauses), ("CheckItem", Codes.CheckItems),
            ("Outcome", Codes.Outcomes), ("OutcomeHint", Codes.Outcomes), ("CertificateType", Codes.CertificateTypes), ("Purpose", Codes.Purposes), ("LegalBasis", Codes.LegalBases),
            ("RegisterStatus", Codes.RegisterStatuses), ("County.Ended", Codes.CountyStatuses.Where(s => s != CountyStatuses.Active)), ("FieldMatch", Codes.FieldMatches), ("Cause", Codes.DueChangeCauses), ("Urgency", Codes.Urgencies),
            ("Field", Kinds.Submitted.Keys.SelectMany(AskedFields.Of)), ("Kind", Kinds.Submitted.Keys),
            ("Kind", [Kinds.Reminder, Kinds.Overdue, Kinds.Escalation, Kinds.DueChange, Kinds.Closure, Kinds.Ruling, Kinds.RegistryChange]), ("Duty", [Duties.Acknowledgement, Duties.Feedback]), ("Role", ExchangeHub.Web.Accounts.Roles.All),
            ("Phase", Enum.GetNames<ExchangeHub.Node.Exchanges.NodePhase>()), ("Problem", ExchangeHub.Node.Exchanges.NodeCodes.All),
            ("HubPhase", Enum.GetNames<ExchangeHub.Contracts.Phase>()), ("Scope", Enum.GetNames<ExchangeHub.Hub.Deadlines.Scope>()),
            ("Indicator", ExchangeHub.Hub.Rates.Indicators.All.Select(i => i.Id)), ("Fact", ExchangeHub.Hub.Exchanges.ExchangeEvent.Stored.Select(s => s.Name)),
            ("Timeline", Enum.GetNames<ExchangeHub.Node.Exchanges.TimelineWhat>()),
            ("RecordMatch", ExchangeHub.Node.Movements.RecordMatches.All), ("MovementState", ExchangeHub.Node.Movements.MovementStates.All),
        ];
        Missing(lists.SelectMany(l => l.Codes.Select(c => $"{l.List}.{c}"))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_code_of_a_problem_has_a_text()
    {
        var codes = SourceFiles.In("src/", ".cs").SelectMany(f => ProblemCode().Matches(f.Text).Select(m => m.Groups[1].Value + m.Groups[2].Value)).Distinct()
            .Concat([SealException.RegistryTooOld, SealException.RegistryFraud, SealException.OwnEntryWrong]).ToList();
        codes.ShouldContain("NothingToReplay");
        Missing(codes.Except(RefusalCodes.All).Select(c => $"Problem.{c}")).ShouldBeEmpty();
    }

    /// <summary>"The Reply of ..." would be a capital in the middle of a sentence.</summary>
    [Theory, InlineData("Exchange.Held"), InlineData("Exchange.Refused"), InlineData("Exchange.Waiting")]
    public void The_name_of_a_kind_begins_its_sentence(string key) => English[key].ShouldStartWith("{0} of {1}:");

    [Fact]
    public void Every_text_that_a_page_asks_for_exists()
    {
        var asked = SourceFiles.In("src/", ".razor", ".cs").SelectMany(f => AskedFor().Matches(f.Text).Select(m => m.Groups[1].Value)).Distinct().ToList();
        asked.Count.ShouldBeGreaterThan(100);
        Missing(asked).ShouldBeEmpty();
    }

    [Fact]
    public void Texts_speak_as_a_colleague_would()
    {
        Chinese.Concat(English).Where(t => t.Value.Contains('!') || t.Value.Contains('！')).ShouldBeEmpty();
        Chinese.Where(t => t.Value.Contains("请您", StringComparison.Ordinal) || t.Value.Contains("成功", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void A_text_comes_in_the_readers_language_and_Chinese_is_the_default()
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("zh-CN");
            Text.OfCode("Outcome", "Match").ShouldBe("属实");
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
            Text.OfCode("Outcome", "Match").ShouldBe("Match");
            Text.OfCode("Outcome", "OfALaterRelease").ShouldBe("OfALaterRelease");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    static IEnumerable<string> Missing(IEnumerable<string> keys) => keys.Where(k => !Chinese.ContainsKey(k) || !English.ContainsKey(k));

    static HashSet<string> Places(string text) => [.. Place().Matches(text).Select(m => m.Value)];

    static Dictionary<string, string> Read(string file) => XDocument.Load(Repository.PathOf($"src/ExchangeHub.Web/Texts/{file}")).Root!.Elements("data")
        .ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value);

    // Keys put together from codes are checked by the lists above.
    [GeneratedRegex("""Text\.(?:Of|Find)\("([A-Za-z./]+[A-Za-z])"[,)]""")] private static partial Regex AskedFor();
    [GeneratedRegex("""Problems\.Field\("([A-Za-z]+)",|Status[0-9]{3}\w+ => "([A-Za-z]+)",""")] private static partial Regex ProblemCode();
    [GeneratedRegex(@"\{[0-9]\}")] private static partial Regex Place();
}
