using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Enrolment;

/// <summary><c>exchangehub enrol</c>: the four steps, each run by the one whose step it is, as the user who may read its folder.</summary>
static class EnrolCommands
{
    const string BrokerPasswordVariable = "EXCHANGEHUB_BROKER_PASSWORD";

    public static Command Create() => new ExampledCommand("enrol", "A county joins in four steps: operator, registrar, node, registrar.",
        "enrol broker-user 330106", "enrol invite 330106 > 330106-invitation.json", "enrol request 330106-invitation.json", "enrol sign --account operator")
    {
        Hub(), BrokerUser(), Invite(), Request(), Sign(), List(),
    };

    static ExampledCommand Hub()
    {
        var command = new ExampledCommand("hub", "Before the first county, the registrar: publishes the hub's own key. The hub must be up.", "enrol hub");
        command.OnSteps(async (_, steps, terminal, cancel) =>
        {
            await steps.RegisterHubAsync(cancel);
            terminal.Say("The hub is in the registry.");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand BrokerUser()
    {
        var command = new ExampledCommand("broker-user", "Step 1, the operator: the county's broker user with its queue, rights and limits. Prints the password once.",
            "enrol broker-user 330106");
        command.Add(StepCommands.County);
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            var (county, password) = (parse.GetValue(StepCommands.County)!, RandomNumberGenerator.GetHexString(32, lowercase: true));
            using var broker = new BrokerAdmin(servers);
            await broker.AddCountyAsync(installation.VirtualHost, county, password, BrokerLimits.Production, cancel);
            terminal.Show(new { county, password }, u => Terminal.Table(["broker user", "password"], [[u.county, u.password]]));
            terminal.Say("Hand the password to the county outside the hub, with the invitation. It is kept nowhere.");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Invite()
    {
        var command = new ExampledCommand("invite", "Step 2, the registrar: an invitation file with a one-time code, valid 14 days, to standard output.",
            "enrol invite 330106 > 330106-invitation.json");
        command.Add(StepCommands.County);
        command.OnSteps(async (parse, steps, terminal, cancel) =>
        {
            await parse.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(await steps.InviteAsync(parse.GetValue(StepCommands.County)!, cancel), ContractsJson.Default.EnrolmentInvitation));
            terminal.Say("Hand the file to the county outside the hub: the code in it is worth an enrolment.");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Request()
    {
        var command = new ExampledCommand("request", "Step 3, the node: makes the county's folder and keys, and posts the request to the hub that the invitation names. Needs neither servers nor an installation.",
            "enrol request 330106-invitation.json");
        var file = new Argument<FileInfo>("invitation") { Description = "The registrar's file." }.AcceptExistingOnly();
        var password = new Option<string?>("--broker-password") { Description = $"What the operator handed out; default: {BrokerPasswordVariable}, where no list of processes shows it." };
        command.Add(file);
        command.Add(password);
        command.Add(Common.Folder);
        command.OnTerminal(async (parse, terminal, cancel) =>
        {
            if ((parse.GetValue(password) ?? Environment.GetEnvironmentVariable(BrokerPasswordVariable)) is not { Length: > 0 } brokerPassword)
                return terminal.Fail("No broker password.", $"Set {BrokerPasswordVariable} to what the operator handed out.");
            EnrolmentInvitation? invitation;
            try
            {
                invitation = JsonSerializer.Deserialize(await File.ReadAllTextAsync(parse.GetValue(file)!.FullName, cancel), ContractsJson.Default.EnrolmentInvitation);
            }
            catch (JsonException e)
            {
                return terminal.Fail($"{parse.GetValue(file)}: no invitation ({e.Path}).", "The registrar makes one: exchangehub enrol invite CODE");
            }
            var counties = Installation.CountiesIn(parse.GetValue(Common.Folder)!);
            await NodeSteps.RequestAsync(counties, invitation!, brokerPassword, cancel: cancel);
            await AppUsers.HandOverAsync(Path.Combine(counties, invitation!.Party), cancel);
            terminal.Say($"{invitation!.Party} asked to be enrolled. Next, the registrar: exchangehub enrol sign");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Sign()
    {
        var command = new ExampledCommand("sign", "Step 4, the registrar: checks the requests that wait at the hub, signs records and the next snapshot, publishes them.",
            "enrol sign --account operator");
        HubSignIn.AddTo(command);
        command.OnSteps(async (parse, steps, terminal, cancel) =>
        {
            var signed = await steps.SignAsync(await HubSignIn.TokenAsync(parse, steps.Installation, cancel), cancel);
            terminal.Show(signed, s => Terminal.Table(["county", "outcome"], s.Select(one => new object?[] { one.Party, one.Outcome == EnrolmentFailure.None ? "enrolled" : one.Outcome.ToString() })));
            return signed.All(s => s.Outcome == EnrolmentFailure.None) ? ExitCodes.Done : ExitCodes.Differs;
        });
        return command;
    }

    static ExampledCommand List()
    {
        var command = new ExampledCommand("list", "Who is enrolled: parties of the newest snapshot.", "enrol list", "enrol list --json");
        command.OnSteps(async (_, steps, terminal, cancel) =>
        {
            var ring = await steps.RingAsync(cancel: cancel);
            terminal.Show(new { ring.Number, ring.IssuedAt, ring.Parties }, v => Terminal.Table(["party"], v.Parties.Select(p => new object?[] { p })));
            terminal.Say($"Snapshot {ring.Number}, issued {WireTime.Format(ring.IssuedAt)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
