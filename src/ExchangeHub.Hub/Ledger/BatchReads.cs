using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Schema;
using Marten;
using Npgsql;

namespace ExchangeHub.Hub.Ledger;

/// <summary>What a batch reads: first without locks (what was said before, who is party), then the state rows under lock.</summary>
static class BatchReads
{
    /// <summary>Advisory lock class of batches under way; the object is <see cref="MarkOf"/> of the clock before the batch read its time.</summary>
    public const int MarkClass = 7101;

    static readonly DateTimeOffset MarkEpoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whole seconds since 2020, rounded down.</summary>
    public static int MarkOf(DateTimeOffset at) => (int)Math.Floor((at - MarkEpoch).TotalSeconds);

    public static DateTimeOffset OfMark(int mark) => MarkEpoch.AddSeconds(mark);

    /// <param name="Epoch">That holds while this batch runs.</param>
    /// <param name="Answered">The greatest T that figures were told for.</param>
    /// <param name="Theirs">The database's clock.</param>
    public sealed record Found(int Epoch, DateTimeOffset Answered, DateTimeOffset Theirs, Dictionary<(string County, Guid MessageId), Seen> Seen, Dictionary<Guid, (string Asker, string Receiver)> Parties);

    /// <summary>Marks the batch as under way, before its time is read, and looks up what needs no lock.</summary>
    /// <param name="now">The business clock.</param>
    public static async Task<Found> BeginAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now,
        IReadOnlyCollection<(string County, Guid MessageId)> messages, IReadOnlyCollection<Guid> exchanges, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("select pg_advisory_xact_lock_shared($1, $2)", MarkClass, MarkOf(now));
        // After the mark, with a snapshot of its own: who asked before and saw no mark has written its T.
        batch.Add($"select e.epoch, a.at, {ClockSkew.Theirs} from hub.answered a, {Epochs.Newest} e");
        batch.Add("""
            select s.county, s.message_id, s.digest, s.verdict, s.batch, s.index, s.leaf, b.root, b.leaf_hashes
            from unnest($1, $2) as k (county, message_id)
            join hub.submissions s on s.county = k.county and s.message_id = k.message_id
            join hub.batches b on b.batch = s.batch
            """, messages.Select(m => m.County).ToArray(), messages.Select(m => m.MessageId).ToArray());
        batch.Add("select id, asker, receiver from hub.exchanges where id = any($1) and state is not null", exchanges.ToArray());
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var (epoch, answered, theirs) = (reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2));
        await reader.NextResultAsync(ct);
        var seen = new Dictionary<(string, Guid), Seen>();
        while (await reader.ReadAsync(ct))
            seen[(reader.GetString(0), reader.GetGuid(1))] = new Seen(reader.GetFieldValue<byte[]>(2), reader.GetString(3), reader.GetGuid(4), reader.GetInt32(5),
                reader.GetFieldValue<byte[]>(6), reader.GetString(7), reader.GetFieldValue<byte[]>(8));
        await reader.NextResultAsync(ct);
        var parties = new Dictionary<Guid, (string, string)>();
        while (await reader.ReadAsync(ct))
            parties[reader.GetGuid(0)] = (reader.GetString(1), reader.GetString(2));
        return new(epoch, answered, theirs, seen, parties);
    }

    /// <summary>Makes skeleton rows for exchanges that begin here, then locks all rows in id order: two batches never wait for each other in a ring.
    /// A row of the first form is folded anew from its stream.</summary>
    public static async Task<Dictionary<Guid, Exchange?>> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IDocumentStore events,
        IReadOnlyCollection<Guid> beginning, IReadOnlyCollection<Guid> all, CancellationToken ct)
    {
        var states = new Dictionary<Guid, Exchange?>();
        var old = new List<(Guid Id, DateTimeOffset? LookAt)>();
        if (all.Count == 0)
            return states;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("insert into hub.exchanges (id) select id from unnest($1) as n (id) order by id on conflict (id) do nothing", beginning.ToArray());
        batch.Add("select id, state, look_at from hub.exchanges where id = any($1) order by id for update", all.ToArray());
        await using (var reader = await batch.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct))
            {
                var (id, json) = (reader.GetGuid(0), reader.TextOrNull(1));
                states[id] = json is null ? null : Exchange.FromJson(json);
                if (json is not null && states[id] is null)
                    old.Add((id, reader.TimeOrNull(2)));
            }
        if (old.Count == 0)
            return states;
        await using var session = events.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        foreach (var (id, lookAt) in old)
            states[id] = Exchange.Fold((await session.Events.FetchStreamAsync(id, token: ct)).Select(e => (ExchangeEvent)e.Data))! with { LookAt = lookAt };
        return states;
    }
}
