using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Enrolment;

/// <summary><c>exchangehub enrol</c>: the four steps, each run by the one whose step it is, as the user who may read its folder.</summary>
static class EnrolCommands
{
    static readonly Argument<string> County = new("county") { Description = "Six digits of GB/T 2260." };

    public static Command Create() => new ExampledCommand("enrol", "A county joins in four steps: operator, registrar, node, registrar.",
        "enrol broker-user 330106", "enrol invite 330106 > 330106-invitation.json", "enrol request 330106-invitation.json --broker-password …", "enrol sign --account operator --password …")
    {
        Hub(), BrokerUser(), Invite(), Request(), Sign(), List(),
    };

    static ExampledCommand Hub()
    {
        var command = new ExampledCommand("hub", "Before the first county, the registrar: publishes the hub's own key. The hub must be up.", "enrol hub");
        command.OnInstallation(async (_, installation, servers, terminal, cancel) =>
        {
            using var broker = new BrokerAdmin(servers);
            using var steps = await StepsAsync(installation, servers, broker, cancel);
            await steps.RegisterHubAsync(cancel);
            terminal.Say($"{installation.HubId} is in the registry.");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand BrokerUser()
    {
        var command = new ExampledCommand("broker-user", "Step 1, the operator: the county's broker user with its queue, rights and limits. Prints the password once.",
            "enrol broker-user 330106");
        command.Add(County);
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            if (CountyOf(parse, terminal) is not { } county)
                return ExitCodes.NotDone;
            using var broker = new BrokerAdmin(servers);
            using var steps = await StepsAsync(installation, servers, broker, cancel);
            var password = await steps.AddBrokerUserAsync(county, RandomNumberGenerator.GetHexString(32, lowercase: true), cancel);
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
        command.Add(County);
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            if (CountyOf(parse, terminal) is not { } county)
                return ExitCodes.NotDone;
            using var broker = new BrokerAdmin(servers);
            using var steps = await StepsAsync(installation, servers, broker, cancel);
            parse.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(steps.Invite(county), ContractsJson.Default.EnrolmentInvitation));
            terminal.Say("Hand the file to the county outside the hub: the code in it is worth an enrolment.");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Request()
    {
        var command = new ExampledCommand("request", "Step 3, the node: makes the county's folder and keys, and posts the request to the hub.",
            "enrol request 330106-invitation.json --broker-password …");
        var file = new Argument<FileInfo>("invitation") { Description = "The registrar's file." }.AcceptExistingOnly();
        var password = new Option<string>("--broker-password") { Description = "What the operator handed out.", Required = true };
        command.Add(file);
        command.Add(password);
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            EnrolmentInvitation? invitation;
            try
            {
                invitation = JsonSerializer.Deserialize(await File.ReadAllTextAsync(parse.GetValue(file)!.FullName, cancel), ContractsJson.Default.EnrolmentInvitation);
            }
            catch (JsonException e)
            {
                return terminal.Fail($"{parse.GetValue(file)}: no invitation ({e.Path}).", "The registrar makes one: exchangehub enrol invite CODE");
            }
            using var broker = new BrokerAdmin(servers);
            using var steps = await StepsAsync(installation, servers, broker, cancel);
            await steps.RequestAsync(invitation!, parse.GetValue(password)!, cancel);
            terminal.Say($"{invitation!.Party} asked to be enrolled. Next, the registrar: exchangehub enrol sign");
            return ExitCodes.Done;
        });
        return command;
    }

    static ExampledCommand Sign()
    {
        var command = new ExampledCommand("sign", "Step 4, the registrar: checks the requests that wait at the hub, signs records and the next snapshot, publishes them.",
            "enrol sign --account operator --password …");
        var signIn = new HubSignIn(command);
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            using var broker = new BrokerAdmin(servers);
            using var steps = await StepsAsync(installation, servers, broker, cancel);
            var signed = await steps.SignAsync(await signIn.TokenAsync(parse, installation, cancel), cancel);
            terminal.Show(signed, s => Terminal.Table(["county", "outcome"], s.Select(one => new object?[] { one.Party, one.Outcome == EnrolmentFailure.None ? "enrolled" : one.Outcome.ToString() })));
            return signed.All(s => s.Outcome == EnrolmentFailure.None) ? ExitCodes.Done : ExitCodes.Differs;
        });
        return command;
    }

    static ExampledCommand List()
    {
        var command = new ExampledCommand("list", "Who is enrolled: parties of the newest snapshot.", "enrol list", "enrol list --json");
        command.OnInstallation(async (_, installation, _, terminal, cancel) =>
        {
            using var http = new HttpClient { BaseAddress = installation.HubUrl };
            var view = await new HubApi(http, installation.HubId, Party.Registrar, () => null, Clocks.Real).GetRegistryAsync(cancel);
            var registrar = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(installation.RegistrarKeyFile, cancel), ContractsJson.Default.Jwk)!;
            var change = KeyRing.Pinned(installation.HubId, registrar).Accept(view);
            if (!change.Ok)
                return terminal.Fail($"The hub's registry does not verify: {change.Verdict}", "exchangehub doctor says more.");
            terminal.Show(new { change.Ring.Number, change.Ring.IssuedAt, change.Ring.Parties }, v => Terminal.Table(["party"], v.Parties.Select(p => new object?[] { p })));
            terminal.Say($"Snapshot {change.Ring.Number}, issued {WireTime.Format(change.Ring.IssuedAt)}");
            return ExitCodes.Done;
        });
        return command;
    }

    static string? CountyOf(ParseResult parse, Terminal terminal)
    {
        var county = parse.GetValue(County)!;
        if (Party.IsCounty(county))
            return county;
        terminal.Fail($"{county} is not a county's code.", "Six digits, such as 330106.");
        return null;
    }

    static async Task<EnrolmentSteps> StepsAsync(Installation installation, ServerAddresses servers, BrokerAdmin broker, CancellationToken cancel) =>
        new(installation, servers, broker, await BusinessClock.OfAsync(installation, cancel), BrokerLimits.Production);
}
