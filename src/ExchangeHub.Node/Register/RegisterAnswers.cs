using System.Collections.Concurrent;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using Npgsql;

namespace ExchangeHub.Node.Register;

/// <summary>An opening message of another county.</summary>
/// <param name="Matter"><c>null</c> where the content is not what its kind demands.</param>
sealed record AskedQuestion(Guid ExchangeId, Guid OpeningId, string From, bool Test, Matter? Matter)
{
    public static AskedQuestion Of(Header opening, Matter? matter) => new(opening.ExchangeId, opening.MessageId, opening.From, opening.Test, matter);

    public static AskedQuestion Of(NodeExchange exchange) => new(exchange.Id, exchange.OpeningId, exchange.Counterpart, exchange.Test, exchange.Matter);
}

/// <summary>What the register says of a question, and the answer that follows by itself.</summary>
/// <param name="Comparison">Of a question; nothing is compared for a notice.</param>
/// <param name="Answer">A reply to what agrees exactly, a return of what cannot be read; <c>null</c> where a clerk decides.</param>
sealed record PreparedAnswer(Matter? Matter, RegisterComparison? Comparison, OutgoingMessage? Answer);

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
        var candidates = await RegisterTable.CandidatesAsync(source, county, [.. asked.Select(a => a.Matter).OfType<Matter>().Where(m => m.Notice is null)], ct);
        var member = counties.Value.Find(county)?.Member;
        return await Task.WhenAll(asked.Select(a => Task.Run(() => PrepareAsync(member, a, candidates, ct), ct)));
    }

    async Task<PreparedAnswer> PrepareAsync(Member? member, AskedQuestion asked, IReadOnlyList<RegisterEntry> candidates, CancellationToken ct)
    {
        if (asked.Matter is not { } matter)
            return new(null, null, await SealAsync(member, asked, Kinds.Return, h => h with { ReasonCode = ReturnReasons.Unreadable },
                new OpenedContent(), ct));
        if (matter.Notice is not null)
            return new(matter, null, null);
        var comparison = RegisterComparison.Of(matter, [.. candidates.Where(c => c.IsCandidateFor(matter))], clocks.Now);
        return new(matter, comparison, !comparison.Exact ? null
            : await SealAsync(member, asked, Kinds.FeedbackReply, h => h with { Outcome = comparison.Outcome },
                new OpenedContent(Reply: new FeedbackReply(comparison.MatchesOf(matter), CertificateStatus: comparison.StatusToTell)), ct));
    }

    /// <summary>Wire, section 4, (d): a reply that cannot be read is disputed; stored where the phase allows it.</summary>
    internal Task<OutgoingMessage?> DisputeAsync(string county, Header reply, CancellationToken ct) =>
        SealAsync(counties.Value.Find(county)?.Member, new(reply.ExchangeId, reply.MessageId, reply.From, reply.Test, null), Kinds.Dispute,
            h => h with { ReasonCode = ReturnReasons.Unreadable }, new OpenedContent(), ct);

    /// <summary>An automatic answer, sealed; <c>null</c> where nothing can be sealed now: then a clerk decides.</summary>
    async Task<OutgoingMessage?> SealAsync(Member? member, AskedQuestion asked, string kind, Func<Header, Header> fill, OpenedContent content, CancellationToken ct)
    {
        if (member is null)
            return null;
        var header = fill(member.NewHeader(kind, asked.From, asked.ExchangeId) with { InReplyTo = asked.OpeningId, Automatic = true, Test = asked.Test });
        try
        {
            return await member.SealAsync(header, content.Write(header.Version), ct);
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
