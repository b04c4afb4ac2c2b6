using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Hub;
using ExchangeHub.IntegrationTests.Node;
using ExchangeHub.Node.Members;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>The life of keys by its commands, on a real hub, with counties that must follow.</summary>
public sealed class KeyCommandTests(TestServers servers)
{
    const string A = "330106", B = "420581", C = "340221";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_key_is_refused_by_the_hub_and_by_counties()
    {
        await using var world = await WorldAsync(node: false);
        await using var a = await WireCounty.OpenAsync(world, A); // keeps to the keys of this moment, as a thief would
        await using var b = await County.OpenAsync(Path.Combine(world.Installation.CountiesFolder, B), world.Clocks, ct: Stop);
        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
        var stolen = (await KeysAsync(world, A)).Single(k => k.Use == RegisteredKey.Signing).Kid;
        await RenewAsync(world, A);
        (await a.Hub(http).GetDeliveriesAsync(after: null, ct: Stop)).ShouldNotBeNull();

        Typed.Json(await Typed.RunAsync(world, "keys", "revoke", A, stolen, "--json")).GetProperty("snapshot").GetInt32().ShouldBeGreaterThan(0);
        (await KeysAsync(world, A)).Single(k => k.Kid == stolen).Revoked.ShouldBeTrue();

        (await Should.ThrowAsync<HubApiException>(() => a.Hub(http).GetDeliveriesAsync(after: null, ct: Stop))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        // The hub cannot look inside: the county still has a valid key. The receiver can.
        var question = a.Ask(B);
        await a.SendAsync(question);
        (await NextAsync(b)).ShouldBeOfType<Incoming.PutAside>().Detail.ShouldBe(nameof(OpenFailure.SignerNotValid));

        foreach (var key in await KeysAsync(world, A))
            (await Typed.RunAsync(world, "keys", "revoke", A, key.Kid)).Exit.ShouldBe(ExitCodes.Done);
        var late = a.Ask(B);
        await a.SendAsync(late);
        (await a.RefusedAsync(late.MessageId)).Reasons.ShouldBe([RefusalCodes.SenderNotActive]);
        await b.Member.RefreshRegistryAsync(Stop);
        (await Should.ThrowAsync<SealException>(() => b.AskAsync(A, InventedPerson.Of(A, 1).Ask(), ct: Stop))).Refusals[0].Code.ShouldBe(RefusalCodes.ReceiverNotActive);

        var unknown = await Typed.RunAsync(world, "keys", "revoke", A, "nobody's");
        (unknown.Exit, unknown.Error.Contains("no key", StringComparison.Ordinal)).ShouldBe((ExitCodes.NotDone, true));
    }

    [Fact]
    public async Task A_rolled_over_registrar_is_followed_by_hub_node_and_newcomers()
    {
        await using var world = await WorldAsync(node: true);
        using var asker = await CountyAtNode.SignInAsync(world, A);
        using var receiver = await CountyAtNode.SignInAsync(world, B);
        (await Typed.RunAsync(world, "keys", "renew", B)).Exit.ShouldBe(ExitCodes.Done);
        var rolled = Typed.Json(await Typed.RunAsync(world, "keys", "roll-over", "--json")).GetProperty("snapshot").GetInt32();
        (await KeysAsync(world, Party.Registrar)).ShouldHaveSingleItem();
        // What waited at the hub was not swept away with the new snapshot.
        await SignAsync(world, B);

        Typed.Json(await Typed.RunAsync(world, "keys", "reissue", "--json")).GetProperty("snapshot").GetInt32().ShouldBe(rolled + 2);
        Typed.Json(await Typed.RunAsync(world, "doctor", "--json")).EnumerateArray().ShouldAllBe(f => f.GetProperty("health").GetString() != "Ill");
        await EnrolAsync(world, C);
        var counties = world.Node.Services.GetRequiredService<HostedCounties>();
        await counties.RefreshAsync(Stop);
        await counties.Find(C)!.Member.WhenReadyAsync(Stop);
        await Task.WhenAll(counties.All.Select(c => c.Member.RefreshRegistryAsync(Stop)));
        counties.All.Select(c => c.Member.Ring.Number).ShouldBe([rolled + 3, rolled + 3, rolled + 3]);

        var old = await asker.AskAsync(B, InventedPerson.Of(B, 1));
        var fresh = await asker.AskAsync(C, InventedPerson.Of(C, 1));
        await world.QuietAsync(cancel: Stop);
        foreach (var id in new[] { old, fresh })
            (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("phase").GetString().ShouldBe("Open");
    }

    [Fact]
    public async Task After_a_crash_between_signing_and_publishing_the_next_command_hands_it_all_over()
    {
        await using var world = await WorldAsync(node: false);
        await AskToJoinAsync(world, C);
        using (var crashed = Registrar.OpenOrCreate(world.Installation.RegistrarFolder, world.Installation.HubId, world.Clocks))
        {
            crashed.AcceptAll(await world.Steps.ListAsync(await world.OperatorTokenAsync(Stop), Stop), out _).ShouldNotBeNull();
            crashed.Reissue();
        }
        (await PartiesAsync(world)).ShouldNotContain(C);
        await SignAsync(world, C);
        (await PartiesAsync(world)).ShouldContain(C);

        int lost;
        using (var crashed = Registrar.OpenOrCreate(world.Installation.RegistrarFolder, world.Installation.HubId, world.Clocks))
        {
            crashed.Reissue();
            lost = crashed.Number;
        }
        for (var again = 0; again < 2; again++)
            Typed.Json(await Typed.RunAsync(world, "keys", "publish", "--json")).GetProperty("snapshot").GetInt32().ShouldBe(lost);
        Typed.Json(await Typed.RunAsync(world, "enrol", "list", "--json")).GetProperty("number").GetInt32().ShouldBe(lost);
        (await Typed.RunAsync(world, "enrol", "hub")).Exit.ShouldBe(ExitCodes.Done); // once more: nothing new to sign
        Typed.Json(await Typed.RunAsync(world, "enrol", "list", "--json")).GetProperty("number").GetInt32().ShouldBe(lost);
    }

    [Fact]
    public async Task Registrar_s_commands_at_the_same_time_sign_one_number_each()
    {
        await using var world = await WorldAsync(node: false);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Typed.RunAsync(world, "keys", "reissue", "--json"))));
        var numbers = runs.Select(r => Typed.Json(r).GetProperty("snapshot").GetInt32()).Order().ToList();
        numbers.ShouldBe(Enumerable.Range(numbers[0], 4));
    }

    async Task<World> WorldAsync(bool node)
    {
        var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "keys", Counties = [A, B], RealClock = true, StartNode = node }, Stop);
        await world.Installation.SaveAsync(Stop);
        return world;
    }

    static async Task<Incoming> NextAsync(County county)
    {
        await foreach (var item in county.ReceiveAsync(Stop))
            return item;
        throw new InvalidOperationException("The county ended.");
    }

    static async Task<IReadOnlyList<(string Use, string Kid, bool Revoked)>> KeysAsync(World world, string party) =>
        [.. Typed.Json(await Typed.RunAsync(world, "keys", "list", party, "--json")).EnumerateArray()
            .Select(k => (k.GetProperty("use").GetString()!, k.GetProperty("kid").GetString()!, k.TryGetProperty("revokedAt", out _)))];

    static async Task<IReadOnlyList<string?>> PartiesAsync(World world) =>
        [.. Typed.Json(await Typed.RunAsync(world, "enrol", "list", "--json")).GetProperty("parties").EnumerateArray().Select(p => p.GetString())];

    static async Task RenewAsync(World world, string county)
    {
        (await Typed.RunAsync(world, "keys", "renew", county)).Exit.ShouldBe(ExitCodes.Done);
        await SignAsync(world, county);
    }

    static async Task SignAsync(World world, string county)
    {
        var account = await Typed.AccountAsync(world, "desk", "hub", "operator");
        var signed = Typed.Json(await Typed.RunAsAsync(world, account, ["enrol", "sign", "--json"])).EnumerateArray().ShouldHaveSingleItem();
        (signed.GetProperty("party").GetString(), signed.GetProperty("outcome").GetString()).ShouldBe((county, nameof(EnrolmentFailure.None)));
    }

    static async Task AskToJoinAsync(World world, string county)
    {
        var password = Typed.Json(await Typed.RunAsync(world, "enrol", "broker-user", county, "--json")).GetProperty("password").GetString()!;
        var invitation = Path.Combine(world.Installation.Folder, "invitation.json");
        await File.WriteAllTextAsync(invitation, (await Typed.RunAsync(world, "enrol", "invite", county)).Output, Stop);
        (await Typed.RunAsync(world, "enrol", "request", invitation, "--broker-password", password)).Exit.ShouldBe(ExitCodes.Done);
    }

    static async Task EnrolAsync(World world, string county)
    {
        await AskToJoinAsync(world, county);
        await SignAsync(world, county);
    }
}
