using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.Cli.Calls;

/// <summary>An HTTP interface that commands speak to: the node host's for a county's work, the hub's for figures and rulings.</summary>
sealed class Door
{
    readonly string variable;
    readonly Option<string?> address;
    readonly Func<Installation, Uri> known;

    Door(string name, Func<Installation, Uri> known)
    {
        variable = "EXCHANGEHUB_" + name.ToUpperInvariant();
        address = new Option<string?>("--" + name) { Description = $"The {name}'s address; default: {variable}, else that of the installation in --folder." };
        this.known = known;
    }

    public static Door Node { get; } = new("node", i => i.NodeUrl);
    public static Door Hub { get; } = new("hub", i => i.HubUrl);

    /// <summary>Runs a command signed in at this door.</summary>
    public void Run(Command command, Func<ParseResult, Api, Terminal, CancellationToken, Task<int>> run)
    {
        foreach (var option in new Option[] { address, SignIn.Account, SignIn.PasswordFromInput, Common.Folder })
            command.Add(option);
        command.OnTerminal(async (parse, terminal, cancel) =>
        {
            if (AddressOf(parse) is not { } at)
                return terminal.Fail(Text.Of("Cli.NoAddress", address.Name, variable), Text.Of("Cli.AddressCure"));
            if (SignIn.AccountOf(parse) is not { } account)
                return terminal.Fail(SignIn.NoAccount, SignIn.Cure);
            if (await SignIn.PasswordAsync(parse, cancel) is not { } password)
                return terminal.Fail(SignIn.NoPassword, SignIn.Cure);
            using var api = new Api(at);
            return await api.SignInAsync(account, password, cancel) is { } refused ? terminal.Refused(refused) : await run(parse, api, terminal, cancel);
        });
    }

    Uri? AddressOf(ParseResult parse) => (parse.GetValue(address) ?? Surroundings.VariableOf(parse, variable)) switch
    {
        null => Installation.Load(parse.GetValue(Common.Folder)!) is { } installation ? known(installation) : null,
        var text when Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => uri,
        var text => throw new FormatException(Text.Of("Cli.AddressWrong", text)),
    };
}
