using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Enrolment;

/// <summary><c>exchangehub keys</c>: what happens to keys after a county has joined. All but <c>list</c> and <c>renew</c> are the registrar's.</summary>
static class KeyCommands
{
    static readonly Argument<string> Of = new("party") { Description = "A county's code, the hub's id, or registrar." };

    public static Command Create() => new ExampledCommand("keys", "Keys in the registry: look, renew, revoke, roll over, publish.",
        "keys list 330106", "keys renew 330106", "keys revoke 330106 oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
    {
        List(), Renew(), Revoke(), RollOver(), Reissue(), Publish(),
    };

    static ExampledCommand List()
    {
        var command = new ExampledCommand("list", "A party's key records in the newest snapshot, verified.", "keys list 330106", "keys list hub.local --json");
        command.Add(Of);
        command.OnSteps(async (parse, steps, terminal, cancel) =>
        {
            var party = parse.GetValue(Of)!;
            var keys = (await steps.RingAsync(party, cancel)).KeysOf(party);
            if (keys.Count == 0)
                return terminal.Fail($"The registry has no keys of {party}.", "exchangehub enrol list shows who is in it.");
            terminal.Show(keys.Select(k => new { k.Use, k.Kid, k.From, k.Until, k.RevokedAt }).ToList(), shown => Terminal.Table(["use", "kid", "from", "until", "revoked at"],
                shown.Select(k => new object?[] { k.Use, k.Kid, WireTime.Format(k.From), WireTime.Format(k.Until), k.RevokedAt is { } at ? WireTime.Format(at) : "" })));
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Renew()
    {
        var command = new ExampledCommand("renew", "The node: two new keys for a county, endorsed by its present one. Once the registrar has signed them, a running node uses them by itself; the old ones hold 30 days more.",
            "keys renew 330106");
        command.Add(StepCommands.County);
        command.Add(Common.Folder);
        command.OnTerminal(async (parse, terminal, cancel) =>
        {
            var (county, counties) = (parse.GetValue(StepCommands.County)!, Installation.CountiesIn(parse.GetValue(Common.Folder)!));
            await NodeSteps.RenewAsync(counties, county, cancel: cancel);
            await AppUsers.HandOverAsync(Path.Combine(counties, county), cancel);
            terminal.Say($"{county} asked for its new keys. Next, the registrar: exchangehub enrol sign");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Revoke()
    {
        var command = new ExampledCommand("revoke", "The registrar: a key that others may know ends at once. What was stamped before stays valid. A county without a valid key needs a new invitation.",
            "keys revoke 330106 oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
        var kid = new Argument<string>("kid") { Description = "From keys list." };
        command.Add(Of);
        command.Add(kid);
        command.OnSigning((parse, steps, cancel) => steps.RevokeAsync(parse.GetValue(Of)!, parse.GetValue(kid)!, cancel));
        return command;
    }

    static ExampledCommand RollOver()
    {
        var command = new ExampledCommand("roll-over", "The registrar: a new registrar key, signed by the present one. Hub and nodes follow by themselves; keep the old key's file as safe as the new one's.",
            "keys roll-over");
        command.OnSigning((_, steps, cancel) => steps.RollOverAsync(cancel));
        return command;
    }

    static ExampledCommand Reissue()
    {
        var command = new ExampledCommand("reissue", "The registrar, weekly: the next snapshot over the same entries. After 14 days without one nodes warn, after 30 they seal nothing new.",
            "keys reissue");
        command.OnSigning((_, steps, cancel) => steps.ReissueAsync(cancel));
        return command;
    }

    static ExampledCommand Publish()
    {
        var command = new ExampledCommand("publish", "The registrar: hands the hub the whole book again, as it was signed. After an update that did not reach it, or a restored copy of its database.",
            "keys publish");
        command.OnSigning((_, steps, cancel) => steps.RepublishAsync(cancel));
        return command;
    }

    /// <summary>A command after which the hub has a snapshot; its number is the answer.</summary>
    static void OnSigning(this Command command, Func<ParseResult, EnrolmentSteps, CancellationToken, Task<int>> sign) =>
        command.OnSteps(async (parse, steps, terminal, cancel) =>
        {
            var snapshot = await sign(parse, steps, cancel);
            terminal.Show(new { snapshot }, s => Terminal.Table(["snapshot at the hub"], [[s.snapshot]]));
            return ExitCodes.Done;
        });
}
