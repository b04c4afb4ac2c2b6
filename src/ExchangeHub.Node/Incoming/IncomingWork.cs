using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Register;
using Npgsql;
using Item = ExchangeHub.Client.Members.Incoming;

namespace ExchangeHub.Node.Incoming;

/// <summary>
/// What a county does with what the hub delivers. One transaction for a whole batch: the exchanges locked in id order, everything folded in
/// memory in the order it came, then all rows written at once. What the register answers exactly is answered in the same transaction.
/// </summary>
public sealed class IncomingWork(NpgsqlDataSource source, Clocks clocks, RegisterAnswers answers, DurableWrite durable, ILogger<IncomingWork> log)
{
    /// <summary>An accepted message of an exchange that this county has no record of (a disk that was lost): for the operator.</summary>
    public const string ExchangeNotHere = nameof(ExchangeNotHere);

    /// <summary>Applies all items in this order, all or none. An item applied before changes nothing.</summary>
    internal async Task ApplyAsync(string county, IReadOnlyList<Item> items, CancellationToken ct)
    {
        var openings = items.OfType<Item.Message>().Where(m => Kinds.Submitted[m.Header.Kind].Opens).ToList();
        using var turn = openings.Count == 0 ? null : await answers.TurnAsync(county, ct);
        var prepared = openings.Count == 0 ? [] : await PrepareAsync(county, openings, ct);
        var disputes = await DisputesAsync(county, items, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var batch = await IncomingBatch.LoadAsync(connection, county, items, [.. prepared.Values.Select(p => p.Matter?.Notice).OfType<MoveNotice>()], clocks, ct);
        foreach (var item in items)
            switch (item)
            {
                case Item.Receipt receipt: batch.Apply(receipt); break;
                case Item.Recovered recovered: batch.Apply(recovered); break;
                case Item.Message message: batch.Apply(message, prepared.GetValueOrDefault(message), disputes.GetValueOrDefault(message)); break;
                case Item.Event told: batch.Apply(told); break;
                case Item.PutAside aside: batch.Apply(aside); break;
            }
        await batch.WriteAsync(connection, ct);
        CrashPoint.Reach("node:before-apply");
        await durable.DoAsync(items.All(i => i is Item.Receipt or Item.Event { Statement.ExchangeId: null }) ? NodeWrites.Receipts : NodeWrites.Received, () => transaction.CommitAsync(ct));
        foreach (var exchangeId in batch.AnsweredByRegister)
            RegisterLog.Answered(log, exchangeId, county);
    }

    /// <summary>Answers to replies that are not what a reply must be.</summary>
    async Task<Dictionary<Item.Message, OutgoingMessage?>> DisputesAsync(string county, IReadOnlyList<Item> items, CancellationToken ct)
    {
        var disputes = new Dictionary<Item.Message, OutgoingMessage?>(ReferenceEqualityComparer.Instance);
        foreach (var reply in items.OfType<Item.Message>().Where(m => m.Header.Kind == Kinds.FeedbackReply && OpenedContent.Read(m.Header, m.Content) is null))
            disputes[reply] = await answers.DisputeAsync(county, reply.Header, ct);
        return disputes;
    }

    /// <summary>What the register says of each question, and what follows by itself.</summary>
    async Task<Dictionary<Item.Message, PreparedAnswer>> PrepareAsync(string county, List<Item.Message> openings, CancellationToken ct)
    {
        var prepared = new Dictionary<Item.Message, PreparedAnswer>(ReferenceEqualityComparer.Instance);
        var made = await answers.PrepareAsync(county,
            [.. openings.Select(m => AskedQuestion.Of(m.Header, OpenedContent.Read(m.Header, m.Content)?.Matter))], ct);
        for (var i = 0; i < made.Count; i++)
            prepared[openings[i]] = made[i];
        return prepared;
    }
}

static partial class IncomingLog
{
    [LoggerMessage(3103, LogLevel.Warning, "Old ids were not cleared ({Reason}); the next try is in some hours")]
    public static partial void ForgettingFailed(ILogger log, string reason);
}
