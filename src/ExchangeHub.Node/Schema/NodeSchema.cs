using System.Globalization;
using System.Reflection;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Node.Schema;

/// <summary>The node's database: made by an explicit step of an operator (<c>exchangehub up</c>), checked by a starting node.</summary>
public static class NodeSchema
{
    /// <summary>One key for all processes that apply steps, so that two at once wait for each other.</summary>
    const long ApplyLock = 7_201;

    /// <summary>Applies the numbered SQL files that this database has not seen, and the accounts' tables. Safe to repeat.</summary>
    /// <returns>How many files were applied now.</returns>
    /// <exception cref="WrongDatabaseException">It is a hub's database.</exception>
    public static async Task<int> ApplyAsync(string connectionString, CancellationToken ct = default)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await RefuseHubDatabaseAsync(source, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            select pg_advisory_xact_lock({ApplyLock});
            create schema if not exists node;
            create table if not exists node.schema_steps (step text primary key);
            """), ct);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("select step from node.schema_steps", connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct))
                seen.Add(reader.GetString(0));
        var applied = 0;
        foreach (var (step, sql) in Steps().Where(s => !seen.Contains(s.Step)))
        {
            await ExecuteAsync(connection, sql, ct);
            await using var done = new NpgsqlCommand("insert into node.schema_steps values ($1)", connection) { Parameters = { new() { Value = step } } };
            await done.ExecuteNonQueryAsync(ct);
            applied++;
        }
        await transaction.CommitAsync(ct);
        await AccountSchema.ApplyAsync(source, ct);
        return applied;
    }

    /// <summary>Says whether a node may start here: not on a hub's database, and only after every step was applied.</summary>
    /// <exception cref="WrongDatabaseException">It is a hub's database, or steps are missing.</exception>
    public static async Task CheckAsync(NpgsqlDataSource source, CancellationToken ct = default)
    {
        await RefuseHubDatabaseAsync(source, ct);
        if (!await HoldsAsync(source, "select to_regclass('node.schema_steps') is not null", ct))
            throw new WrongDatabaseException("The node's tables are missing in this database. Apply them first: exchangehub up");
        await using var command = source.CreateCommand("select count(*) from node.schema_steps where step = any($1)");
        command.Parameters.Add(new() { Value = Steps().Select(s => s.Step).ToArray() });
        if ((long)(await command.ExecuteScalarAsync(ct))! != Steps().Count())
            throw new WrongDatabaseException("The node's tables are older than this program. Apply the missing steps first: exchangehub up");
    }

    /// <summary>A node's plaintext and a hub never share a database: whoever runs the hub could read what is sealed from it.</summary>
    static async Task RefuseHubDatabaseAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        if (await HoldsAsync(source, "select exists(select 1 from information_schema.schemata where schema_name = 'hub')", ct))
            throw new WrongDatabaseException("This is a hub's database. A node keeps plaintext and needs a database of its own (Node:Database).");
    }

    static async Task<bool> HoldsAsync(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        // A step may read or write a whole table: cut off by a time limit it would fail at every try anew.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    static IEnumerable<(string Step, string Sql)> Steps()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }
}

/// <summary>The configured database is not one a node may use. The message says the cure.</summary>
public sealed class WrongDatabaseException(string message) : MayNotStartException(message);
