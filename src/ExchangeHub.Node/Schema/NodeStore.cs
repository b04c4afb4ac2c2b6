using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Node.Schema;

/// <summary>The node's database: one pool, silent about values; checked before anything starts.</summary>
static class NodeStore
{
    /// <summary>A pool whose failed commands reach no log: their parameters are people's data.</summary>
    public static NpgsqlDataSource Open(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UseLoggerFactory(NullLoggerFactory.Instance).EnableParameterLogging(false);
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        builder.ConnectionStringBuilder.ApplicationName ??= "exchangehub-node";
        return builder.Build();
    }

    public static void AddStore(this IServiceCollection services)
    {
        services.AddSingleton(p => Open(p.GetRequiredService<IOptions<NodeOptions>>().Value.Database));
        services.AddHostedService<SchemaCheck>(); // first: nothing starts on a wrong database
    }

    sealed class SchemaCheck(NpgsqlDataSource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => NodeSchema.CheckAsync(source, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
