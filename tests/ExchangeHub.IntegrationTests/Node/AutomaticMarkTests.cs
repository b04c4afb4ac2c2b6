using System.Net;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Cli;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>What counts as done by no person: a county's own program says so, and nobody else.</summary>
public sealed class AutomaticMarkTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_cannot_mark_a_message_as_automatic_and_a_program_can()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        await world.Installation.SaveAsync(Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var clerk = await CountyAtNode.SignInAsync(world, Receiver);
        using var reviewer = await CountyAtNode.SignInAsync(world, Receiver, Roles.Reviewer);
        using var program = await CountyAtNode.SignInAsync(world, Receiver, Roles.Integrator);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await world.QuietAsync(cancel: Cancel);

        foreach (var person in new[] { clerk, reviewer })
            foreach (var (path, body) in new (string, object)[]
            {
                ("acknowledgement", new { automatic = true }),
                ("interim-reply", new { automatic = true }),
                ("reply", new { outcome = "Match", automatic = true }),
                ("return", new { reasonCode = "Insufficient", automatic = true }),
            })
            {
                var refused = await person.PostAsync($"exchanges/{id}/{path}", body);
                (refused.Status, refused.Code, refused.Field).ShouldBe((HttpStatusCode.Forbidden, NodeCodes.OnlyPrograms, "/header/automatic"), path);
            }
        var told = await clerk.PostAsync("notices", SaidNotice(automatic: true));
        (told.Status, told.Code, told.Field).ShouldBe((HttpStatusCode.Forbidden, NodeCodes.OnlyPrograms, "/header/automatic"));
        var typist = await Typed.AccountAsync(world, "typist", "node", Roles.Clerk, "--county", Receiver);
        var typed = await Typed.RunAsAsync(world, typist, ["acknowledge", id.ToString(), "--automatic"]);
        typed.Exit.ShouldBe(ExitCodes.Refused);
        typed.Error.ShouldStartWith("OnlyPrograms /header/automatic: ");
        (await clerk.GetAsync("outgoing")).Body.GetProperty("rows").GetArrayLength().ShouldBe(0);

        (await program.PostAsync($"exchanges/{id}/reply", new { outcome = "Match", automatic = true })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("automatic").GetBoolean().ShouldBeTrue();
    }

    static object SaidNotice(bool automatic)
    {
        var person = InventedPerson.Of(Receiver, 2);
        return new
        {
            kind = Kinds.OutflowNotice,
            to = Asker,
            personName = person.HolderName,
            personId = person.HolderId,
            movedOn = "2026-01-20",
            purpose = "RecordCheck",
            legalBasis = "Agreement",
            automatic,
        };
    }
}
