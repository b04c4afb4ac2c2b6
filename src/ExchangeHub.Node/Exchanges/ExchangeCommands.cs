using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Outgoing;
using Npgsql;

namespace ExchangeHub.Node.Exchanges;

/// <summary>
/// What people and a county's own systems do in exchanges. The message is checked and sealed first; then one transaction locks the exchange,
/// sees that nothing changed meanwhile, and stores the message with its outgoing row. It is sent from there, now or when the hub can be reached.
/// </summary>
public sealed partial class ExchangeCommands(NpgsqlDataSource source, HostedCounties counties, DurableWrite durable, Clocks clocks)
{
    /// <summary>Does something in an exchange of the author's county.</summary>
    public async Task<CommandResult> DoAsync(Author author, Guid exchangeId, Move move, CancellationToken ct = default)
    {
        if (counties.Find(author.County) is not { } county)
            return CommandResult.Refuse(exchangeId, new Refusal(NodeCodes.CountyNotHosted, "/header/from"));
        if (await ExchangeTable.FindAsync(source, author.County, exchangeId, ct) is not { } seen)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ExchangeUnknown, "/header/exchangeId"));
        if ((Moves.Forbidden(seen, move.Kind) ?? Moves.TooLate(seen, move.Kind, clocks.Now)) is { } forbidden)
            return CommandResult.Refuse(exchangeId, forbidden);
        var form = new FormCheck();
        var draft = move.Draft(seen, form);
        if (form.Errors.Count > 0)
            return CommandResult.Refuse(exchangeId, form.Errors);
        var header = draft.Fill(county.Member.NewHeader(move.Kind, seen.Counterpart, exchangeId) with { Test = seen.Test });
        return await StoreAsync(county, author, header, draft.Content, now =>
        {
            if (now is null || Changed(seen, now, clocks.Now))
                return null;
            var folded = ExchangeFolding.Stored(now, header, draft.Content, author.DisplayName);
            return move is Acknowledge { Open: true } && now.Record is not { What: RecordMatches.Found }
                ? folded.Then(e => ExchangeFolding.RecordOpened(e, header.SentAt, author.DisplayName)) : folded;
        }, ct);
    }

    /// <summary>Whether another answer may be right now than the one that was prepared: somebody else was faster.</summary>
    static bool Changed(NodeExchange seen, NodeExchange now, DateTimeOffset at) => AllowedActions.Of(now, at) != AllowedActions.Of(seen, at)
        || now.ReplyId != seen.ReplyId || now.Undecided != seen.Undecided || now.ReturnId != seen.ReturnId;

    /// <param name="fold">The exchange as it is under the lock (or none) to what it becomes; <c>null</c> where it changed since the decision.</param>
    async Task<CommandResult> StoreAsync(HostedCounty county, Author author, Header header, OpenedContent content, Func<NodeExchange?, Folded?> fold, CancellationToken ct)
    {
        if (header.Automatic && !author.IsProgram)
            return CommandResult.Refuse(header.ExchangeId, new Refusal(NodeCodes.OnlyPrograms, "/header/automatic"));
        OutgoingMessage message;
        try
        {
            message = await county.Member.SealAsync(header, content.Write(header.Version), ct);
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
            return CommandResult.Refuse(header.ExchangeId, Kinds.Submitted[header.Kind].Opens
                ? new Refusal(RefusalCodes.ExchangeExists, "/header/exchangeId")
                : Moves.Forbidden(locked!, header.Kind) ?? new(RefusalCodes.PhaseNotAllowed, "/header/exchangeId"));
        var exchange = folded.Exchange;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(locked is null ? ExchangeTable.Open(exchange) : ExchangeTable.Save(exchange));
            foreach (var fact in folded.Timeline)
                batch.BatchCommands.Add(ExchangeTable.Tell(exchange, fact));
            batch.BatchCommands.Add(OutgoingTable.Add(message, author.DisplayName));
            foreach (var row in MovementTable.Follow(locked, exchange, clocks.Now))
                batch.BatchCommands.Add(row);
            await batch.ExecuteNonQueryAsync(ct);
            // The same form came twice at once: the other one opened the exchange, and nothing of this one stays.
            if (batch.BatchCommands[0].RecordsAffected == 0)
                return CommandResult.Refuse(header.ExchangeId, new Refusal(RefusalCodes.ExchangeExists, "/header/exchangeId"));
        }
        CrashPoint.Reach("node:before-store");
        await durable.DoAsync(NodeWrites.Command, () => transaction.CommitAsync(ct));
        county.Member.OutgoingStored();
        return new(header.ExchangeId, header.MessageId, exchange.CaseNumber, [], []);
    }
}
