using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Cli.Operate;

/// <summary><c>exchangehub accounts</c>: people's accounts at the hub or at the node host. Passwords are generated and shown once.</summary>
static class AccountCommands
{
    static readonly Argument<string> Account = new("account") { Description = "The name to sign in with." };
    static readonly Option<string> At = new Option<string>("--at") { Description = "hub or node.", Required = true }.AcceptOnlyFromAmong("hub", "node");

    public static Command Create() => new ExampledCommand("accounts", "People's local accounts.", "accounts create clerk-330106 --at node --role clerk --county 330106", "accounts remove clerk-330106 --at node")
    {
        Make(), Remove(),
    };

    static ExampledCommand Make()
    {
        var create = new ExampledCommand("create", "Make an account, or give an existing one a new password, role and scope; then its sessions end. Prints the password once.",
            "accounts create clerk-330106 --at node --role clerk --county 330106 --name 示例经办人", "accounts create monitor-zj --at hub --role monitor --province 330000");
        var role = new Option<string>("--role") { Description = "What the person may do.", Required = true }.AcceptOnlyFromAmong([.. Roles.All]);
        var name = new Option<string?>("--name") { Description = "The name that pages show; default: the account's." };
        var county = new Option<string?>("--county") { Description = "The only county this person sees." };
        var province = new Option<string?>("--province") { Description = "The only province this person sees, six digits." };
        foreach (var option in new Option[] { role, name, county, province })
            create.Add(option);
        create.OnAccounts(async (parse, account, accounts, terminal, cancel) =>
        {
            if (parse.GetValue(At) == "node" && parse.GetValue(county) is null)
                return terminal.Fail("An account at a node host belongs to a county.", "Add --county CODE.");
            var password = await accounts.CreateAsync(account, parse.GetValue(name) ?? account, parse.GetValue(role)!, parse.GetValue(county), parse.GetValue(province), cancel);
            terminal.Show(new { account, password }, a => Terminal.Table(["account", "password"], [[a.account, a.password]]));
            return ExitCodes.Done;
        });
        return create;
    }

    static ExampledCommand Remove()
    {
        var remove = new ExampledCommand("remove", "Take an account away; its sessions end at once. What it did stays in the audit.", "accounts remove clerk-330106 --at node");
        remove.OnAccounts(async (_, account, accounts, terminal, cancel) =>
        {
            if (!await accounts.RemoveAsync(account, cancel))
                return terminal.Fail($"No account {account} there.");
            terminal.Say($"{account} is removed.");
            return ExitCodes.Done;
        });
        return remove;
    }

    static void OnAccounts(this Command command, Func<ParseResult, string, PeopleAccounts, Terminal, CancellationToken, Task<int>> run)
    {
        command.Add(Account);
        command.Add(At);
        command.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            await using var source = NpgsqlDataSource.Create(servers.Database(parse.GetValue(At) == "hub" ? installation.HubDatabase : installation.NodeDatabase));
            return await run(parse, parse.GetValue(Account)!, new PeopleAccounts(source, TimeProvider.System), terminal, cancel);
        });
    }
}
