using System.CommandLine;
using System.Text;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;

namespace ExchangeHub.Cli.Operate;

/// <summary>
/// <c>exchangehub install</c>: all that has to be there before hub and node host are started by something else than <c>up</c>
/// (containers, a service manager). Their settings are left as files that a shell or a service manager reads.
/// </summary>
static class InstallCommand
{
    const string VirtualHost = "exchangehub";
    const string SettingsFile = "settings.env";

    public static Command Create()
    {
        var install = new ExampledCommand("install", "Databases, tables, calendar, divisions, virtual host, broker policy, keys and settings of one hub and one node host. Repeating changes nothing.",
            "install --hub-url http://hub:8080 --node-url http://node:8080 --folder /data");
        var hub = new Option<string>("--hub") { Description = "The hub's party id.", DefaultValueFactory = _ => "hub.local" };
        var hubUrl = Address("--hub-url", "Where the hub listens, as node hosts reach it.");
        var nodeUrl = Address("--node-url", "Where the node host listens.");
        foreach (var option in new Option[] { hub, hubUrl, nodeUrl, Common.Folder })
            install.Add(option);
        install.OnServers(async (parse, servers, terminal, cancel) =>
        {
            var folder = Path.GetFullPath(parse.GetValue(Common.Folder)!);
            var installation = Installation.Load(folder)
                ?? new Installation(parse.GetValue(hub)!, "exchangehub_hub", "exchangehub_node", VirtualHost, servers.Amqp(VirtualHost), folder, parse.GetValue(hubUrl)!, parse.GetValue(nodeUrl)!);
            using var broker = new BrokerAdmin(servers);
            await installation.PrepareAsync(servers, broker, cancel);
            using var steps = new EnrolmentSteps(installation, Clocks.Real);
            await steps.IntroduceAsync(cancel);
            await installation.SaveAsync(cancel);
            await WriteAsync(installation.HubFolder, installation.HubSettings(servers), cancel);
            await WriteAsync(installation.NodeFolder, installation.NodeSettings(servers), cancel);
            await AppUsers.AssignAsync(installation, cancel);
            terminal.Say($"Installed in {folder}. Next: start the hub, then exchangehub enrol hub.");
            return ExitCodes.Done;
        });
        return install;
    }

    static Option<Uri> Address(string name, string description) => new(name)
    {
        Description = description,
        Required = true,
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https"))
                return address;
            argument.AddError($"{name}: an address such as http://hub:8080.");
            return null;
        },
    };

    /// <summary>Lines <c>NAME='value'</c>, for <c>.</c> of a shell and for systemd's <c>EnvironmentFile</c>; readable by the folder's user alone.</summary>
    static async Task WriteAsync(string folder, IReadOnlyDictionary<string, string> settings, CancellationToken cancel)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in settings)
            text.Append(key.Replace(":", "__", StringComparison.Ordinal)).Append("='").Append(value.Replace("'", @"'\''", StringComparison.Ordinal)).Append("'\n");
        var file = Path.Combine(folder, SettingsFile);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
        await writer.WriteAsync(text, cancel);
    }
}
