using System.Collections.Concurrent;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using Npgsql;

namespace ExchangeHub.Node.Register;

/// <summary>A question that another county asked.</summary>
/// <param name="Question"><c>null</c> where the content is not what its kind demands.</param>
sealed record AskedQuestion(Guid ExchangeId, Guid OpeningId, string From, bool Test, CertificateVerificationRequest? Question)
{
    public static AskedQuestion Of(Header opening, CertificateVerificationRequest? question) =>
        new(opening.ExchangeId, opening.MessageId, opening.From, opening.Test, question);

    public static AskedQuestion Of(NodeExchange exchange) =>
        new(exchange.Id, exchange.OpeningId, exchange.Counterpart, exchange.Test, exchange.Question);
}

/// <summary>What the register says of a question, and the answer that follows by itself.</summary>
/// <param name="Answer">A reply to what agrees exactly, a return of what cannot be read; <c>null</c> where a clerk decides.</param>
sealed record PreparedAnswer(CertificateVerificationRequest? Question, RegisterComparison? Comparison, OutgoingMessage? Answer);

/// <summary>Compares questions with the register and seals what follows by itself; nothing is stored here.</summary>
public sealed class RegisterAnswers(NpgsqlDataSource source, Clocks clocks, Lazy<HostedCounties> counties, ILogger<RegisterAnswers> log) : IDisposable
{
    readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.Ordinal);

    /// <summary>
    /// One at a time per county, from looking into the register until what follows is stored: after an import, whatever still looked into the
    /// old register has been stored, and is found. A county runs in one process, so a turn within it is enough.
    /// </summary>
    internal async Task<IDisposable> TurnAsync(string county, CancellationToken ct)
    {
        var turn = turns.GetOrAdd(county, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(ct);
        return new Turn(turn);
    }

    /// <summary>Before any transaction: sealing is most of a node's work and holds no lock.</summary>
    /// <returns>In the order of the questions.</returns>
    internal async Task<IReadOnlyList<PreparedAnswer>> PrepareAsync(string county, IReadOnlyList<AskedQuestion> asked, CancellationToken ct)
    {
        var candidates = await RegisterTable.CandidatesAsync(source, county, [.. asked.Select(a => a.Question).OfType<CertificateVerificationRequest>()], ct);
        var member = counties.Value.Find(county)?.Member;
        return await Task.WhenAll(asked.Select(a => Task.Run(() => PrepareAsync(member, a, candidates, ct), ct)));
    }

    async Task<PreparedAnswer> PrepareAsync(Member? member, AskedQuestion asked, IReadOnlyList<RegisterEntry> candidates, CancellationToken ct)
    {
        if (asked.Question is not { } question)
            return new(null, null, await SealAsync(member, asked, Kinds.Return, h => h with { ReasonCode = ReturnReasons.Unreadable },
                new OpenedContent(), ct));
        var comparison = RegisterComparison.Of(question, [.. candidates.Where(c => c.IsCandidateFor(question))], clocks.Now);
        return new(question, comparison, !comparison.Exact ? null
            : await SealAsync(member, asked, Kinds.FeedbackReply, h => h with { Outcome = comparison.Outcome },
                new OpenedContent(Reply: new FeedbackReply(comparison.Matches())), ct));
    }

    /// <summary>An automatic answer, sealed; <c>null</c> where nothing can be sealed now: then a clerk decides.</summary>
    async Task<OutgoingMessage?> SealAsync(Member? member, AskedQuestion asked, string kind, Func<Header, Header> fill, OpenedContent content, CancellationToken ct)
    {
        if (member is null)
            return null;
        var header = fill(member.NewHeader(kind, asked.From, asked.ExchangeId) with { InReplyTo = asked.OpeningId, Automatic = true, Test = asked.Test });
        try
        {
            return await member.SealAsync(header, content.Write(), ct);
        }
        catch (Exception e) when (e is SealException or HttpRequestException or HubApiException)
        {
            RegisterLog.LeftToClerk(log, asked.ExchangeId, e is SealException refused ? refused.Refusals[0].Code : NodeCodes.ReceiverKeyNotAtHand);
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var turn in turns.Values)
            turn.Dispose();
    }

    sealed class Turn(SemaphoreSlim of) : IDisposable
    {
        public void Dispose() => of.Release();
    }
}

static partial class RegisterLog
{
    [LoggerMessage(3101, LogLevel.Debug, "Exchange {ExchangeId} answered by the register of {County}")]
    public static partial void Answered(ILogger log, Guid exchangeId, string county);

    [LoggerMessage(3102, LogLevel.Warning, "Exchange {ExchangeId}: the answer that follows by itself could not be sealed ({Code}); left to a clerk")]
    public static partial void LeftToClerk(ILogger log, Guid exchangeId, string code);
}
