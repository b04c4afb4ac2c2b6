using ExchangeHub.Client;
using Npgsql;

namespace ExchangeHub.Hub.Schema;

/// <summary>
/// The number that rises with each restore from a copy, so that nothing written after it can be taken for what was lost. A new connection looks
/// whether it leads to the server that wrote last: a dump restored on another server, another database or a promoted copy is found by itself.
/// Files copied back under the same server are not: there an operator raises the epoch (<see cref="HubSchema.RaiseEpochAsync"/>).
/// </summary>
static class Epochs
{
    public const string Newest = "(select epoch, tag from hub.epochs order by epoch desc limit 1)";

    // No server comes to 2^48 transactions: at a million a second it takes nine years.
    const int TransactionBits = 48;

    // Cluster, database, timeline; a standby writes nothing and has none.
    const string Here = """
        case when not pg_is_in_recovery() then (select system_identifier from pg_control_system())::text || '/' ||
            (select oid from pg_database where datname = current_database())::text || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end
        """;

    /// <summary>SQL for a place in the feed: rows are ordered by epoch, then by transaction.</summary>
    /// <param name="epoch">SQL of the epoch.</param>
    /// <param name="transaction">SQL of a transaction's id.</param>
    public static string Place(string epoch, string transaction) => $"(({epoch})::bigint << {TransactionBits}) + ({transaction})::text::bigint";

    /// <summary>SQL for the place of what the running transaction writes.</summary>
    public static string PlaceNow(string epoch) => Place(epoch, "pg_current_xact_id()");

    /// <summary>On a new connection, before anything is written by it.</summary>
    public static async Task ContinueAsync(NpgsqlConnection connection, DurableWrite durable)
    {
        string? here, last;
        await using (var command = connection.Command(null, $"select {Here}, (select origin from hub.epochs order by epoch desc limit 1)"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            (here, last) = (reader.TextOrNull(0), reader.TextOrNull(1));
        }
        if (here is not null && here != last)
            await durable.DoAsync(HubWrites.Epoch, () => RaiseAsync(connection, onlyElsewhere: true, CancellationToken.None));
    }

    /// <summary>Raises the epoch once no batch of the old one is under way.</summary>
    /// <param name="onlyElsewhere">Not where the newest epoch is this server's: another connection was first.</param>
    /// <returns>The epoch that holds now.</returns>
    public static async Task<int> RaiseAsync(NpgsqlConnection connection, bool onlyElsewhere, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("lock table hub.epochs in access exclusive mode");
        batch.Add($"update hub.epochs set origin = {Here} where origin is null");
        batch.Add($"""
            insert into hub.epochs (epoch, tag, origin) select epoch + 1, left(gen_random_uuid()::text, 8), {Here} from hub.epochs
            where epoch = (select max(epoch) from hub.epochs) and (origin is distinct from ({Here}) or not $1)
            """, onlyElsewhere);
        batch.Add("select max(epoch) from hub.epochs");
        var epoch = 0;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
            if (await reader.ReadAsync(ct))
                epoch = reader.GetInt32(0);
        await transaction.CommitAsync(ct);
        return epoch;
    }
}
