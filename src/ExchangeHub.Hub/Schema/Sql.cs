using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Hub.Schema;

/// <summary>Positional parameters and nullable columns, said shortly.</summary>
/// <remarks>Parameters are a list: a lone <c>string[]</c> would pass as an <c>object[]</c>, and its items as parameters.</remarks>
static class Sql
{
    /// <summary>Adds a statement with positional parameters; times go as <c>timestamptz</c>, <c>null</c> as an untyped null.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params List<object?> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(Parameter(value));
        batch.BatchCommands.Add(command);
    }

    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params List<object?> parameters)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(Parameter(value));
        return command;
    }

    public static NpgsqlCommand Command(this NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, params List<object?> parameters)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in parameters)
            command.Parameters.Add(Parameter(value));
        return command;
    }

    public static string? TextOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset? TimeOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    /// <summary>The first column of every row.</summary>
    public static async Task<IReadOnlyList<Guid>> GuidsAsync(this NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new() { Value = DBNull.Value },
        DateTimeOffset at => new() { Value = at.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
        _ => new() { Value = value },
    };
}
