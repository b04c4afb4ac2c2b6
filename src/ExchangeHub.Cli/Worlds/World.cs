using System.Collections.Concurrent;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Node;
using ExchangeHub.Web.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExchangeHub.Cli.Worlds;

/// <summary>
/// A hub and a node host in this process, from their own composition roots, on real servers, with databases, virtual host and counties of
/// their own. The business clock stands still until <see cref="AdvanceToAsync"/> moves it. For scenarios, simulation and tests.
/// </summary>
public sealed partial class World : IAsyncDisposable
{
    /// <summary>Older snapshots are reissued on the way: a registrar would do it weekly.</summary>
    static readonly TimeSpan SnapshotAge = TimeSpan.FromDays(7);

    readonly WorldOptions options;
    readonly BrokerAdmin broker;
    readonly bool keep;
    readonly List<string> counties = [];
    readonly ConcurrentDictionary<(string, string, string, string?, string?), string> passwords = new();
    DateTimeOffset snapshotAt;
    WebApplication? hub, node;

    World(ServerAddresses servers, WorldOptions options, Installation installation, bool keep)
    {
        (Servers, this.options, Installation, this.keep) = (servers, options, installation, keep);
        broker = new BrokerAdmin(servers);
        Clock = options.RealClock ? null : new FakeTimeProvider(options.StartAt);
        Clocks = Clock is null ? Clocks.Real : new Clocks(Clock, TimeProvider.System);
        Steps = new EnrolmentSteps(installation, Clocks);
    }

    public ServerAddresses Servers { get; }
    public Installation Installation { get; }
    public Clocks Clocks { get; }
    /// <summary>The business clock; absent in a world on real time.</summary>
    public FakeTimeProvider? Clock { get; }
    public EnrolmentSteps Steps { get; }
    public BrokerAdmin Broker => broker;
    public IReadOnlyList<string> Counties => counties;
    public WebApplication Hub => hub ?? throw new InvalidOperationException("The hub is down.");
    public WebApplication Node => node ?? throw new InvalidOperationException("The node host is down.");
    public bool HubIsUp => hub is not null;
    public bool NodeIsUp => node is not null;

    /// <summary>Makes a world that vanishes when disposed.</summary>
    public static Task<World> CreateAsync(ServerAddresses servers, WorldOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new WorldOptions();
        var name = $"{options.Name}-{Guid.NewGuid().ToString("n")[..10]}";
        var folder = Path.Combine(Path.GetTempPath(), "exchangehub-" + name);
        var database = name.Replace('-', '_');
        return CreateAsync(servers, options, new Installation("hub.world", $"{database}_hub", $"{database}_node", name, servers.Amqp(name), folder,
            new Uri($"http://127.0.0.1:{Ports.Free()}/"), new Uri($"http://127.0.0.1:{Ports.Free()}/")), keep: false, cancel);
    }

    /// <summary>Opens a world on a given installation.</summary>
    /// <param name="keep">Leave everything in place when disposed.</param>
    public static async Task<World> CreateAsync(ServerAddresses servers, WorldOptions options, Installation installation, bool keep, CancellationToken cancel = default)
    {
        var world = new World(servers, options, installation, keep);
        try
        {
            await installation.PrepareAsync(servers, world.broker, cancel);
            if (options.RealClock || options.PlainYears)
                await world.AddPlainYearsAsync(cancel);
            await world.Steps.IntroduceAsync(cancel);
            await world.StartHubAsync(cancel);
            await world.Steps.RegisterHubAsync(cancel);
            await world.EnrolAsync(options.Counties, cancel);
            if (options.StartNode)
            {
                await world.StartNodeAsync(cancel);
                await world.QuietAsync(cancel: cancel);
            }
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    async Task AddPlainYearsAsync(CancellationToken cancel)
    {
        var year = WireTime.DayOf(Clocks.Now).Year;
        var plain = new[] { year, year + 1 }.Except(ShippedData.Calendar().Years).Select(y => $"{y}-01-01,holiday,元旦");
        using var table = new StringReader(string.Join('\n', ["date,kind,occasion", .. plain]));
        await HubSchema.ImportCalendarAsync(Servers.Database(Installation.HubDatabase), table, ct: cancel);
    }

    /// <summary>Enrols counties by the four steps; a running node host finds them by itself.</summary>
    public async Task EnrolAsync(IReadOnlyList<string> more, CancellationToken cancel = default)
    {
        await Parallel.ForEachAsync(more, cancel, async (county, _) => await AddBrokerUserAsync(county, cancel));
        foreach (var county in more)
            await NodeSteps.RequestAsync(Installation.CountiesFolder, await Steps.InviteAsync(county, cancel), Servers.SharedPasswordOf(county), Clocks, cancel);
        var signed = await Steps.SignAsync(await OperatorTokenAsync(cancel), cancel);
        if (signed.FirstOrDefault(s => s.Outcome != Client.Registry.EnrolmentFailure.None) is { } refused)
            throw new InvalidOperationException($"The registrar refused {refused.Party}: {refused.Outcome}");
        counties.AddRange(more);
        snapshotAt = Clocks.Now;
        await AnnounceAsync(cancel);
    }

    /// <summary>Step 1 of enrolment alone: users are the server's, so all worlds on it agree on the password.</summary>
    /// <returns>The password.</returns>
    public async Task<string> AddBrokerUserAsync(string county, CancellationToken cancel = default)
    {
        var password = Servers.SharedPasswordOf(county);
        await broker.AddCountyAsync(Installation.VirtualHost, county, password, BrokerLimits.Shared, cancel);
        return password;
    }

    public async Task StartHubAsync(CancellationToken cancel = default)
    {
        var app = HubApp.Build(Arguments(Installation.HubSettings(Servers)), builder => Configure(builder, options.ConfigureHub));
        await StartAsync(app, cancel);
        hub = app;
    }

    /// <summary>Stops the hub as an operator does; what counties send from now on waits at the broker.</summary>
    public Task StopHubAsync(CancellationToken cancel = default) => StopAsync(Interlocked.Exchange(ref hub, null), cancel);

    public async Task StartNodeAsync(CancellationToken cancel = default)
    {
        var app = NodeApp.Build(Arguments(Installation.NodeSettings(Servers)), builder => Configure(builder, options.ConfigureNode));
        await StartAsync(app, cancel);
        node = app;
    }

    public Task StopNodeAsync(CancellationToken cancel = default) => StopAsync(Interlocked.Exchange(ref node, null), cancel);

    /// <summary>An operator's bearer token at the hub; it ends after twelve hours of business time, so ask for it when it is needed.</summary>
    public Task<string> OperatorTokenAsync(CancellationToken cancel = default) => SignInAtHubAsync("world-operator", Roles.Operator, cancel: cancel);

    /// <summary>Makes an account at the hub, if this world has not yet, and signs it in.</summary>
    /// <returns>A bearer token.</returns>
    public Task<string> SignInAtHubAsync(string account, string role, string? county = null, string? province = null, CancellationToken cancel = default) =>
        SignInAsync(Servers.Database(Installation.HubDatabase), account, role, county, province, cancel);

    /// <summary>The same at the node host.</summary>
    /// <returns>A bearer token.</returns>
    public Task<string> SignInAtNodeAsync(string account, string role, string county, CancellationToken cancel = default) =>
        SignInAsync(Servers.OfNode.Database(Installation.NodeDatabase), account, role, county, province: null, cancel);

    async Task<string> SignInAsync(string database, string account, string role, string? county, string? province, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var accounts = new PeopleAccounts(source, Clocks.Business);
        // Made twice it would have another password, and the first token would end.
        var key = (database, account, role, county, province);
        if (!passwords.TryGetValue(key, out var password))
            passwords[key] = password = await accounts.CreateAsync(account, account, role, county, province, cancel);
        return await accounts.SignInAsync(account, password, cancel) is SignInResult.Welcome welcome
            ? (await accounts.IssueTokenAsync(welcome, cancel)).Token
            : throw new InvalidOperationException($"{account} could not sign in.");
    }

    void Configure(WebApplicationBuilder builder, Action<WebApplicationBuilder>? more)
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
            // What a command prints is its result: "--json" is read by programs.
            ["Logging:Console:LogToStandardErrorThreshold"] = "Trace",
            // In one process each would export the other's spans as well, and what is played here is history, not work to watch.
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
        });
        builder.Services.AddSingleton(Clocks);
        more?.Invoke(builder);
    }

    static string[] Arguments(IReadOnlyDictionary<string, string> settings) => [.. settings.Select(s => $"--{s.Key}={s.Value}")];

    static async Task StartAsync(WebApplication app, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    static async Task StopAsync(WebApplication? app, CancellationToken cancel)
    {
        if (app is null)
            return;
        await app.StopAsync(cancel);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodeAsync();
        await StopHubAsync();
        Steps.Dispose();
        if (!keep)
        {
            await Installation.DropAsync(Servers, broker);
            Directory.Delete(Installation.Folder, recursive: true);
        }
        broker.Dispose();
    }
}
