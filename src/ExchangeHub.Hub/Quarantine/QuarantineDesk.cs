using ExchangeHub.Client;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Hub.Schema;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub.Quarantine;

/// <summary>A quarantined message as an operator sees it: never its content.</summary>
/// <param name="Reason">Why it is here, a code.</param>
/// <param name="County">The authenticated sender; <c>null</c>: there was none.</param>
/// <param name="Bytes">Size of the body.</param>
/// <param name="Replayable">Its bytes are kept and no replay has judged them.</param>
/// <param name="Verdict">What the replay brought; <c>null</c>: not yet replayed.</param>
public sealed record Quarantined(Guid Id, DateTimeOffset At, string Reason, string? County, Guid? MessageId, Guid? ExchangeId, int Bytes,
    bool Replayable, DateTimeOffset? ReplayedAt, string? Verdict);

/// <summary>What lies in quarantine for one cause.</summary>
/// <param name="Reason">The cause, a code.</param>
/// <param name="Replayable">How many of them a replay can still judge.</param>
public sealed record QuarantineCause(string Reason, long Count, long Replayable, DateTimeOffset OldestAt, DateTimeOffset NewestAt);

/// <summary>Keeps what cannot be judged, and judges it again when an operator says so. Nothing is edited: sealed bytes stay as they came.</summary>
public sealed class QuarantineDesk(NpgsqlDataSource database, BatchLedger ledger, DeliveryRelay relay, RegistryWatch registry, DurableWrite durable,
    HubMetrics metrics, Clocks clocks, IOptions<HubOptions> options)
{
    public const string NoUserId = nameof(NoUserId);
    public const string NoMessageId = nameof(NoMessageId);
    public const string DeadLettered = nameof(DeadLettered);

    internal const string CanBeReplayed = "(replayed_at is null and body is not null)";

    /// <summary>Keeps a message that nobody can be answered for. Kept twice when the answer to the first commit was lost; nothing follows from it.</summary>
    public async Task KeepUnidentifiedAsync(Incoming message, CancellationToken ct) =>
        await KeepAsync(message, message.County is null ? NoUserId : NoMessageId, ct);

    public async Task KeepAsync(Incoming message, string reason, CancellationToken ct)
    {
        var now = clocks.Now;
        await using var command = database.Command(QuarantineTable.Insert, QuarantineTable.Row(Guid.CreateVersion7(now), now, reason, message,
            Screening.MayBeKept(message, registry.Current, now)));
        await durable.DoAsync(HubWrites.Quarantine, () => command.ExecuteNonQueryAsync(ct));
        metrics.Quarantined(reason);
    }

    /// <summary>The newest first; what can be replayed, in the order it came.</summary>
    /// <param name="reason">Of this cause only; <c>null</c>: of all.</param>
    public Task<IReadOnlyList<Quarantined>> ListAsync(int limit, string? reason, bool replayableOnly, Guid? after, CancellationToken ct) =>
        ReadAsync($"""
            where ($2::text is null or reason = $2) and ($3::uuid is null or (at, id) {(replayableOnly ? '>' : '<')} (select a.at, a.id from hub.quarantine a where a.id = $3))
            {(replayableOnly ? $"and {CanBeReplayed} order by at, id" : "order by at desc, id desc")} limit $1
            """, ct, limit, reason, after);

    /// <returns><c>null</c>: there is none of this id.</returns>
    public async Task<Quarantined?> FindAsync(Guid id, CancellationToken ct) => (await ReadAsync("where id = $1", ct, id)).SingleOrDefault();

    /// <summary>The cause with most of them first.</summary>
    public async Task<IReadOnlyList<QuarantineCause>> CausesAsync(CancellationToken ct)
    {
        await using var command = database.Command($"""
            select reason, count(*), count(*) filter (where {CanBeReplayed}), min(at), max(at) from hub.quarantine group by reason order by 2 desc, reason
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var causes = new List<QuarantineCause>();
        while (await reader.ReadAsync(ct))
            causes.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4)));
        return causes;
    }

    async Task<IReadOnlyList<Quarantined>> ReadAsync(string which, CancellationToken ct, params List<object?> parameters)
    {
        await using var command = database.Command(
            $"select id, at, reason, county, message_id, exchange_id, bytes, {CanBeReplayed}, replayed_at, verdict from hub.quarantine {which}", parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Quarantined>();
        while (await reader.ReadAsync(ct))
            rows.Add(new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.TextOrNull(3),
                await reader.IsDBNullAsync(4, ct) ? null : reader.GetGuid(4), await reader.IsDBNullAsync(5, ct) ? null : reader.GetGuid(5),
                reader.GetInt32(6), reader.GetBoolean(7), reader.TimeOrNull(8), reader.TextOrNull(9)));
        return rows;
    }

    /// <summary>Judges a held message now; its sender gets the final receipt.</summary>
    /// <returns>The verdict; <c>null</c> where there is nothing to replay: unknown, replayed before, or not kept: from nobody, without id, neither sealed nor a report.</returns>
    public async Task<string?> ReplayAsync(Guid id, CancellationToken ct)
    {
        await using var command = database.Command($"select body, properties, at from hub.quarantine where id = $1 and {CanBeReplayed}", id);
        Incoming message;
        DateTimeOffset heldAt;
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            if (!await reader.ReadAsync(ct))
                return null;
            (message, heldAt) = (QuarantineTable.Read(reader.GetFieldValue<byte[]>(0), reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2));
        }
        await registry.RefreshAsync(ct);
        var screened = Screening.Screen(message, options.Value.Id, registry.Current, clocks.Now);
        var committed = await ledger.CommitAsync([new Work.Replay(message, screened, id, heldAt)], ct);
        await relay.HandOverAsync(committed, ct);
        return committed.Replayed[id];
    }
}
