using Npgsql;

namespace ExchangeHub.Cli.Worlds;

/// <summary>Makes and drops databases on the given server.</summary>
public static class Databases
{
    /// <param name="mark">Said of the database to whoever asks the server about it: whose it is.</param>
    /// <returns>Whether it was made now.</returns>
    public static async Task<bool> CreateAsync(ServerAddresses servers, string name, string? mark = null, CancellationToken cancel = default)
    {
        if (await ExistsAsync(servers, name, cancel))
            return false;
        await ExecuteAsync(servers, $"create database {Quoted(name)}", cancel);
        if (mark is not null)
            await MarkAsync(servers, name, mark, cancel);
        return true;
    }

    public static Task MarkAsync(ServerAddresses servers, string name, string mark, CancellationToken cancel = default) =>
        ExecuteAsync(servers, $"comment on database {Quoted(name)} is '{mark.Replace("'", "''", StringComparison.Ordinal)}'", cancel);

    /// <summary>The mark of a database that was made with one.</summary>
    public static async Task<string?> MarkOfAsync(ServerAddresses servers, string name, CancellationToken cancel = default)
    {
        await using var source = NpgsqlDataSource.Create(servers.Postgres);
        await using var command = source.CreateCommand("select shobj_description(oid, 'pg_database') from pg_database where datname = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    public static async Task<bool> ExistsAsync(ServerAddresses servers, string name, CancellationToken cancel = default)
    {
        await using var source = NpgsqlDataSource.Create(servers.Postgres);
        await using var command = source.CreateCommand("select 1 from pg_database where datname = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    /// <summary>Drops it with its connections; one that is gone already is no error.</summary>
    public static Task DropAsync(ServerAddresses servers, string name, CancellationToken cancel = default) =>
        ExecuteAsync(servers, $"drop database if exists {Quoted(name)} with (force)", cancel);

    static async Task ExecuteAsync(ServerAddresses servers, string sql, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(servers.Postgres);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
