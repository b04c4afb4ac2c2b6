using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Register;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Node.Movements;

/// <summary>The statements that keep the county's movements, for a caller's transaction. A trial leaves no trace in them.</summary>
static class MovementTable
{
    /// <summary>What becomes of the records when an exchange went from one state to the next. An own notice changes nothing before the hub took it:
    /// one that is refused leaves everything as it was.</summary>
    /// <param name="before"><c>null</c> where it has just begun.</param>
    public static IReadOnlyList<NpgsqlBatchCommand> Follow(NodeExchange? before, NodeExchange after, DateTimeOffset now) => after switch
    {
        { Test: true } => [],
        { Check: { } check, Side: Side.Asker } when before is null => check.AsksAbout(WireTime.DayOf(now)) ? [Asked(after, check)] : [],
        { Notice: null } => [],
        _ when before is not null && after.Record is { What: RecordMatches.Opened } && before.Record != after.Record => Open(after, after.Notice, now),
        _ when before?.Phase == after.Phase => [],
        { Phase: NodePhase.Sending or NodePhase.Refused } => [],
        { Phase: NodePhase.Withdrawn or NodePhase.Returned } => [.. WasTaken(before) ? [] : Corrected(after), .. Undo(after.County, after.Id)],
        _ when !WasTaken(before) || before is { Phase: NodePhase.Returned } => [.. Corrected(after), Tell(after, after.Notice, now)],
        _ => [],
    };

    /// <summary>The hub had taken the notice already.</summary>
    static bool WasTaken(NodeExchange? before) => before is { Phase: not (NodePhase.Sending or NodePhase.Refused) };

    // A notice that takes another's place takes back what that one said.
    static IReadOnlyList<NpgsqlBatchCommand> Corrected(NodeExchange e) => e is { Supersedes: not null, Follows: { } earlier } ? Undo(e.County, earlier) : [];

    // An own notice keeps the own record, the other county's tells of theirs, a departure of either side ends it.
    static NpgsqlBatchCommand Tell(NodeExchange e, MoveNotice notice, DateTimeOffset now) => (e.Kind, e.Side) switch
    {
        (Kinds.DepartureNotice, _) => End(e.County, e.Side == Side.Asker ? Directions.In : Directions.Out, notice, e.Counterpart, e.Id),
        (_, Side.Asker) => Keep(e.County, new(Directions.OfSent(e.Kind), notice.PersonName, notice.PersonId, e.Counterpart, notice.MovedOn), now, e.Id),
        _ => Command("""
            insert into node.movements as m (county, direction, counterpart, id_key, person_id, person_name, moved_on, source, state, recorded_at, told_by)
            values ($1, $2, $3, $4, $5, $6, $7, 'Notice', 'ToldOnly', $8, $9)
            on conflict (county, direction, id_key, counterpart) where state <> 'Ended' do update set told_by = excluded.told_by,
                state = case m.state when 'OwnOnly' then 'Matched' else m.state end
            """, e.County, Directions.OfReceived(e.Kind), e.Counterpart, RegisterEntry.KeyOf(notice.PersonId), notice.PersonId, notice.PersonName,
            notice.MovedOn, now, e.Id),
    };

    /// <summary>A county's own record, from a file, a person or an own notice.</summary>
    /// <param name="notice">The exchange of the own notice that tells of it.</param>
    public static NpgsqlBatchCommand Keep(string county, Movement movement, DateTimeOffset now, Guid? notice = null) => Command("""
        insert into node.movements as m (county, direction, counterpart, id_key, person_id, person_name, moved_on, source, state, recorded_at, made_by, notice_id, notified_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'Own', 'OwnOnly', $8, $9, $9, case when $9 is null then null else $8 end)
        on conflict (county, direction, id_key, counterpart) where state <> 'Ended' do update set
            person_id = excluded.person_id, person_name = excluded.person_name, moved_on = excluded.moved_on,
            state = case m.state when 'ToldOnly' then 'Matched' else m.state end,
            made_by = case when m.state = 'ToldOnly' then excluded.made_by when excluded.made_by is null then null else m.made_by end,
            notice_id = coalesce(excluded.notice_id, m.notice_id), notified_at = coalesce(excluded.notified_at, m.notified_at)
        """, county, movement.Direction, movement.Counterpart, movement.IdKey, movement.PersonId, movement.PersonName, movement.MovedOn, now,
        new NpgsqlParameter { Value = (object?)notice ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });

    /// <summary>A clerk opens the own record from a notice; from a departure, that of the county moved on to.</summary>
    static IReadOnlyList<NpgsqlBatchCommand> Open(NodeExchange exchange, MoveNotice notice, DateTimeOffset now)
    {
        var counterpart = exchange.Kind == Kinds.DepartureNotice ? notice.MovedTo! : exchange.Counterpart;
        return [Keep(exchange.County, new(Directions.OfReceived(exchange.Kind), notice.PersonName, notice.PersonId, counterpart, notice.MovedOn), now)];
    }

    /// <summary>A notice was withdrawn, returned or superseded: what it made, told or ended is as it was without it.</summary>
    static IReadOnlyList<NpgsqlBatchCommand> Undo(string county, Guid notice) =>
    [
        Command("""
            update node.movements set told_by = null, state = case state when 'Matched' then 'OwnOnly' else 'Ended' end
            where county = $1 and told_by = $2 and state in ('Matched', 'ToldOnly')
            """, county, notice),
        Command("""
            update node.movements set made_by = nullif(made_by, $2), notice_id = null, notified_at = null,
                state = case when made_by is distinct from $2 then state when state = 'Matched' then 'ToldOnly' else 'Ended' end
            where county = $1 and (made_by = $2 or notice_id = $2) and state in ('Matched', 'OwnOnly')
            """, county, notice),
        Command("""
            update node.movements m set ended_by = null, ended_from = null, state = ended_from where county = $1 and ended_by = $2
                and not exists (select 1 from node.movements o where o.county = m.county and o.direction = m.direction and o.id_key = m.id_key
                    and o.counterpart = m.counterpart and o.state <> 'Ended')
            """, county, notice),
    ];

    /// <summary>A check asks about the person: while it waits, their one-sided record is asked about.</summary>
    static NpgsqlBatchCommand Asked(NodeExchange exchange, AssistanceCheckRequest check) => Command("""
        update node.movements set asked_by = $4 where county = $1 and counterpart = $2 and id_key = $3 and state in ('OwnOnly', 'ToldOnly')
        """, exchange.County, exchange.Counterpart, RegisterEntry.KeyOf(check.PersonId), exchange.Id);

    /// <summary>The other county answered a check: a match says that it has the person's record, too, and a correction to nobody found takes that back,
    /// unless its own notice told of it; a contact that agrees is confirmed.
    /// What it answered about an earlier day (<see cref="AssistanceCheckRequest.AsksAbout"/>) says nothing of today's records.</summary>
    public static NpgsqlBatchCommand Answered(NodeExchange exchange, AssistanceCheckRequest check, Header reply, FeedbackReply answer, DateOnly on) => Command("""
        update node.movements set contact_on = case when $5 then $6 else contact_on end,
            state = case when state = 'OwnOnly' and $4 then 'Matched' when state = 'Matched' and told_by is null and $7 then 'OwnOnly' else state end
        where county = $1 and counterpart = $2 and id_key = $3 and state <> 'Ended'
        """, exchange.County, exchange.Counterpart, RegisterEntry.KeyOf(check.PersonId), reply.Outcome == Outcomes.Match,
        answer.Fields.GetValueOrDefault(CheckItem.Contact) == FieldMatch.Same, on, reply.Outcome == Outcomes.PersonNotFound);

    /// <summary>The county's own records in force of these people.</summary>
    public static async Task<IReadOnlyList<Movement>> OwnAsync(NpgsqlConnection connection, string county, IReadOnlyCollection<string> idKeys, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select direction, person_name, person_id, counterpart, moved_on from node.movements
            where county = $1 and id_key = any($2) and state in ('OwnOnly', 'Matched')
            """, connection)
        { Parameters = { new() { Value = county }, new() { Value = idKeys.ToArray() } } };
        var found = new List<Movement>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), await reader.GetFieldValueAsync<DateOnly>(4, ct)));
        return found;
    }

    static NpgsqlBatchCommand End(string county, string direction, MoveNotice notice, string counterpart, Guid exchange) => Command("""
        update node.movements set ended_from = state, ended_by = $5, state = 'Ended'
        where county = $1 and direction = $2 and id_key = $3 and counterpart = $4 and state <> 'Ended'
        """, county, direction, RegisterEntry.KeyOf(notice.PersonId), counterpart, exchange);

    static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }
}
