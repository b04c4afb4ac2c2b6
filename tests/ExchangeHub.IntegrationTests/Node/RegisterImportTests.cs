using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.IntegrationTests.Faults;
using ExchangeHub.Node;
using ExchangeHub.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>A register that comes after the questions.</summary>
public sealed class RegisterImportTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_questions_that_a_new_register_answers_are_answered_once_and_the_others_stand_beside_it()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var (exact, differs) = (InventedPerson.Of(Receiver, 1), InventedPerson.Of(Receiver, 2));
        var answered = await asker.AskAsync(Receiver, exact);
        var open = await asker.AskAsync(Receiver, differs with { HolderName = "张三丰" });
        var byClerk = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 3));
        await world.QuietAsync(cancel: Cancel);
        (await receiver.PostAsync($"exchanges/{byClerk}/reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" })).Status.ShouldBe(HttpStatusCode.Accepted);

        (await ImportAsync(receiver, 1, 3)).ShouldBe(1);
        (await ImportAsync(receiver, 1, 3)).ShouldBe(0);
        await world.QuietAsync(cancel: Cancel);

        var seen = (await asker.ExchangeAsync(answered)).GetProperty("exchange");
        (seen.GetProperty("outcome").GetString(), seen.GetProperty("automatic").GetBoolean()).ShouldBe(("Match", true));
        (await LookedUpAsync(receiver, answered)).ShouldBe(["NotFound", "Exact"]);
        var beside = await receiver.ExchangeAsync(open);
        (beside.GetProperty("suggestedOutcome").GetString(), beside.GetProperty("registerFound").GetBoolean()).ShouldBe(("MatchWithDifferences", true));
        (await LookedUpAsync(receiver, open)).ShouldBe(["NotFound", "Differs"]);
        (await asker.ExchangeAsync(byClerk)).GetProperty("exchange").GetProperty("outcome").GetString().ShouldBe("CannotVerify");
        (await receiver.GetAsync("outgoing")).Body.GetProperty("rows").GetArrayLength().ShouldBe(2);
    }

    /// <summary>The question looked into the old register and is stored only after the new one is.</summary>
    [Fact]
    public async Task A_question_that_arrives_while_the_register_changes_is_not_missed()
    {
        var write = new FaultyWrite();
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { ConfigureNode = b => b.Services.AddSingleton<DurableWrite>(write) }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver, Roles.Integrator);
        var (waits, goOn) = write.Hold(NodeWrites.Received);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await waits.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        var register = write.Hold(NodeWrites.Register);
        var import = ImportAsync(receiver, 1, 1);
        await register.Waits.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        register.GoOn.SetResult();
        using var counted = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!import.IsCompleted && !await IsImportedAsync(world))
            await counted.WaitForNextTickAsync(Cancel);
        goOn.SetResult();

        (await import).ShouldBe(1);
        await world.QuietAsync(cancel: Cancel);
        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("outcome").GetString().ShouldBe("Match");
    }

    static async Task<bool> IsImportedAsync(World world) =>
        await world.Node.Services.GetRequiredService<ExchangeHub.Node.Register.RegisterTable>().CountAsync(Receiver, Cancel) > 0;

    static async Task<int> ImportAsync(CountyAtNode county, int first, int count)
    {
        var import = await county.PostTextAsync("register", InventedPerson.RegisterFile(county.Code, first, count), "text/csv");
        import.Status.ShouldBe(HttpStatusCode.OK, import.Text);
        return import.Body.GetProperty("answered").GetInt32();
    }

    static async Task<IEnumerable<string?>> LookedUpAsync(CountyAtNode county, Guid id) => (await county.ExchangeAsync(id)).GetProperty("timeline").EnumerateArray()
        .Where(t => t.GetProperty("what").GetString() == "RegisterLookedUp").Select(t => t.GetProperty("code").GetString());
}
