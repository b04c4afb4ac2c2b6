using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExchangeHub.Web;

/// <summary>The one pool of a process: silent about values, and thrifty with round trips.</summary>
public static class Database
{
    // Every statement of a process is one of these many texts; a statement is planned once per connection instead of at each use.
    const int StatementsPreparedMax = 200;

    /// <summary>A pool whose commands reach no log: their parameters are bodies, ids, people's data. Whoever runs a command says what failed.</summary>
    /// <param name="connectionString">What it says about preparing and the application's name stands.</param>
    /// <param name="connected">Runs first on every connection that is made.</param>
    public static NpgsqlDataSource Open(string connectionString, string application, Func<NpgsqlConnection, Task>? connected = null)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UseLoggerFactory(NullLoggerFactory.Instance).EnableParameterLogging(false).ConfigureTracing(OnlyWithinWork);
        var settings = builder.ConnectionStringBuilder;
        settings.IncludeErrorDetail = false;
        settings.ApplicationName ??= application;
        if (settings.MaxAutoPrepare == 0)
            settings.MaxAutoPrepare = StatementsPreparedMax;
        // Nothing of ours sets anything for a session, so there is nothing to discard between two users of a connection.
        settings.NoResetOnClose = true;
        if (connected is not null)
            builder.UsePhysicalConnectionInitializer(c => connected(c).GetAwaiter().GetResult(), connected);
        return builder.Build();
    }

    // What background duties ask every second would bury the exchanges' traces.
    static void OnlyWithinWork(NpgsqlTracingOptionsBuilder tracing) => tracing
        .ConfigureCommandFilter(_ => Activity.Current is not null)
        .ConfigureBatchFilter(_ => Activity.Current is not null)
        .EnablePhysicalOpenTracing(false);
}
