using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Node.Register;
using ExchangeHub.Node.Reports;
using Npgsql;
using NpgsqlTypes;
using Item = ExchangeHub.Client.Members.Incoming;

namespace ExchangeHub.Node.Incoming;

/// <summary>A batch under its locks: what is there, what becomes of it, and the rows that say so.</summary>
sealed partial class IncomingBatch
{
    sealed record Own(Header Header, OpenedContent Content, string? Actor, string State);

    readonly string county;
    readonly Clocks clocks;
    readonly Dictionary<Guid, NodeExchange> exchanges = [];
    readonly HashSet<Guid> changed = [];
    readonly HashSet<(Guid, int)> applied = [];
    readonly Dictionary<Guid, Own> own = [];
    readonly List<NpgsqlBatchCommand> rows = [];
    readonly List<(Header Header, AcceptedStatement Accepted)> recovered = []; // own messages of exchanges that are opened again
    IReadOnlyList<Movement> records = [];

    IncomingBatch(string county, Clocks clocks) => (this.county, this.clocks) = (county, clocks);

    public List<Guid> AnsweredByRegister { get; } = [];

    public void Apply(Item.Receipt receipt)
    {
        if (!own.TryGetValue(receipt.MessageId, out var sent) || sent.State is "accepted" or "refused")
            return; // the first final statement stands; a repeat says the same
        var (state, at, refused) = receipt.Statement switch
        {
            AcceptedStatement accepted => ("accepted", accepted.AcceptedAt, null),
            AcceptedReportStatement report => ("accepted", report.AcceptedAt, null),
            RefusedStatement refusal => ("refused", refusal.RefusedAt, refusal),
            HeldStatement held => ("held", held.HeldAt, (RefusedStatement?)null),
            _ => throw new InvalidOperationException("A receipt is accepted, refused or held."),
        };
        if (state == sent.State)
            return;
        own[receipt.MessageId] = sent with { State = state };
        rows.Add(Row("""
            update node.outgoing set state = $3, receipt = $4, receipt_at = $5, codes = $6, fields = $7, next_try_at = null where county = $1 and message_id = $2
            """, county, receipt.MessageId, state, Json(receipt.Stamp), at, (refused?.Reasons ?? []).ToArray(), (refused?.Fields ?? []).ToArray()));
        if (refused is not null && sent.Header.Kind == Kinds.StatisticsReport)
            rows.Add(DailyReports.Refused(county, receipt.MessageId, at));
        if (!exchanges.TryGetValue(sent.Header.ExchangeId, out var exchange))
            return;
        Keep(ExchangeFolding.Receipt(exchange, sent.Header, sent.Content, receipt.Statement, sent.Actor));
        if (receipt.Statement is AcceptedStatement)
            Supersede(sent.Header, at);
    }

    /// <summary>What only the hub knew of an own message is kept from now on; in an exchange of another county's that has not come again, until it comes.</summary>
    public void Apply(Item.Recovered message)
    {
        if (!own.TryAdd(message.Header.MessageId, new(message.Header, new OpenedContent(), Actor: null, "accepted")))
            return;
        rows.Add(OutgoingTable.Recover(message, Json(message.Stamp)));
        if (CaseNumber.Given(county, message.Header.CaseNumber) is { } given)
            rows.Add(given);
        if (ExchangeFolding.Recovered(exchanges.GetValueOrDefault(message.Header.ExchangeId), message.Header, message.Accepted) is { } folded)
        {
            Keep(folded);
            Supersede(message.Header, message.Accepted.AcceptedAt);
        }
        else
            recovered.Add((message.Header, message.Accepted));
    }

    /// <param name="opening">What was prepared for a message that opens an exchange.</param>
    /// <param name="dispute">What was prepared for a reply that cannot be read.</param>
    public void Apply(Item.Message message, PreparedAnswer? opening, OutgoingMessage? dispute)
    {
        var (header, stamp) = (message.Header, message.Accepted);
        if (!Remember(header.ExchangeId, stamp.Seq, message.LeafHash, Kinds.TypeOf(header.Kind, header.Version), header.MessageId, message.Stamp))
            return;
        rows.Add(Row("insert into node.applied (county, iss, jti, applied_at) values ($1, $2, $3, $4) on conflict do nothing",
            county, header.From, header.MessageId, clocks.Now));
        if (opening is { Matter: { } matter })
        {
            var answered = Begin(ExchangeFolding.Received(header, stamp, matter, opening.Comparison, matter.Notice is { } notice ? RecordOf(header, notice) : null),
                opening.Answer);
            Supersede(header, stamp.AcceptedAt);
            if (answered)
                AnsweredByRegister.Add(header.ExchangeId);
        }
        else if (opening is not null)
        {
            PutAside(stamp, message.Stamp, message.Body, NoticeCodes.Unreadable, header.Kind);
            Begin(ExchangeFolding.Unreadable(stamp), opening.Answer);
        }
        else if (!exchanges.TryGetValue(header.ExchangeId, out var exchange))
            PutAside(stamp, message.Stamp, message.Body, IncomingWork.ExchangeNotHere, header.Kind);
        else if (OpenedContent.Read(header, message.Content) is { } content)
        {
            Keep(ExchangeFolding.Delivered(exchange, header, stamp, content));
            if (exchange is { Check: { } check, Test: false } && content.Reply is { } answer && WireTime.DayOf(stamp.AcceptedAt) is var on && check.AsksAbout(on))
                rows.Add(MovementTable.Answered(exchange, check, header, answer, on));
        }
        else
        {
            PutAside(stamp, message.Stamp, message.Body, NoticeCodes.Unreadable, header.Kind);
            HappenedUnread(exchange, header, stamp, dispute);
        }
    }

    public void Apply(Item.Event told)
    {
        var statement = told.Statement;
        if (statement is not { ExchangeId: { } exchangeId, Seq: { } seq })
            return; // what concerns no exchange (a registry change) is the engine's own
        if (Remember(exchangeId, seq, told.LeafHash, Kinds.TypeOf(statement.Kind, statement.Version), statement.EventId, told.Stamp)
            && exchanges.TryGetValue(exchangeId, out var exchange))
            Keep(ExchangeFolding.Told(exchange, statement));
    }

    public void Apply(Item.PutAside aside)
    {
        var stamp = aside.Accepted;
        if (!Remember(stamp.ExchangeId, stamp.Seq, aside.LeafHash, Kinds.TypeOf(stamp.Kind, stamp.Version), stamp.MessageId, aside.Stamp))
            return;
        PutAside(stamp, aside.Stamp, aside.Body, aside.Reason, aside.Detail);
        if (exchanges.TryGetValue(stamp.ExchangeId, out var exchange))
        {
            if (aside is { Reason: NoticeCodes.Unreadable, Header: { } header })
                HappenedUnread(exchange, header, stamp, aside.Answer);
        }
        else if (aside.Answer is not null)
        {
            Begin(ExchangeFolding.Unreadable(stamp), aside.Answer);
        }
    }

    /// <summary>The hub has accepted what cannot be read here: the exchange follows, and a reply is disputed where the phase allows it.</summary>
    void HappenedUnread(NodeExchange exchange, Header header, AcceptedStatement stamp, OutgoingMessage? dispute)
    {
        Keep(ExchangeFolding.Unreadable(exchange, header, stamp));
        if (dispute is not null && Moves.Forbidden(exchanges[exchange.Id], Kinds.Dispute) is null)
            Answer(exchange.Id, dispute);
    }

    /// <summary>What the county's own records say of a movement that the other side tells.</summary>
    RecordMatch RecordOf(Header header, MoveNotice notice)
    {
        var (direction, key) = (Directions.OfReceived(header.Kind), RegisterEntry.KeyOf(notice.PersonId));
        return records.FirstOrDefault(r => r.Direction == direction && r.Counterpart == header.From && r.IdKey == key) is { } own
            ? new(RecordMatches.Found, own.PersonName, own.MovedOn) : new(RecordMatches.OneSided);
    }

    /// <summary>A notice that takes another's place says so on that one.</summary>
    void Supersede(Header header, DateTimeOffset at)
    {
        if (header is { Supersedes: { } superseded, Follows: { } earlier } && Kinds.IsNotice(header.Kind)
            && exchanges.TryGetValue(earlier, out var exchange) && exchange.OpeningId == superseded)
            Keep(ExchangeFolding.Superseded(exchange, header, at));
    }

    /// <summary>Writes every row in one round trip: each exchange once, as it stands at the end.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var id in changed)
            batch.BatchCommands.Add(ExchangeTable.Save(exchanges[id]));
        foreach (var row in rows)
            batch.BatchCommands.Add(row);
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    void Keep(Folded folded)
    {
        rows.AddRange(MovementTable.Follow(exchanges.GetValueOrDefault(folded.Exchange.Id), folded.Exchange, clocks.Now));
        exchanges[folded.Exchange.Id] = folded.Exchange;
        changed.Add(folded.Exchange.Id);
        rows.AddRange(folded.Timeline.Select(fact => ExchangeTable.Tell(folded.Exchange, fact)));
    }

    /// <summary>An exchange that the other county opened. What was sent in it before this database was restored from a copy has happened, and is not answered again.</summary>
    /// <returns>Whether the answer was stored.</returns>
    bool Begin(Folded opened, OutgoingMessage? answer)
    {
        var id = opened.Exchange.Id;
        Keep(opened);
        foreach (var (header, accepted) in recovered.Where(r => r.Header.ExchangeId == id).OrderBy(r => r.Accepted.Number))
            if (ExchangeFolding.Recovered(exchanges[id], header, accepted) is { } folded)
                Keep(folded);
        if (answer is null || !exchanges[id].Owed)
            return false;
        Answer(id, answer);
        return true;
    }

    /// <summary>Stores an answer that no person gave, in this same transaction.</summary>
    void Answer(Guid exchangeId, OutgoingMessage answer)
    {
        rows.Add(OutgoingTable.Add(answer, actor: null));
        Keep(ExchangeFolding.Stored(exchanges[exchangeId], answer.Header, new OpenedContent(), actor: null));
    }

    /// <summary>Notes the place in the exchange; <c>false</c> where it was applied before.</summary>
    bool Remember(Guid exchangeId, int seq, string leafHash, string type, Guid messageId, Stamp stamp)
    {
        if (!applied.Add((exchangeId, seq)))
            return false;
        rows.Add(Row("""
            insert into node.incoming (county, exchange_id, seq, leaf_hash, type, message_id, stamp, applied_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
            """, county, exchangeId, seq, leafHash, type, messageId, Json(stamp), clocks.Now));
        return true;
    }

    void PutAside(AcceptedStatement accepted, Stamp stamp, byte[]? body, string reason, string detail) => rows.Add(Row("""
        insert into node.put_aside (county, at, reason, detail, exchange_id, seq, message_id, stamp, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """, county, clocks.Now, reason, detail, accepted.ExchangeId, accepted.Seq, accepted.MessageId, Json(stamp),
        new NpgsqlParameter { Value = (object?)body ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea }));

    static NpgsqlParameter Json(Stamp stamp) =>
        new() { Value = JsonSerializer.Serialize(stamp, NodeJson.Default.Stamp), NpgsqlDbType = NpgsqlDbType.Jsonb };

    static NpgsqlBatchCommand Row(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }
}
