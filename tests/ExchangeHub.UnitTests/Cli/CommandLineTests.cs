using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Load;
using Shouldly;

namespace ExchangeHub.UnitTests.Cli;

public sealed class CommandLineTests
{
    public static TheoryData<string> Lines()
    {
        var lines = new TheoryData<string>();
        void Walk(Command command, string words)
        {
            foreach (var sub in command.Subcommands)
            {
                lines.Add(words + sub.Name);
                Walk(sub, words + sub.Name + " ");
            }
        }
        Walk(CommandLine.Create(), "");
        return lines;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Help_ends_with_lines_to_copy(string words)
    {
        var output = new StringWriter();
        (await CommandLine.Create().Parse(words + " --help").InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken)).ShouldBe(0);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldContain("Examples:");
        lines[^1].ShouldStartWith("  exchangehub " + words.Split(' ')[0]);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_example_is_a_line_the_command_takes(string words)
    {
        var root = CommandLine.Create();
        var command = (ExampledCommand)root.Parse(words).CommandResult.Command;
        foreach (var example in command.Examples)
            // Files and ids of an example stand for the reader's own; the words and options must be known.
            root.Parse(example.Split(" > ")[0]).Errors.ShouldNotContain(e => e.Message.Contains("nrecognized", StringComparison.Ordinal), example);
    }

    [Fact]
    public void The_same_seed_asks_the_same_questions_with_the_shares_that_were_asked_for()
    {
        string[] counties = ["330106", "510104", "420581"];
        var plan = new SimulationPlan(3, 2_000, 0, 100, Seed: 7, ShareLate: 0.1, ShareReturned: 0.2);
        var questions = plan.Questions(counties).ToList();
        questions.ShouldBe(plan.Questions(counties));
        questions.ShouldNotBe((plan with { Seed = 8 }).Questions(counties));
        questions.ShouldAllBe(q => q.From != q.To);
        questions.Count(q => q.Fate == Fate.AnsweredLate).ShouldBeInRange(140, 260);
        questions.Count(q => q.Fate == Fate.Returned).ShouldBeInRange(320, 480);
    }
}
