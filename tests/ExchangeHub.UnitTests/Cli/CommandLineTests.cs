using System.CommandLine;
using ExchangeHub.Cli.Calls;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Load;
using ExchangeHub.Node.Exchanges;
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
            root.Parse(example.Split(" > ")[0].Split(" < ")[0]).Errors.ShouldNotContain(e => e.Message.Contains("nrecognized", StringComparison.Ordinal), example);
    }

    public static TheoryData<string> Calls => [.. NodeCommands.All().Concat(HubCommands.All()).Select(c => c.Name), "quarantine list", "quarantine show", "quarantine replay"];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Every_example_of_a_command_that_asks_a_server_is_understood_word_by_word(string words)
    {
        var root = CommandLine.Create();
        foreach (var example in ((ExampledCommand)root.Parse(words).CommandResult.Command).Examples)
            root.Parse(example.Split(" < ")[0]).Errors.Select(e => $"{example}: {e.Message}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_move_and_every_opening_of_the_node_s_interface_has_a_command()
    {
        var taken = typeof(Move).Assembly.GetTypes().Where(t => !t.IsAbstract && (t.IsSubclassOf(typeof(Move)) || t.IsSubclassOf(typeof(Opening)))).Append(typeof(AskAgain));
        NodeCommands.Bodies.ShouldBe(taken, ignoreOrder: true);
    }

    [Theory]
    [InlineData("send --password secret")] // others see a command's words
    [InlineData("send --tow 420581")]
    [InlineData("reply no-id")]
    [InlineData("quarantine replay")]
    [InlineData("quarantine replay 0198c7f2-6d1e-7c3a-9f10-3b2a4c5d6e7f --all")]
    [InlineData("quarantine replay 0198c7f2-6d1e-7c3a-9f10-3b2a4c5d6e7f --cause DeadLettered")]
    [InlineData("worklist")] // no address, no account
    [InlineData("worklist --node ftp://127.0.0.1 --account clerk")]
    public async Task Words_that_cannot_be_done_end_with_2_and_ask_nobody(string line)
    {
        var error = new StringWriter();
        (await CommandLine.RunAsync(line.Split(' '), Nothing(error), TestContext.Current.CancellationToken)).ShouldBe(ExitCodes.NotDone);
        error.ToString().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Without_a_password_nobody_is_asked()
    {
        var error = new StringWriter();
        (await CommandLine.RunAsync(["worklist", "--node", "http://127.0.0.1:9", "--account", "clerk", "--password-stdin"], Nothing(error), TestContext.Current.CancellationToken)).ShouldBe(ExitCodes.NotDone);
        error.ToString().ShouldContain("EXCHANGEHUB_PASSWORD");
    }

    static Surroundings Nothing(TextWriter error) => new() { Output = TextWriter.Null, Error = error, Input = TextReader.Null, Variable = _ => null };

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
