using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Register;
using Npgsql;
using Item = ExchangeHub.Client.Members.Incoming;

namespace ExchangeHub.Node.Incoming;

/// <summary>
/// What a county does with what the hub delivers. One transaction for a whole batch: the exchanges locked in id order, everything folded in
/// memory in the order it came, then all rows written at once. What the register answers exactly is answered in the same transaction.
/// </summary>
public sealed class IncomingWork(NpgsqlDataSource source, Clocks clocks, Lazy<HostedCounties> counties, ILogger<IncomingWork> log)
{
    /// <summary>An accepted message of an exchange that this county has no record of (a disk that was lost): for the operator.</summary>
    public const string ExchangeNotHere = nameof(ExchangeNotHere);

    /// <summary>Applies all items in this order, all or none. An item applied before changes nothing.</summary>
    internal async Task ApplyAsync(string county, IReadOnlyList<Item> items, CancellationToken ct)
    {
        var answers = await PrepareAsync(county, items, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var batch = await IncomingBatch.LoadAsync(connection, county, items, clocks, ct);
        foreach (var item in items)
            switch (item)
            {
                case Item.Receipt receipt: batch.Apply(receipt); break;
                case Item.Message message: batch.Apply(message, answers.GetValueOrDefault(message)); break;
                case Item.Event told: batch.Apply(told); break;
                case Item.PutAside aside: batch.Apply(aside); break;
            }
        await batch.WriteAsync(connection, ct);
        CrashPoint.Reach("node:before-apply");
        await transaction.CommitAsync(ct);
        foreach (var exchangeId in batch.AnsweredByRegister)
            IncomingLog.AnsweredByRegister(log, exchangeId, county);
    }

    /// <summary>Compares each question with the register, and seals what follows by itself: before the transaction, because sealing is most of
    /// a node's work and holds no lock.</summary>
    async Task<Dictionary<Item.Message, PreparedOpening>> PrepareAsync(string county, IReadOnlyList<Item> items, CancellationToken ct)
    {
        var prepared = new Dictionary<Item.Message, PreparedOpening>(ReferenceEqualityComparer.Instance);
        var openings = items.OfType<Item.Message>().Where(m => Kinds.Submitted[m.Header.Kind].Opens)
            .Select(m => (Message: m, OpenedContent.Read(m.Header.Kind, m.Content)?.Question)).ToList();
        if (openings.Count == 0)
            return prepared;
        var candidates = await RegisterTable.CandidatesAsync(source, county, [.. openings.Select(o => o.Question).OfType<CertificateVerificationRequest>()], ct);
        var member = counties.Value.Find(county)?.Member;
        var made = await Task.WhenAll(openings.Select(o => Task.Run(() => OpeningAsync(member, o.Message, o.Question, candidates, ct), ct)));
        for (var i = 0; i < made.Length; i++)
            prepared[openings[i].Message] = made[i];
        return prepared;
    }

    async Task<PreparedOpening> OpeningAsync(Member? member, Item.Message message, CertificateVerificationRequest? question,
        IReadOnlyList<RegisterEntry> candidates, CancellationToken ct)
    {
        if (question is null)
            return new(null, null, await SealAsync(member, message, Kinds.Return, h => h with { ReasonCode = ReturnReasons.Unreadable },
                new OpenedContent(), ct));
        var comparison = RegisterComparison.Of(question, [.. candidates.Where(c => c.IsCandidateFor(question))], clocks.Now);
        return new(question, comparison, !comparison.Exact ? null
            : await SealAsync(member, message, Kinds.FeedbackReply, h => h with { Outcome = comparison.Outcome },
                new OpenedContent(Reply: new FeedbackReply(comparison.Matches())), ct));
    }

    /// <summary>An automatic answer, sealed; <c>null</c> where nothing can be sealed now: then a clerk decides.</summary>
    async Task<OutgoingMessage?> SealAsync(Member? member, Item.Message asked, string kind, Func<Header, Header> fill, OpenedContent content, CancellationToken ct)
    {
        if (member is null)
            return null;
        var header = fill(member.NewHeader(kind, asked.Header.From, asked.Header.ExchangeId) with
        {
            InReplyTo = asked.Header.MessageId,
            Automatic = true,
            Test = asked.Header.Test,
        });
        try
        {
            return await member.SealAsync(header, content.Write(), ct);
        }
        catch (Exception e) when (e is SealException or HttpRequestException or HubApiException)
        {
            IncomingLog.LeftToClerk(log, asked.Header.ExchangeId, e is SealException refused ? refused.Refusals[0].Code : NodeCodes.ReceiverKeyNotAtHand);
            return null;
        }
    }
}

/// <summary>An opening message with what the register says of its question, and the answer that follows by itself.</summary>
/// <param name="Question"><c>null</c> where the content is not what its kind demands.</param>
sealed record PreparedOpening(CertificateVerificationRequest? Question, RegisterComparison? Comparison, OutgoingMessage? Answer);

static partial class IncomingLog
{
    [LoggerMessage(3101, LogLevel.Debug, "Exchange {ExchangeId} answered by the register of {County}")]
    public static partial void AnsweredByRegister(ILogger log, Guid exchangeId, string county);

    [LoggerMessage(3102, LogLevel.Warning, "Exchange {ExchangeId}: the answer that follows by itself could not be sealed ({Code}); left to a clerk")]
    public static partial void LeftToClerk(ILogger log, Guid exchangeId, string code);

    [LoggerMessage(3103, LogLevel.Warning, "Old ids were not cleared ({Reason}); the next try is in some hours")]
    public static partial void ForgettingFailed(ILogger log, string reason);
}
