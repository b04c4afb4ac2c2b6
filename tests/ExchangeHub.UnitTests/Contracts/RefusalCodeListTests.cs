using System.Text.RegularExpressions;
using System.Xml.Linq;
using ExchangeHub.Contracts;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>The list of refusal codes is one, wherever it is written.</summary>
public sealed class RefusalCodeListTests
{
    [Fact]
    public void Code_schema_and_AsyncAPI_have_the_same_codes_in_the_same_order()
    {
        var constants = typeof(RefusalCodes).GetFields().Where(f => f.IsLiteral).ToDictionary(f => f.Name, f => (string)f.GetRawConstantValue()!);
        constants.ShouldAllBe(c => c.Key == c.Value);
        constants.Keys.ShouldBe(RefusalCodes.All);
        ContractFiles.SchemaJson("common").GetProperty("$defs").GetProperty("refusalCode").GetProperty("enum").EnumerateArray().Select(c => c.GetString()!).ShouldBe(RefusalCodes.All);
        AsyncApiTests.RefusalCodesOf().ShouldBe(RefusalCodes.All);
    }

    [Theory, InlineData("Texts.resx"), InlineData("Texts.en.resx")]
    public void Each_code_and_no_other_has_a_text_of_its_own_in_both_languages(string file)
    {
        const string prefix = "Refusal.";
        var texts = XDocument.Load(Repository.PathOf($"src/ExchangeHub.Web/Texts/{file}")).Root!.Elements("data")
            .Select(d => (Key: d.Attribute("name")!.Value, Text: d.Element("value")!.Value)).Where(d => d.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        texts.Select(t => t.Key[prefix.Length..]).ShouldBe(RefusalCodes.All, ignoreOrder: true);
        texts.Select(t => t.Text).ShouldBeUnique();
    }

    [Fact]
    public void Each_code_is_expected_by_a_test_with_a_real_hub_or_node()
    {
        var tests = string.Concat(SourceFiles.In("tests/ExchangeHub.IntegrationTests/", ".cs").Select(f => f.Text));
        RefusalCodes.All.Where(c => !Regex.IsMatch(tests, $"RefusalCodes\\.{c}\\b|\"{c}\"", RegexOptions.None, TimeSpan.FromSeconds(10))).ShouldBeEmpty();
    }
}
