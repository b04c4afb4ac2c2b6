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
        CrashPoint.Reach("node:after-apply");
        foreach (var exchangeId in batch.AnsweredByRegister)
            IncomingLog.AnsweredByRegister(log, exchangeId, county);
    }

    /// <summary>Compares each question with the register, and seals the answers that follow from it: before the transaction, because sealing is
    /// most of a node's work and holds no lock.</summary>
    async Task<Dictionary<Item.Message, PreparedQuestion>> PrepareAsync(string county, IReadOnlyList<Item> items, CancellationToken ct)
    {
        var prepared = new Dictionary<Item.Message, PreparedQuestion>(ReferenceEqualityComparer.Instance);
        var questions = items.OfType<Item.Message>().Where(m => m.Header.Kind == Kinds.CertificateVerificationRequest)
            .Select(m => (Message: m, Question: OpenedContent.Read(m.Header.Kind, m.Content)?.Question)).Where(q => q.Question is not null).ToList();
        if (questions.Count == 0)
            return prepared;
        var candidates = await RegisterTable.CandidatesAsync(source, county, [.. questions.Select(q => q.Question!)], ct);
        var member = counties.Value.Find(county)?.Member;
        var compared = await Task.WhenAll(questions.Select(q => Task.Run(async () =>
        {
            var comparison = RegisterComparison.Of(q.Question!, [.. candidates.Where(c => c.IsCandidateFor(q.Question!))], clocks.Now);
            var answer = comparison.Exact && member is not null ? await SealAnswerAsync(member, q.Message, comparison, ct) : null;
            return (q.Message, Prepared: new PreparedQuestion(q.Question!, comparison, answer));
        }, ct)));
        foreach (var (message, question) in compared)
            prepared[message] = question;
        return prepared;
    }

    /// <summary>The register's answer, sealed; <c>null</c> where nothing can be sealed now: then a clerk finds the exact match preselected.</summary>
    async Task<OutgoingMessage?> SealAnswerAsync(Member member, Item.Message asked, RegisterComparison comparison, CancellationToken ct)
    {
        var header = member.NewHeader(Kinds.FeedbackReply, asked.Header.From, asked.Header.ExchangeId) with
        {
            InReplyTo = asked.Header.MessageId,
            Outcome = comparison.Outcome,
            Automatic = true,
            Test = asked.Header.Test,
        };
        try
        {
            return await member.SealAsync(header, Contents.Write(new FeedbackReply(comparison.Matches())), ct);
        }
        catch (SealException e)
        {
            IncomingLog.LeftToClerk(log, asked.Header.ExchangeId, e.Refusals[0].Code);
            return null;
        }
    }
}

/// <summary>A question with what the register says, and the answer that follows by itself.</summary>
sealed record PreparedQuestion(CertificateVerificationRequest Question, RegisterComparison Comparison, OutgoingMessage? Answer);

static partial class IncomingLog
{
    [LoggerMessage(3101, LogLevel.Debug, "Exchange {ExchangeId} answered by the register of {County}")]
    public static partial void AnsweredByRegister(ILogger log, Guid exchangeId, string county);

    [LoggerMessage(3102, LogLevel.Warning, "Exchange {ExchangeId}: the register's answer could not be sealed ({Code}); left to a clerk")]
    public static partial void LeftToClerk(ILogger log, Guid exchangeId, string code);
}
