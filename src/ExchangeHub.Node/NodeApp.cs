using System.Text.Json.Serialization;
using ExchangeHub.Client;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Node.Register;
using ExchangeHub.Node.Reports;
using ExchangeHub.Node.Schema;
using ExchangeHub.Node.Workbench;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Node;

/// <summary>The node's composition root, used by the node's process, scenarios and tests alike.</summary>
public static class NodeApp
{
    /// <summary>Builds the node. Nothing runs until it is started.</summary>
    /// <param name="configure">Last word on configuration and services; a scenario puts its <see cref="Clocks"/> here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = AppRoot.Begin<NodeOptions>(typeof(NodeApp).Assembly, NodeOptions.Section, args, configure);
        builder.AddWeb(Site(), p => p.GetRequiredService<NpgsqlDataSource>(), p => p.GetRequiredService<Clocks>().Business);
        builder.Services.AddStore();
        builder.AddMembers();
        builder.Services.AddWork();

        var app = builder.Build();
        app.MapWeb();
        app.MapHealth();
        var api = app.MapGroup("/api/v1").RequireAuthorization(Policies.CountyWork);
        api.MapExchanges();
        api.MapWorklist();
        api.MapRegister();
        api.MapMovements();
        api.MapReports();
        api.MapConnection();
        api.MapDirectory();
        return app;
    }

    /// <summary>Runs the node until it is told to stop.</summary>
    /// <returns>The process's exit code: 0, or 1 where it may not start; the reason is on standard error.</returns>
    public static Task<int> RunAsync(string[] args) => AppRoot.RunAsync(() => Build(args));

    /// <summary>The bar of the node's pages.</summary>
    static Site Site() => new("node", typeof(NodeApp).Assembly, "/worklist",
    [
        new("/worklist", "Nav.Worklist", async (services, ct) => services.GetRequiredService<CallerScope>().County is { } county
            ? (await services.GetRequiredService<WorklistQueries>().CountsAsync(county, ct)).Owed : 0),
        new("/send", "Nav.Send"),
        new("/one-sided", "Nav.OneSided"),
    ]);

    static void AddWork(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            // A misspelt or doubled member would be dropped in silence: an urgent question would go out as an ordinary one.
            o.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            o.SerializerOptions.AllowDuplicateProperties = false;
        });
        services.AddSingleton<ExchangeCommands>();
        services.AddSingleton<ExchangeQueries>();
        services.AddSingleton<WorklistQueries>();
        services.AddSingleton<DuePreview>();
        services.AddSingleton<WorkingDays>();
        services.AddSingleton<OutgoingQueries>();
        services.AddSingleton<RegisterTable>();
        services.AddSingleton<MovementRecords>();
        services.AddReports();
    }
}
