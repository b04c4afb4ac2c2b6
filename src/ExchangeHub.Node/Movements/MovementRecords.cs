using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Register;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Node.Movements;

/// <summary>A movement as somebody typed it.</summary>
/// <param name="Direction">One of <see cref="Directions.All"/>.</param>
/// <param name="Counterpart">The other county's code.</param>
/// <param name="MovedOn">The day, <c>yyyy-MM-dd</c>.</param>
public sealed record RecordMovement(string? Direction, string? PersonName, string? PersonId, string? Counterpart, string? MovedOn)
{
    internal Movement? Check(string county, FormCheck form)
    {
        var movement = new Movement(form.Text("/direction", Direction, Directions.All.Contains) ?? "", form.Text("/personName", PersonName, FormCheck.IsShort) ?? "",
            form.ResidentNumber("/personId", PersonId), form.Text("/counterpart", Counterpart, c => Party.IsCounty(c) && c != county) ?? "",
            form.Day("/movedOn", MovedOn) ?? default);
        if (string.IsNullOrWhiteSpace(MovedOn))
            form.Refuse(RefusalCodes.MemberMissing, "/movedOn");
        return form.Errors.Count == 0 ? movement : null;
    }
}

/// <summary>What came of a file of movements. Good rows are stored whatever else the file holds.</summary>
/// <param name="Rows">Lines under the head.</param>
/// <param name="BadRows">Rows left out.</param>
public sealed record MovementImport(int Rows, int Stored, int BadRows, IReadOnlyList<RowNote> Errors, IReadOnlyList<RowNote> Warnings);

/// <summary>The county's records of movements: filled from files, by people and by notices of both sides.</summary>
public sealed class MovementRecords(NpgsqlDataSource source, Clocks clocks, DurableWrite durable)
{
    public const int PageMax = 200;

    /// <summary>Keeps one record; the same person's move between the same counties replaces the earlier one.</summary>
    public async Task KeepAsync(string county, Movement movement, CancellationToken ct = default)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { MovementTable.Keep(county, movement, clocks.Now) } };
        await durable.DoAsync(NodeWrites.Movements, () => batch.ExecuteNonQueryAsync(ct));
    }

    /// <summary>Reads a file and stores its good rows in one transaction. A caller who got no answer sends the file again: that changes nothing twice.</summary>
    public async Task<MovementImport> ImportAsync(string county, byte[] file, CancellationToken ct = default)
    {
        var missing = RegisterCsv.MissingColumns(RegisterCsv.Decode(file), MovementCsv.Columns, out var csv);
        using var _ = csv;
        if (missing.Count > 0)
            return new(0, 0, 0, missing, []);
        var lines = MovementCsv.Lines(csv, county).ToList();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var chunk in lines.Select(l => l.Movement).OfType<Movement>().Chunk(1_000))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var movement in chunk)
                batch.BatchCommands.Add(MovementTable.Keep(county, movement, clocks.Now));
            await batch.ExecuteNonQueryAsync(ct);
        }
        await durable.DoAsync(NodeWrites.Movements, () => transaction.CommitAsync(ct));
        var stored = lines.Count(l => l.Movement is not null);
        return new(lines.Count, stored, lines.Count - stored, [.. lines.SelectMany(l => l.Errors).Take(RegisterTable.NotesMax)],
            [.. lines.SelectMany(l => l.Warnings).Take(RegisterTable.NotesMax)]);
    }

    /// <summary>One page of the records, oldest first.</summary>
    /// <param name="states">Some of <see cref="MovementStates.All"/>.</param>
    /// <param name="after"><see cref="MovementPage.Next"/> of the page before.</param>
    public async Task<MovementPage> ListAsync(string county, IReadOnlyList<string> states, long? after = null, int limit = 50, CancellationToken ct = default)
    {
        limit = Math.Clamp(limit, 1, PageMax);
        await using var command = source.CreateCommand("""
            select id, direction, counterpart, person_name, person_id, moved_on, source, state, recorded_at, coalesce(told_by, notice_id),
                (select e.id from node.exchanges e where e.county = m.county and e.id = m.asked_by and e.awaited) as asked_by from node.movements m
            where county = $1 and state = any($2) and id > $3 order by id limit $4
            """);
        foreach (var value in new object[] { county, states.ToArray(), after ?? 0, limit + 1 })
            command.Parameters.Add(new() { Value = value });
        var rows = new List<MovementRow>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var person = Masking.Of(new(reader.GetString(3), reader.GetString(4)));
            rows.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), person.Name, person.Id, await reader.GetFieldValueAsync<DateOnly>(5, ct),
                reader.GetString(6), reader.GetString(7), await reader.GetFieldValueAsync<DateTimeOffset>(8, ct), reader.IsDBNull(9) ? null : reader.GetGuid(9),
                reader.IsDBNull(10) ? null : reader.GetGuid(10)));
        }
        var more = rows.Count > limit;
        if (more)
            rows.RemoveAt(limit);
        return new(rows, more ? rows[^1].Id : null);
    }

    /// <summary>Records that only one side has, each with the question that would settle it.</summary>
    public async Task<OneSidedPage> OneSidedAsync(string county, long? after = null, int limit = 50, CancellationToken ct = default)
    {
        var page = await ListAsync(county, [MovementStates.OwnOnly, MovementStates.ToldOnly], after, limit, ct);
        return new([.. page.Rows.Select(r => new OneSidedRow(r, new(r.Counterpart, Items, Purpose, r.ExchangeId)))], page.Next);
    }

    /// <summary>The assistance check about a one-sided record, the person's data taken from it; <c>null</c> where there is no such record.</summary>
    public async Task<SendCheck?> AskAboutAsync(string county, long id, AskAbout ask, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("""
            select counterpart, person_name, person_id, coalesce(told_by, notice_id) from node.movements
            where county = $1 and id = $2 and state in ('OwnOnly', 'ToldOnly')
            """);
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return !await reader.ReadAsync(ct) ? null
            : new(reader.GetString(0), reader.GetString(1), reader.GetString(2), ask.Items ?? Items, ask.Purpose ?? Purpose, ask.LegalBasis, Note: ask.Note,
                Follows: reader.IsDBNull(3) ? null : reader.GetGuid(3), ExchangeId: ask.ExchangeId);
    }

    /// <summary>What is known of a county's movements on a day, for its report. Trials are in none.</summary>
    /// <param name="from">The day's first instant.</param>
    /// <param name="until">The first instant after it.</param>
    internal async Task<MovementCounts> CountAsync(string county, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select count(*) filter (where recorded), count(*) filter (where recorded and notified_at is not null), count(*) filter (where recorded and notified_at < $3),
                count(*) filter (where direction = 'out' and live), count(*) filter (where direction = 'out' and live and contact_on >= $4),
                count(*) filter (where state in ('OwnOnly', 'ToldOnly'))
            from (select *, source = 'Own' and recorded_at >= $2 and recorded_at < $3 as recorded, state in ('OwnOnly', 'Matched') as live
                from node.movements where county = $1 and recorded_at < $3) as m
            """);
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = until });
        command.Parameters.Add(new() { Value = WireTime.DayOf(from).AddDays(-ContactDays), NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        int Count(int column) => (int)reader.GetInt64(column);
        return new(Count(0), Count(1), Count(2), Count(3), Count(4), Count(5));
    }

    /// <summary>A contact confirmed longer ago than this counts as unconfirmed: people on the move change their numbers.</summary>
    const int ContactDays = 90;

    const string Purpose = "ResidenceRegistration";

    static readonly IReadOnlyList<string> Items = [CheckItem.Identity, CheckItem.Residence];
}

/// <summary>A county's movements of one day, and where its records stand.</summary>
/// <param name="Recorded">Own records of the day; of them <paramref name="Notified"/> were told by a notice, <paramref name="NotifiedThatDay"/> on the day itself.</param>
/// <param name="ActiveOut">Own records of people who left, in force; of them <paramref name="ContactsConfirmed"/> with a contact confirmed lately.</param>
sealed record MovementCounts(int Recorded, int Notified, int NotifiedThatDay, int ActiveOut, int ContactsConfirmed, int OneSided);

/// <summary>Asks the counterpart about a one-sided record.</summary>
/// <param name="Items">Left out: identity and residence.</param>
/// <param name="Purpose">Left out: registration of residence.</param>
/// <param name="ExchangeId">Made by the caller, so that a form sent twice asks once.</param>
public sealed record AskAbout(string? LegalBasis, IReadOnlyList<string>? Items = null, string? Purpose = null, string? Note = null, Guid? ExchangeId = null);
