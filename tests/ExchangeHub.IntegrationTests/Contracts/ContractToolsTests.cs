using System.Diagnostics;
using System.Text.RegularExpressions;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Contracts;

/// <summary>The contract is read by the public parser, too, not by ours alone, and has a page. Needs Node.js, which nothing else here does: skipped without it.</summary>
public sealed class ContractToolsTests
{
    const int NoNode = 3;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_public_parser_reads_the_contract_without_an_error()
    {
        var (exit, said) = await RunAsync("check-asyncapi.sh", Repository.PathOf("contracts/asyncapi.yaml"));
        exit.ShouldBe(0, said);
        said.ShouldContain("0 errors, 0 warnings");
    }

    [Fact]
    public async Task The_public_parser_finds_a_reference_into_nothing_and_a_word_that_AsyncAPI_does_not_know()
    {
        // Beside the file, for its references to lead where they led.
        var broken = Repository.PathOf($"contracts/broken-{Guid.NewGuid():n}.yaml");
        var contract = await File.ReadAllTextAsync(Repository.PathOf("contracts/asyncapi.yaml"), Stop);
        await File.WriteAllTextAsync(broken, contract.Replace("header.return.v1", "header.lost.v1").Replace("action: receive", "action: wait"), Stop);
        try
        {
            var (exit, said) = await RunAsync("check-asyncapi.sh", broken);
            exit.ShouldBe(1, said);
            said.ShouldContain("header.lost.v1.json");
            said.ShouldContain("operations/receive/action");
        }
        finally
        {
            File.Delete(broken);
        }
    }

    [Fact]
    public async Task The_contract_s_page_shows_every_kind_form_and_refusal_and_fetches_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("exchangehub-page-");
        try
        {
            var file = Path.Combine(folder.FullName, "index.html");
            var (exit, said) = await RunAsync("make-page.sh", file);
            exit.ShouldBe(0, said);
            var page = await File.ReadAllTextAsync(file, Stop);
            string[] shown =
            [
                .. Kinds.Submitted.Values.Select(k => $"id=\"kind-{k.Kind}\""),
                .. Kinds.Submitted.Values.SelectMany(k => k.Types).Select(t => $"<code>{t}</code>"),
                .. RefusalCodes.All.Select(c => $"<th scope=\"row\"><code>{c}</code></th>"),
                .. Directory.EnumerateFiles(Repository.PathOf("contracts/schemas")).Select(Path.GetFileNameWithoutExtension).Where(s => s!.Split('.')[0] is not ("header" or "content" or "common")).Select(s => $"id=\"schema-{s}\""),
            ];
            foreach (var part in shown)
                page.ShouldContain(part);
            var ids = Regex.Matches(page, "id=\"(?<id>[^\"]+)\"").Select(m => m.Groups["id"].Value).ToHashSet();
            foreach (Match link in Regex.Matches(page, "(href|src)=\"(?<to>[^\"]*)\"", RegexOptions.ExplicitCapture))
                ids.Select(id => $"#{id}").ShouldContain(link.Groups["to"].Value);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<(int Exit, string Said)> RunAsync(string tool, string file)
    {
        using var check = Process.Start(new ProcessStartInfo(Repository.PathOf($"contracts/tools/{tool}"), [file])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaint = check.StandardError.ReadToEndAsync(Stop);
        var said = await check.StandardOutput.ReadToEndAsync(Stop) + await complaint;
        await check.WaitForExitAsync(Stop);
        Assert.SkipWhen(check.ExitCode == NoNode, said);
        return (check.ExitCode, said);
    }
}
