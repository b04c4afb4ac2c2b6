using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Outgoing;
using Npgsql;

namespace ExchangeHub.Node.Exchanges;

/// <summary>
/// What people and a county's own systems do in exchanges. The message is checked and sealed first; then one transaction locks the exchange,
/// sees that nothing changed meanwhile, and stores the message with its outgoing row. It is sent from there, now or when the hub can be reached.
/// </summary>
public sealed class ExchangeCommands(NpgsqlDataSource source, HostedCounties counties, DurableWrite durable, Clocks clocks)
{
    /// <summary>Asks another county. The result names the new exchange and its case number.</summary>
    public async Task<CommandResult> SendAsync(Author author, SendRequest request, CancellationToken ct = default)
    {
        var (question, errors, warnings) = request.Check(author.County);
        var exchangeId = request.ExchangeId ?? Guid.CreateVersion7(clocks.Business.GetUtcNow());
        if (question is null)
            return CommandResult.Refuse(exchangeId, errors) with { Warnings = warnings };
        if (counties.Find(author.County) is not { } county)
            return CommandResult.Refuse(exchangeId, new Refusal(NodeCodes.CountyNotHosted, "/header/from"));
        // The hub would say the same, later: who has ended is asked nothing new.
        if (county.Member.Directory?.EndedBy(request.To!.Trim(), WireTime.DayOf(clocks.Now)) is not null)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ReceiverNotActive, "/header/to"));
        if (await ExchangeTable.FindAsync(source, author.County, exchangeId, ct) is not null)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ExchangeExists, "/header/exchangeId"));
        if (request.Follows is { } follows && await ExchangeTable.FindAsync(source, author.County, follows, ct) is null)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ExchangeUnknown, "/header/follows"));
        var header = county.Member.NewHeader(Kinds.CertificateVerificationRequest, request.To!.Trim(), exchangeId) with
        {
            CaseNumber = await CaseNumber.NextAsync(source, author.County, clocks.Now, ct),
            Urgency = Blank(request.Urgency),
            ReasonCode = Blank(request.ReasonCode),
            Follows = request.Follows,
            Test = request.Test,
        };
        var stored = await StoreAsync(county, author, header, new OpenedContent(Question: question),
            exchange => exchange is null ? ExchangeFolding.Asked(header, question, author.DisplayName) : null, ct);
        return stored with { Warnings = warnings };
    }

    /// <summary>Says that the question was received.</summary>
    public Task<CommandResult> AcknowledgeAsync(Author author, Guid exchangeId, Acknowledge acknowledge, CancellationToken ct = default) =>
        InExchangeAsync(author, exchangeId, (exchange, allowed) => !allowed.Acknowledge ? NotNow(exchange)
            : acknowledge.Check() is { Count: > 0 } errors ? new(errors)
            : new(Kinds.Acknowledgement, h => h with { InReplyTo = exchange.OpeningId, Automatic = acknowledge.Automatic },
                new OpenedContent(Note: Blank(acknowledge.Note))), ct);

    /// <summary>Answers the question, or corrects the own answer.</summary>
    public Task<CommandResult> ReplyAsync(Author author, Guid exchangeId, Reply reply, CancellationToken ct = default) =>
        InExchangeAsync(author, exchangeId, (exchange, allowed) =>
        {
            if (!allowed.Reply && !allowed.Correct)
                return NotNow(exchange);
            var (content, errors) = reply.Check(exchange.Question);
            if (content is null)
                return new(errors);
            var outcome = reply.Outcome!.Trim();
            return new(Kinds.FeedbackReply, h => h with
            {
                InReplyTo = exchange.OpeningId,
                Outcome = outcome,
                ReasonCode = outcome == Outcomes.Match ? null : Blank(reply.ReasonCode),
                Automatic = reply.Automatic,
                Supersedes = allowed.Correct ? exchange.ReplyId : null,
                Changed = allowed.Correct && exchange.DiffersFrom(outcome, content),
            }, new OpenedContent(Reply: content));
        }, ct);

    /// <summary>Sends the question back.</summary>
    public Task<CommandResult> ReturnAsync(Author author, Guid exchangeId, Return command, CancellationToken ct = default) =>
        InExchangeAsync(author, exchangeId, (exchange, allowed) => !allowed.Return ? NotNow(exchange)
            : command.Check(exchange) is { Count: > 0 } errors ? new(errors)
            : new(Kinds.Return, h => h with
            {
                InReplyTo = exchange.OpeningId,
                ReasonCode = command.ReasonCode!.Trim(),
                SuggestedTo = Blank(command.SuggestedTo),
                Automatic = command.Automatic,
            }, new OpenedContent(Note: Blank(command.Note))), ct);

    /// <summary>Takes an own question back.</summary>
    public Task<CommandResult> WithdrawAsync(Author author, Guid exchangeId, Withdraw command, CancellationToken ct = default) =>
        InExchangeAsync(author, exchangeId, (exchange, allowed) => !allowed.Withdraw ? NotNow(exchange)
            : command.Check() is { Count: > 0 } errors ? new(errors)
            : new(Kinds.Withdrawal, h => h with { ReasonCode = Blank(command.ReasonCode) }, new OpenedContent(Note: Blank(command.Note))), ct);

    /// <summary>What a command decided: a message to send, or why not.</summary>
    sealed record Intent(string Kind, Func<Header, Header> Fill, OpenedContent Content, IReadOnlyList<Refusal> Errors)
    {
        public Intent(string kind, Func<Header, Header> fill, OpenedContent content) : this(kind, fill, content, []) { }
        public Intent(IReadOnlyList<Refusal> errors) : this("", h => h, new(), errors) { }
    }

    async Task<CommandResult> InExchangeAsync(Author author, Guid exchangeId, Func<NodeExchange, AllowedActions, Intent> decide, CancellationToken ct)
    {
        if (counties.Find(author.County) is not { } county)
            return CommandResult.Refuse(exchangeId, new Refusal(NodeCodes.CountyNotHosted, "/header/from"));
        if (await ExchangeTable.FindAsync(source, author.County, exchangeId, ct) is not { } seen)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ExchangeUnknown, "/header/exchangeId"));
        var intent = decide(seen, AllowedActions.Of(seen));
        if (intent.Errors.Count > 0)
            return CommandResult.Refuse(exchangeId, intent.Errors);
        var header = intent.Fill(county.Member.NewHeader(intent.Kind, seen.Counterpart, exchangeId) with { Test = seen.Test });
        return await StoreAsync(county, author, header, intent.Content,
            now => now is not null && AllowedActions.Of(now) == AllowedActions.Of(seen) && now.ReplyId == seen.ReplyId
                ? ExchangeFolding.Stored(now, header, intent.Content, author.DisplayName) : null, ct);
    }

    /// <param name="fold">The exchange as it is under the lock (or none) to what it becomes; <c>null</c> where it changed since the decision.</param>
    async Task<CommandResult> StoreAsync(HostedCounty county, Author author, Header header, OpenedContent content, Func<NodeExchange?, Folded?> fold,
        CancellationToken ct)
    {
        OutgoingMessage message;
        try
        {
            message = await county.Member.SealAsync(header, content.Write(), ct);
        }
        catch (SealException e)
        {
            return CommandResult.Refuse(header.ExchangeId, e.Refusals);
        }
        catch (Exception e) when (e is HttpRequestException or HubApiException)
        {
            return CommandResult.Refuse(header.ExchangeId, new Refusal(NodeCodes.ReceiverKeyNotAtHand, "/header/to"));
        }
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var locked = await ExchangeTable.LockAsync(connection, author.County, header.ExchangeId, ct);
        if (fold(locked) is not { } folded)
            return CommandResult.Refuse(header.ExchangeId, header.Kind == locked?.Kind
                ? [new Refusal(RefusalCodes.ExchangeExists, "/header/exchangeId")] : NotNow(locked!).Errors);
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(locked is null ? ExchangeTable.Open(folded.Exchange) : ExchangeTable.Save(folded.Exchange));
            foreach (var fact in folded.Timeline)
                batch.BatchCommands.Add(ExchangeTable.Tell(folded.Exchange, fact));
            batch.BatchCommands.Add(OutgoingTable.Add(message, author.DisplayName));
            await batch.ExecuteNonQueryAsync(ct);
            // The same form came twice at once: the other one opened the exchange, and nothing of this one stays.
            if (batch.BatchCommands[0].RecordsAffected == 0)
                return CommandResult.Refuse(header.ExchangeId, new Refusal(RefusalCodes.ExchangeExists, "/header/exchangeId"));
        }
        CrashPoint.Reach("node:before-store");
        await durable.DoAsync(NodeWrites.Command, () => transaction.CommitAsync(ct));
        county.Member.OutgoingStored();
        return new(header.ExchangeId, header.MessageId, folded.Exchange.CaseNumber, [], []);
    }

    static Intent NotNow(NodeExchange exchange) =>
        new([new Refusal(exchange.UnderWay.Any() ? NodeCodes.AwaitingReceipt : RefusalCodes.PhaseNotAllowed, "/header/exchangeId")]);

    static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
