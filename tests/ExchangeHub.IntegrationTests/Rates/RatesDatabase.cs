using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Rates;

/// <summary>A hub's database of its own for one test, with obligations written from the facts of exchanges.</summary>
sealed class RatesDatabase : IAsyncDisposable
{
    readonly string administrator;
    readonly string name;

    RatesDatabase(string administratorOf, string named, NpgsqlDataSource source)
    {
        administrator = administratorOf;
        name = named;
        Source = source;
        Rates = new RateQueries(source, new AnswerableTime(source, new DurableWrite(), new Clocks(Business, Business)));
    }

    public static CallerScope Everybody { get; } = new("auditor", "", Roles.Auditor, null, null);

    public NpgsqlDataSource Source { get; }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(administrator) { Database = name }.ConnectionString;

    /// <summary>The business clock; it begins on 1 June 2026, Shanghai.</summary>
    public StandingClock Business { get; } = new(WireTime.StartOf(new DateOnly(2026, 6, 1)));

    public RateQueries Rates { get; }

    public static async Task<RatesDatabase> CreateAsync(TestServers servers)
    {
        var server = servers.Addresses.Postgres;
        var own = new NpgsqlConnectionStringBuilder(server) { Database = $"rates_{Guid.NewGuid():N}" };
        await ExecuteAsync(server, $"create database {own.Database}");
        await HubSchema.ApplyAsync(own.ConnectionString);
        return new RatesDatabase(server, own.Database!, NpgsqlDataSource.Create(own.ConnectionString));
    }

    /// <summary>Writes the obligation rows of exchanges, as the ledger does.</summary>
    public async Task WriteAsync(IEnumerable<Exchange> exchanges)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync("""
            copy hub.obligations (exchange_id, ordinal, unit, counterpart, duty, kind, scope, reason, direction, test, automatic, delivered_at, opened_at,
                due_on, due_at, fulfilled_at, withdrawn_at, ended_at, ended_why, overdue_told_at) from stdin (format binary)
            """);
        foreach (var row in exchanges.SelectMany(ObligationFold.Rows))
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(row.ExchangeId);
            await copy.WriteAsync(row.Ordinal);
            foreach (var text in new[] { row.Unit, row.Counterpart, row.Duty, row.Kind, row.Scope.ToString(), row.Reason, row.Direction })
                await (text is null ? copy.WriteNullAsync() : copy.WriteAsync(text));
            await copy.WriteAsync(row.Test);
            await copy.WriteAsync(row.Automatic);
            await copy.WriteAsync(row.DeliveredAt);
            await copy.WriteAsync(row.OpenedAt);
            await (row.DueOn is { } on ? copy.WriteAsync(on) : copy.WriteNullAsync());
            foreach (var time in new[] { row.DueAt, row.FulfilledAt, row.WithdrawnAt, row.EndedAt })
                await (time is { } at ? copy.WriteAsync(at) : copy.WriteNullAsync());
            await (row.EndedWhy is { } why ? copy.WriteAsync(why) : copy.WriteNullAsync());
            await (row.OverdueToldAt is { } told ? copy.WriteAsync(told) : copy.WriteNullAsync());
        }
        await copy.CompleteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(administrator, $"drop database {name} with (force)");
    }

    static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A clock that stands until it is set.</summary>
sealed class StandingClock(DateTimeOffset at) : TimeProvider
{
    public DateTimeOffset At { get; set; } = at;

    public override DateTimeOffset GetUtcNow() => At;
}
