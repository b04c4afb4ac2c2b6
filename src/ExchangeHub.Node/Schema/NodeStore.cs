using ExchangeHub.Web;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Node.Schema;

/// <summary>The node's database: checked before anything starts.</summary>
static class NodeStore
{
    public static void AddStore(this IServiceCollection services)
    {
        services.AddSingleton(p => Database.Open(p.GetRequiredService<IOptions<NodeOptions>>().Value.Database, "exchangehub-node"));
        services.AddHostedService<SchemaCheck>(); // first: nothing starts on a wrong database
    }

    sealed class SchemaCheck(NpgsqlDataSource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => NodeSchema.CheckAsync(source, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
