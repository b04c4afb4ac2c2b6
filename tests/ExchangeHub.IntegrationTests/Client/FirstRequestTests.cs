using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>A county with a program of its own, beside one that works at a node host.</summary>
public sealed class FirstRequestTests(TestServers servers)
{
    const string Own = "330106", Other = "340221";
    static readonly TimeSpan AnswerWithin = TimeSpan.FromMinutes(2);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_county_s_own_program_sends_its_first_request_and_reads_the_answer()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "first", Counties = [Other], RealClock = true }, Cancel);
        await ImportRegisterAsync(world);
        var folder = Directory.CreateTempSubdirectory("exchangehub-first-").FullName;
        try
        {
            var path = Path.Combine(folder, Own);
            var password = await world.AddBrokerUserAsync(Own, Cancel);
            await County.EnrolAsync(path, await world.Steps.InviteAsync(Own, Cancel), password, ct: Cancel);
            await world.Steps.SignAsync(await world.OperatorTokenAsync(Cancel), Cancel);

            var lines = await RunAsync(path, Other);

            lines.Length.ShouldBe(2);
            lines[0].ShouldStartWith("accepted, answer due 20");
            lines[1].ShouldStartWith("Match: ");
            lines[1].ShouldContain("holderName same");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void The_program_that_runs_here_is_the_one_on_the_first_page_in_fifteen_lines(string page)
    {
        var program = File.ReadAllText(Repository.PathOf("samples/FirstRequest/Program.cs"));
        program.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => !l.StartsWith("//", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(15);
        File.ReadAllText(Repository.PathOf(page)).ShouldContain(program, Case.Sensitive);
    }

    /// <summary>The sample as a process of its own, as a county would run it.</summary>
    static async Task<string[]> RunAsync(params string[] arguments)
    {
        using var program = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "first-request.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(AnswerWithin);
        try
        {
            var printed = await program.StandardOutput.ReadToEndAsync(limit.Token);
            await program.WaitForExitAsync(limit.Token);
            program.ExitCode.ShouldBe(0);
            return printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }
    }

    // What the sample asks for is in the other county's register.
    static async Task ImportRegisterAsync(World world)
    {
        using var http = new HttpClient { BaseAddress = world.Installation.NodeUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await world.SignInAtNodeAsync("clerk", Roles.Clerk, Other, Cancel));
        using var file = new StringContent($"{InventedPerson.RegisterColumns}\nResidencePermit,JZZ-2025-000123,林晓雨,110105199003078123,2025-01-02,2035-01-02,Valid\n", Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync("api/v1/register", file, Cancel);
        answer.EnsureSuccessStatusCode();
    }
}
