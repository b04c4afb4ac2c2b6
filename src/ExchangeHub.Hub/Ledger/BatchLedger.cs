using System.Diagnostics;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Rates;
using Marten;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub.Ledger;

/// <summary>The one place that changes exchanges: a batch is one transaction, whoever asks for it (intake, deadline clock, outage, calendar, replay).</summary>
public sealed class BatchLedger(NpgsqlDataSource database, IDocumentStore events, RulesWatch rules, SigningKey key, Clocks clocks, DurableWrite durable,
    HubMetrics metrics, IOptions<HubOptions> options)
{
    // A conflict means that another process judged the same message meanwhile: the next try finds it judged.
    const int TriesMax = 3;

    readonly string hub = options.Value.Id;

    /// <summary>Commits a batch of at most <see cref="Intake.IntakeConsumer.BatchMax"/> pieces of work.</summary>
    /// <exception cref="CommitUncertainException">It may have been committed or not.</exception>
    /// <exception cref="ClockSkewException">This machine's clock is off: nothing was stamped.</exception>
    public async Task<Committed> CommitAsync(IReadOnlyList<Work> work, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
            try
            {
                return await TryAsync(work, ct);
            }
            catch (Exception e) when (tries < TriesMax && IsConflict(e))
            {
            }
    }

    async Task<Committed> TryAsync(IReadOnlyList<Work> work, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        var asked = clocks.System.GetUtcNow();
        // Marked before the time is read: a figure "as of T" waits for every batch that could still get a stamp before T.
        var found = await BatchReads.BeginAsync(connection, transaction, clocks.Now, [.. work.Select(Plan.MessageOf).OfType<(string, Guid)>()],
            [.. work.SelectMany(Plan.Names).Distinct()], ct);
        ClockSkew.Check(asked, found.Theirs, clocks.System.GetUtcNow());
        var at = AnswerableTime.StampAfter(found.Answered, clocks.Now);
        var plan = Plan.Of(work, found);
        var locked = await BatchReads.LockAsync(connection, transaction, events, plan.Beginning, plan.Locked, ct);
        var draft = new BatchFold(hub, at, rules.Current, found.Seen, locked).Fold(plan.Pieces);
        if (draft.IsEmpty)
            return Report(draft, null, begun);

        var signed = draft.Leaves.Count == 0 ? null : BatchWrites.Sign(draft, hub, found.Epoch, key); // null: a replay of what was judged before
        await using (var session = events.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction)))
        {
            foreach (var (id, thread) in draft.Threads.Where(t => t.Value.Facts.Count > 0))
                session.Events.Append(id, thread.Facts);
            await session.SaveChangesAsync(ct);
        }
        await BatchWrites.WriteAsync(connection, transaction, draft, signed, clocks.System.GetUtcNow(), ct);

        CrashPoint.Reach("hub:before-commit");
        await CommitAsync(transaction);
        // Committed. A crash from here on costs a redelivery, answered from the store by its message id.
        CrashPoint.Reach("hub:after-commit");
        return Report(draft, signed, begun);
    }

    async Task CommitAsync(NpgsqlTransaction transaction)
    {
        try
        {
            // Not cancellable: once sent, only the answer says what became of it.
            await durable.DoAsync(HubWrites.Batch, () => transaction.CommitAsync(CancellationToken.None));
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("23", StringComparison.Ordinal) || e.SqlState.StartsWith("40", StringComparison.Ordinal))
        {
            throw; // the server says: rolled back
        }
        catch (Exception e)
        {
            throw new CommitUncertainException(e);
        }
    }

    static bool IsConflict(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure }
        or RowsMismatchException { Table: "hub.submissions" }
        || (e.InnerException is PostgresException inner && IsConflict(inner));

    Committed Report(BatchDraft draft, BatchWrites.Sealed? signed, long begun)
    {
        foreach (var kind in draft.AcceptedKinds)
            metrics.Accepted(kind);
        foreach (var codes in draft.RefusedCodes)
            metrics.Refused(codes);
        foreach (var duty in draft.OverdueDuties)
            metrics.Overdue(duty);
        foreach (var _ in draft.Repeats)
            metrics.Repeated();
        foreach (var held in draft.Quarantine)
            metrics.Quarantined(held.Reason);
        metrics.Batch(draft.Leaves.Count + draft.Repeats.Count, Stopwatch.GetElapsedTime(begun));
        return new(draft.At, [.. OutgoingOf(draft, signed)], draft.AcceptedKinds.Count, draft.RefusedCodes.Count, draft.Repeats.Count,
            draft.Changed.Sum(t => t.Facts.Count), draft.Replayed);
    }

    static IEnumerable<Outgoing> OutgoingOf(BatchDraft draft, BatchWrites.Sealed? signed)
    {
        if (signed is not null)
        {
            foreach (var d in draft.Deliveries)
                yield return new Outgoing.Delivery(d.Addressee, signed.Batch, d.Index, draft.Leaves[d.Index], signed.Tree.Path(d.Index), signed.Root,
                    d.Type, d.MessageId, d.ExchangeId, d.Body, d.TraceParent, d.AcceptedAt, d.Opens);
            foreach (var (county, index) in draft.Receipts)
                yield return new Outgoing.Receipt(county, signed.Batch, index, draft.Leaves[index], signed.Tree.Path(index), signed.Root, Pending: true);
        }
        foreach (var (county, seen) in draft.Repeats)
            yield return new Outgoing.Receipt(county, seen.Batch, seen.Index, seen.Leaf, BatchTree.FromStored(seen.LeafHashes).Path(seen.Index), seen.Root, Pending: false);
    }
}
