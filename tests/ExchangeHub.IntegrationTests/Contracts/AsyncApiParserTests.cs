using System.Diagnostics;
using ExchangeHub.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Contracts;

/// <summary>The contract is read by the public parser, too, not by ours alone. Needs Node.js, which nothing else here does: skipped without it.</summary>
public sealed class AsyncApiParserTests
{
    const int NoNode = 3;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_public_parser_reads_the_contract_without_an_error()
    {
        var (exit, said) = await CheckAsync(Repository.PathOf("contracts/asyncapi.yaml"));
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
            var (exit, said) = await CheckAsync(broken);
            exit.ShouldBe(1, said);
            said.ShouldContain("header.lost.v1.json");
            said.ShouldContain("operations/receive/action");
        }
        finally
        {
            File.Delete(broken);
        }
    }

    static async Task<(int Exit, string Said)> CheckAsync(string file)
    {
        using var check = Process.Start(new ProcessStartInfo(Repository.PathOf("contracts/tools/check-asyncapi.sh"), [file])
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
