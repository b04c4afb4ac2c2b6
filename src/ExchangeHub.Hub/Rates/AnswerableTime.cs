using ExchangeHub.Client;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Rates;

/// <summary>The latest T that can be answered for good: no batch still under way can be stamped at or before it.</summary>
/// <remarks>A batch holds, from before it reads its clock until it ends, a shared advisory lock named by that clock's second.
/// The clock is read here before the locks: a batch that is not seen reads a later one.</remarks>
public sealed class AnswerableTime(NpgsqlDataSource database, Clocks clocks)
{
    /// <summary>First key of the batches' advisory locks.</summary>
    public const int BatchMark = BatchReads.MarkClass;

    /// <summary>Second key of the lock of a batch whose clock reading is not before an instant.</summary>
    public static int MarkOf(DateTimeOffset at) => BatchReads.MarkOf(at);

    /// <summary>Now, or just before the second of the oldest batch under way, UTC.</summary>
    public async Task<DateTimeOffset> LatestAsync(CancellationToken ct)
    {
        var now = clocks.Now;
        await using var command = database.Command("""
            select min(objid::bigint) from pg_locks
            where locktype = 'advisory' and classid = $1::int and objsubid = 2 and database = (select oid from pg_database where datname = current_database())
            """, BatchMark);
        if (await command.ExecuteScalarAsync(ct) is not long second)
            return now;
        var before = BatchReads.OfMark((int)second).AddTicks(-TimeSpan.TicksPerMicrosecond);
        return before < now ? before : now;
    }
}
