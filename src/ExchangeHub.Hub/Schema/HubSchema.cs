using System.Reflection;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Web.Accounts;
using JasperFx;
using Npgsql;

namespace ExchangeHub.Hub.Schema;

/// <summary>Makes the hub's database. An explicit step of an operator (<c>exchangehub up</c>), never done by a starting hub.</summary>
public static class HubSchema
{
    /// <summary>Applies the numbered SQL files that this database has not seen, the event store's tables and the accounts' tables,
    /// and gives a new database the shipped deadline policies. Safe to repeat.</summary>
    /// <returns>How many files were applied now.</returns>
    public static async Task<int> ApplyAsync(string connectionString, CancellationToken ct = default)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var applied = await ApplyFilesAsync(database, ct);
        await AccountSchema.ApplyAsync(database, ct);
        await using var store = EventStore.Open(database, AutoCreate.CreateOrUpdate);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        return applied;
    }

    /// <summary>Loads the holidays and make-up working days of a file (columns <c>date,kind,occasion</c>). Days of the file's years replace the ones
    /// loaded before; a running hub then sets the due dates that waited for them.</summary>
    /// <param name="province">Six-digit code for a province's own days beside the State Council's; <c>null</c> for the State Council's table.</param>
    /// <returns>The years whose table is in the file.</returns>
    /// <exception cref="FormatException">A row is not as it must be; its line number is in the message. Or the code is no province's. Nothing is loaded.</exception>
    public static async Task<IReadOnlyList<int>> ImportCalendarAsync(string connectionString, TextReader csv, string? province = null, CancellationToken ct = default)
    {
        var (years, days) = WorkingCalendar.ReadCsv(csv);
        await using var database = NpgsqlDataSource.Create(connectionString);
        // Days under a code that no county belongs to would move no due date, and nobody would know.
        if (province is not null && !(await RulesTables.LoadAsync(database, ct)).Divisions.IsProvince(province))
            throw new FormatException($"{province} is no province of the division table: six digits, such as 650000.");
        await RulesTables.SaveCalendarAsync(database, years, days, province, ct);
        return years;
    }

    /// <summary>Loads the division table (columns <c>code,name,level,parent</c>). A code that is no longer in it ends: it takes no part any more,
    /// but what it owes still belongs to its province.</summary>
    /// <returns>How many divisions hold now.</returns>
    /// <exception cref="FormatException">A row is not as it must be; its line number is in the message. Nothing is loaded.</exception>
    public static async Task<int> ImportDivisionsAsync(string connectionString, TextReader csv, CancellationToken ct = default)
    {
        var divisions = Divisions.ReadCsv(csv);
        await using var database = NpgsqlDataSource.Create(connectionString);
        return await RulesTables.SaveDivisionsAsync(database, divisions, ct);
    }

    /// <summary>Says that the database was restored from a copy: what the hub says from now on carries the next epoch. Where the copy came to
    /// another server, database or timeline a hub finds that by itself.</summary>
    /// <returns>The epoch that holds now.</returns>
    public static async Task<int> RaiseEpochAsync(string connectionString, CancellationToken ct = default)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var connection = await database.OpenConnectionAsync(ct);
        return await Epochs.RaiseAsync(connection, onlyElsewhere: false, ct);
    }

    static async Task<int> ApplyFilesAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Two operators at once: the second waits and finds everything done. 7102: a number of ours.
        await ExecuteAsync("select pg_advisory_xact_lock(7102)");
        await ExecuteAsync("create schema if not exists hub");
        await ExecuteAsync("create table if not exists hub.schema_files (name text primary key)");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("select name from hub.schema_files", connection, transaction))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct))
                seen.Add(reader.GetString(0));

        var applied = 0;
        foreach (var (name, sql) in Files().Where(f => !seen.Contains(f.Name)))
        {
            await ExecuteAsync(sql);
            await using var note = new NpgsqlCommand("insert into hub.schema_files (name) values ($1)", connection, transaction) { Parameters = { new() { Value = name } } };
            await note.ExecuteNonQueryAsync(ct);
            applied++;
        }
        if (seen.Count == 0)
            await RulesTables.InsertPoliciesAsync(connection, ShippedData.Policies(), ct);
        await transaction.CommitAsync(ct);
        return applied;

        async Task ExecuteAsync(string sql)
        {
            // A step may read or write a whole table: cut off by a time limit it would fail at every try anew.
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>The embedded files in order of their numbers.</summary>
    static IEnumerable<(string Name, string Sql)> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }
}
