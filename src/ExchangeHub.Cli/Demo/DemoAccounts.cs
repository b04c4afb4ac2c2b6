using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Jose;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Cli.Demo;

/// <summary>One account of the demonstration.</summary>
/// <param name="At"><c>hub</c> or <c>node</c>.</param>
public sealed record DemoAccount(string At, string Account, string Password, string Role, string Scope);

/// <summary>The demonstration's accounts with their generated passwords, in <c>accounts.txt</c>, readable by its owner alone.</summary>
static class DemoAccounts
{
    public static string FileOf(Installation installation) => Path.Combine(installation.Folder, "accounts.txt");

    public static string ClerkOf(string county) => $"clerk-{county}";

    public const string Operator = "operator";

    /// <summary>Makes them all; existing ones get new passwords.</summary>
    public static async Task<IReadOnlyList<DemoAccount>> CreateAsync(ServerAddresses servers, Installation installation, IReadOnlyList<string> counties, CancellationToken cancel)
    {
        var names = await NamesAsync(servers, installation, cancel);
        string Name(string code) => names.GetValueOrDefault(code, code);
        var made = new List<DemoAccount>();
        await using var hub = NpgsqlDataSource.Create(servers.Database(installation.HubDatabase));
        await using var node = NpgsqlDataSource.Create(servers.Database(installation.NodeDatabase));
        async Task AddAsync(NpgsqlDataSource source, string at, string account, string display, string role, string? county = null, string? province = null)
        {
            var password = await new PeopleAccounts(source, TimeProvider.System).CreateAsync(account, display, role, county, province, cancel);
            made.Add(new DemoAccount(at, account, password, role, county ?? province ?? "*"));
        }
        await AddAsync(hub, "hub", Operator, "值守员", Roles.Operator);
        await AddAsync(hub, "hub", "auditor", "审计员", Roles.Auditor);
        foreach (var province in counties.Select(c => c[..2] + "0000").Distinct())
            await AddAsync(hub, "hub", $"monitor-{province}", Name(province) + "监测员", Roles.Monitor, province: province);
        foreach (var county in counties)
            await AddAsync(node, "node", ClerkOf(county), Name(county) + "经办人", Roles.Clerk, county);
        PrivateFile.Write(FileOf(installation), string.Concat(made.Select(a => $"{a.At}\t{a.Account}\t{a.Password}\t{a.Role}\t{a.Scope}\n")));
        return made;
    }

    /// <summary>What <see cref="CreateAsync"/> kept.</summary>
    public static IReadOnlyList<DemoAccount> Load(Installation installation) =>
        [.. File.ReadAllLines(FileOf(installation)).Select(l => l.Split('\t')).Where(p => p.Length == 5).Select(p => new DemoAccount(p[0], p[1], p[2], p[3], p[4]))];

    /// <summary>Names of divisions by code.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> NamesAsync(ServerAddresses servers, Installation installation, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(servers.Database(installation.HubDatabase));
        await using var command = source.CreateCommand("select code, name from hub.divisions");
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var names = new Dictionary<string, string>();
        while (await rows.ReadAsync(cancel))
            names[rows.GetString(0)] = rows.GetString(1);
        return names;
    }
}
