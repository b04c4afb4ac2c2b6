using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Client.Jose;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Counties;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Escalations;
using ExchangeHub.Hub.Feed;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Monitor;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Hub.Quarantine;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Hub.Reports;
using ExchangeHub.Hub.Rulings;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub;

/// <summary>The hub's composition root, used by the hub's process, scenarios and tests alike.</summary>
public static class HubApp
{
    /// <summary>Builds the hub. Nothing runs until it is started.</summary>
    /// <param name="configure">Last word on configuration and services; a scenario puts its <see cref="Clocks"/> here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = AppRoot.Begin<HubOptions>(typeof(HubApp).Assembly, HubOptions.Section, args, configure);
        builder.AddWeb(MonitorSite.Site, p => p.GetRequiredService<NpgsqlDataSource>(), p => p.GetRequiredService<Clocks>().Business);
        builder.Services.AddServers();
        builder.Services.AddLedger();
        builder.Services.AddDuties();
        builder.Services.AddRegistry();
        builder.Services.AddRates();

        var app = builder.Build();
        app.MapWeb();
        app.MapHealth();
        var api = app.MapGroup("/api/v1");
        api.MapRegistry();
        api.MapEnrolments();
        api.MapDirectory();
        api.MapAgreements();
        api.MapFeed();
        api.MapRates();
        api.MapDueDates();
        api.MapFollowUps();
        api.MapQuarantine();
        api.MapRulings();
        api.MapEscalations();
        api.MapOutages();
        api.MapReports();
        api.MapClock(app.Services.GetRequiredService<IOptions<HubOptions>>().Value.DemoClock);
        return app;
    }

    /// <summary>Runs the hub until it is told to stop.</summary>
    /// <returns>The process's exit code: 0, or 1 where it may not start; the reason is on standard error.</returns>
    public static Task<int> RunAsync(string[] args) => AppRoot.RunAsync(() => Build(args));

    /// <summary>Clocks, database, broker, the hub's own key.</summary>
    static void AddServers(this IServiceCollection services)
    {
        services.TryAddSingleton(p => Options(p).DemoClock ? DemoClock.Open(TimeProvider.System, p.GetRequiredService<NpgsqlDataSource>()) : new DemoClock(TimeProvider.System));
        services.TryAddSingleton(p => Options(p).DemoClock ? new Clocks(p.GetRequiredService<DemoClock>(), TimeProvider.System) : Clocks.Real);
        services.AddSingleton(p => Database.Open(Options(p).Database, "exchangehub-hub",
            connected: c => Epochs.ContinueAsync(c, p.GetRequiredService<DurableWrite>())));
        services.AddSingleton<IDocumentStore>(p => EventStore.Open(p.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(p => new BrokerConnection(new Uri(Options(p).Broker), $"{Options(p).Id} intake", p.GetService<ILogger<BrokerConnection>>()));
        services.AddSingleton(p => SigningKey.FromPem(File.ReadAllText(Path.Combine(Options(p).KeyDirectory, HubOptions.KeyFile))));
        services.AddSingleton<ClockSkew>();
    }

    /// <summary>The way of a message: intake, ledger, relay.</summary>
    static void AddLedger(this IServiceCollection services)
    {
        services.TryAddSingleton<DurableWrite>();
        services.AddSingleton<HubMetrics>();
        services.AddSingleton<BatchLedger>();
        services.AddSingleton<DutyLedger>();
        services.AddSingleton<IntakeState>();
        services.AddSingleton<IntakeLag>();
        services.AddSingleton<QuarantineDesk>();
        services.AddSingleton<FeedQueries>();
        services.AddSingleton<ReportTable>();
        services.AddSingleton<RulingDesk>();
        services.AddDuty<DeliveryRelay>();
        services.AddDuty<PendingSweep>();
        services.AddDuty<IntakeConsumer>();
        services.AddDuty<DeadLetterConsumer>();
    }

    /// <summary>What the hub does by itself.</summary>
    static void AddDuties(this IServiceCollection services)
    {
        services.AddSingleton<RulesWatch>();
        services.AddDuty<OutageWatch>();
        services.AddDuty<DeadlineClock>();
        services.AddDuty<HubWatches>();
        services.AddDuty<Announcer>();
    }

    static void AddRegistry(this IServiceCollection services)
    {
        services.AddSingleton<RegistryWatch>();
        services.AddSingleton<DirectoryDesk>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, NodeAuthentication>(NodeAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(NodeAuthentication.Policy,
            p => p.AddAuthenticationSchemes(NodeAuthentication.SchemeName).RequireAuthenticatedUser());
    }

    /// <summary>A background duty that tests and scenarios can also take by its type.</summary>
    static void AddDuty<T>(this IServiceCollection services) where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(p => p.GetRequiredService<T>());
    }

    static HubOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<HubOptions>>().Value;
}
