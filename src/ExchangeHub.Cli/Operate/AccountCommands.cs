using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Cli.Operate;

/// <summary><c>exchangehub accounts</c>: people's accounts at the hub or at the node host. Passwords are generated and shown once.</summary>
static class AccountCommands
{
    public static Command Create()
    {
        var accounts = new ExampledCommand("accounts", "People's local accounts.", "accounts create clerk-330106 --at node --role clerk --county 330106");
        var create = new ExampledCommand("create", "Make an account, or give an existing one a new password, role and scope. Prints the password once.",
            "accounts create clerk-330106 --at node --role clerk --county 330106 --name 示例经办人", "accounts create monitor-zj --at hub --role monitor --province 330000");
        var account = new Argument<string>("account") { Description = "The name to sign in with." };
        var at = new Option<string>("--at") { Description = "hub or node.", Required = true }.AcceptOnlyFromAmong("hub", "node");
        var role = new Option<string>("--role") { Description = "What the person may do.", Required = true }.AcceptOnlyFromAmong([.. Roles.All]);
        var name = new Option<string?>("--name") { Description = "The name that pages show; default: the account's." };
        var county = new Option<string?>("--county") { Description = "The only county this person sees." };
        var province = new Option<string?>("--province") { Description = "The only province this person sees, six digits." };
        create.Add(account);
        foreach (var option in new Option[] { at, role, name, county, province })
            create.Add(option);
        create.OnInstallation(async (parse, installation, servers, terminal, cancel) =>
        {
            if (parse.GetValue(at) == "node" && parse.GetValue(county) is null)
                return terminal.Fail("An account at a node host belongs to a county.", "Add --county CODE.");
            await using var source = NpgsqlDataSource.Create(servers.Database(parse.GetValue(at) == "hub" ? installation.HubDatabase : installation.NodeDatabase));
            var made = parse.GetValue(account)!;
            var password = await new PeopleAccounts(source, TimeProvider.System)
                .CreateAsync(made, parse.GetValue(name) ?? made, parse.GetValue(role)!, parse.GetValue(county), parse.GetValue(province), cancel);
            terminal.Show(new { account = made, password }, a => Terminal.Table(["account", "password"], [[a.account, a.password]]));
            return ExitCodes.Done;
        });
        accounts.Add(create);
        return accounts;
    }
}
