using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Outgoing;
using Npgsql;

namespace ExchangeHub.Node.Register;

/// <summary>
/// Open questions compared again after the register has changed: what agrees exactly now is answered, once; the rest shows the new comparison.
/// </summary>
public sealed class OpenQuestions(NpgsqlDataSource source, RegisterAnswers answers, Lazy<HostedCounties> counties, DurableWrite durable, ILogger<OpenQuestions> log)
{
    /// <summary>One transaction's worth: what arrives meanwhile waits no longer than for a batch of its own kind.</summary>
    const int AtOnce = 100;

    /// <returns>How many questions were answered.</returns>
    public async Task<int> CompareAgainAsync(string county, CancellationToken ct = default)
    {
        var (after, answered) = (Guid.Empty, 0);
        while (true)
        {
            using var turn = await answers.TurnAsync(county, ct);
            var owed = await ReadAsync("select state from node.exchanges where county = $1 and owed and id > $2 order by id limit $3", ct, county, after, AtOnce);
            if (owed.Count == 0)
                return answered;
            answered += await CompareAsync(county, [.. owed.Where(IsOpen)], ct);
            after = owed[^1].Id;
        }
    }

    /// <summary>Nobody has answered yet. A dispute is a person's, and an answer that the hub holds is an answer.</summary>
    static bool IsOpen(NodeExchange exchange) => exchange is { Phase: NodePhase.Open, IsNotice: false, Matter.Subject: not null }
        && exchange.Waiting.All(w => w.Kind is not (Kinds.FeedbackReply or Kinds.Return));

    async Task<int> CompareAsync(string county, IReadOnlyList<NodeExchange> open, CancellationToken ct)
    {
        var prepared = await answers.PrepareAsync(county, [.. open.Select(AskedQuestion.Of)], ct);
        var news = open.Zip(prepared).Where(p => p.Second.Answer is not null || !p.Second.Comparison!.SaysTheSameAs(p.First.Comparison))
            .ToDictionary(p => p.First.Id, p => p.Second);
        if (news.Count == 0)
            return 0;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        var sent = new List<Guid>();
        foreach (var exchange in (await ExchangeTable.LockAsync(connection, county, news.Keys, ct)).Where(IsOpen)) // a clerk may have been faster
        {
            var (_, comparison, answer) = news[exchange.Id];
            var folded = ExchangeFolding.Compared(exchange, comparison!);
            if (answer is not null)
            {
                var stored = ExchangeFolding.Stored(folded.Exchange, answer.Header, new OpenedContent(), actor: null);
                folded = new(stored.Exchange, [.. folded.Timeline, .. stored.Timeline]);
                batch.BatchCommands.Add(OutgoingTable.Add(answer, actor: null));
                sent.Add(exchange.Id);
            }
            batch.BatchCommands.Add(ExchangeTable.Save(folded.Exchange));
            foreach (var fact in folded.Timeline)
                batch.BatchCommands.Add(ExchangeTable.Tell(folded.Exchange, fact));
        }
        if (batch.BatchCommands.Count == 0)
            return 0;
        await batch.ExecuteNonQueryAsync(ct);
        await durable.DoAsync(NodeWrites.Compared, () => transaction.CommitAsync(ct));
        if (sent.Count > 0)
            counties.Value.Find(county)?.Member.OutgoingStored();
        foreach (var exchangeId in sent)
            RegisterLog.Answered(log, exchangeId, county);
        return sent.Count;
    }

    async Task<IReadOnlyList<NodeExchange>> ReadAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await ExchangeTable.ReadAllAsync(command, ct);
    }
}
