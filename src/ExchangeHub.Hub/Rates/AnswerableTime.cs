using ExchangeHub.Client;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Rates;

/// <summary>The latest T that can be answered for good: no batch, of any process of the hub, can still be stamped at or before it.</summary>
/// <remarks>
/// A batch holds, from before it reads its clock until it ends, a shared advisory lock named by that clock's second. Who asks first writes T down
/// and then looks at those marks. A batch whose mark is not seen reads what was written: it is stamped after T, even where its clock is behind.
/// </remarks>
public sealed class AnswerableTime(NpgsqlDataSource database, DurableWrite durable, Clocks clocks)
{
    /// <summary>First key of the batches' advisory locks.</summary>
    public const int BatchMark = BatchReads.MarkClass;

    /// <summary>Second key of the lock of a batch whose clock reading is not before an instant.</summary>
    public static int MarkOf(DateTimeOffset at) => BatchReads.MarkOf(at);

    // Two hubs that work are at most so far apart. A T beyond it was told by a clock that nobody may follow.
    static readonly TimeSpan AheadMax = 2 * ClockSkew.Max;

    /// <summary>The stamp of a batch: its own clock, or just after the T that was told for by a clock ahead of it. A clock that stands at T keeps its time.</summary>
    /// <param name="answered">The greatest T told for, read after the batch was marked.</param>
    /// <param name="own">The clock, read after that.</param>
    public static DateTimeOffset StampAfter(DateTimeOffset answered, DateTimeOffset own) =>
        own < answered && answered - own <= AheadMax ? answered.AddMicroseconds(1) : own;

    /// <summary>The T that was asked for, now, or just before the second of the oldest batch under way, whichever is first, UTC.</summary>
    /// <param name="asked"><c>null</c>: now.</param>
    public async Task<DateTimeOffset> LatestAsync(DateTimeOffset? asked, CancellationToken ct)
    {
        var now = clocks.Now;
        var t = asked < now ? asked.Value : now;
        await using (var told = database.Command("update hub.answered set at = $1 where at < $1", t))
            await durable.DoAsync(HubWrites.Answered, () => told.ExecuteNonQueryAsync(ct));
        await using var command = database.Command("""
            select min(objid::bigint) from pg_locks
            where locktype = 'advisory' and classid = $1::int and objsubid = 2 and database = (select oid from pg_database where datname = current_database())
            """, BatchMark);
        if (await command.ExecuteScalarAsync(ct) is not long second)
            return t;
        var before = BatchReads.OfMark((int)second).AddTicks(-TimeSpan.TicksPerMicrosecond);
        return before < t ? before : t;
    }
}
