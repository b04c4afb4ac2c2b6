using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Counties;

/// <summary>What the directory holds beside registry and divisions. What changes nothing raises no version: every county is told of a version.</summary>
static class DirectoryTables
{
    // The directory's row is always the last one taken: two that change rules and directory wait for each other, never in a ring.
    const string RaiseBoth = $"raised as ({RulesTables.Raise} and exists (select from put) returning what) {RulesTables.RaiseDirectory} and exists (select from raised)";

    // An office's end is an act with a name, and so is taking it back.
    static string NoteClosure(string columns) =>
        $"noted as (insert into hub.closure_acts (code, status, ended_on, successors, account, at) select {columns} from put)";

    public static async Task<(int Epoch, int Version)> VersionAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.Command($"select e.epoch, v.number from hub.versions v, {Epochs.Newest} e where v.what = 'directory'");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt32(0), (int)reader.GetInt64(1));
    }

    public static async Task<IReadOnlyDictionary<string, CountyDetails>> DetailsAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.Command("select county, details::text from hub.county_details");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var details = new Dictionary<string, CountyDetails>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
            details[reader.GetString(0)] = JsonSerializer.Deserialize(reader.GetString(1), ContractsJson.Default.CountyDetails)!;
        return details;
    }

    /// <returns>Whether they hold now; <c>false</c>: others were said less than <see cref="Limits.DetailsRest"/> ago.</returns>
    public static async Task<bool> PutDetailsAsync(NpgsqlDataSource database, DurableWrite durable, string county, CountyDetails details, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = database.Command($"""
            with put as (
                insert into hub.county_details as d (county, details, at) values ($1, $2::text::jsonb, $3)
                on conflict (county) do update set details = excluded.details, at = excluded.at where d.details <> excluded.details and d.at <= $4
                returning county),
            raised as ({RulesTables.RaiseDirectory} and exists (select from put) returning what)
            select exists (select from put) or exists (select from hub.county_details where county = $1 and details = $2::text::jsonb)
            """, county, JsonSerializer.Serialize(details, ContractsJson.Compact.CountyDetails), at, at - Limits.DetailsRest);
        var holds = false;
        await durable.DoAsync(HubWrites.Directory, async () => holds = (bool)(await command.ExecuteScalarAsync(ct))!);
        return holds;
    }

    public static async Task CloseAsync(NpgsqlDataSource database, DurableWrite durable, string code, Closure closure, string account, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = database.Command($"""
            with put as (
                insert into hub.closures as c (code, status, ended_on, successors) values ($1, $2, $3, $4)
                on conflict (code) do update set status = excluded.status, ended_on = excluded.ended_on, successors = excluded.successors
                where (c.status, c.ended_on, c.successors) is distinct from (excluded.status, excluded.ended_on, excluded.successors)
                returning code, status, ended_on, successors),
            {NoteClosure("code, status, ended_on, successors, $5, $6")},
            {RaiseBoth}
            """, code, closure.Status, closure.On, closure.Successors.ToArray(), account, at);
        await durable.DoAsync(HubWrites.Directory, () => command.ExecuteNonQueryAsync(ct));
    }

    public static async Task ReopenAsync(NpgsqlDataSource database, DurableWrite durable, string code, string account, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = database.Command(
            $"with put as (delete from hub.closures where code = $1 returning code), {NoteClosure("code, null, null, null, $2, $3")}, {RaiseBoth}", code, account, at);
        await durable.DoAsync(HubWrites.Directory, () => command.ExecuteNonQueryAsync(ct));
    }

    /// <summary>Puts each under its id; others stay. All or none.</summary>
    public static async Task PutAgreementsAsync(NpgsqlDataSource database, DurableWrite durable, IReadOnlyList<Agreement> agreements, string account, DateTimeOffset at, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(RulesTables.LockRules); // first of all: two that name the same ids, in any order, wait for each other and never in a ring
        foreach (var a in agreements)
            batch.Add($"""
                with put as (
                    insert into hub.agreements as a (id, one, other, starts_on, ends_on, kinds, acknowledgement, feedback, contacts, account, at)
                    values ($1, $2, $3, $4, $5::date, $6, $7::text, $8::text, $9::text::jsonb, $10, $11)
                    on conflict (id) do update set one = excluded.one, other = excluded.other, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
                        kinds = excluded.kinds, acknowledgement = excluded.acknowledgement, feedback = excluded.feedback, contacts = excluded.contacts,
                        account = excluded.account, at = excluded.at
                    where (a.one, a.other, a.starts_on, a.ends_on, a.kinds, a.acknowledgement, a.feedback, a.contacts) is distinct from (excluded.one, excluded.other,
                        excluded.starts_on, excluded.ends_on, excluded.kinds, excluded.acknowledgement, excluded.feedback, excluded.contacts)
                    returning id),
                {RaiseBoth}
                """, a.Id, a.One, a.Other, a.StartsOn, a.EndsOn, a.Kinds.ToArray(), a.Acknowledgement?.ToString(), a.Feedback?.ToString(),
                JsonSerializer.Serialize(a.Contacts), account, at);
        await durable.DoAsync(HubWrites.Directory, () => batch.ExecuteNonQueryAsync(ct));
    }

    /// <summary>Whether a province's counties answer only under an agreement.</summary>
    public static async Task DemandAsync(NpgsqlDataSource database, DurableWrite durable, string province, bool demand, CancellationToken ct)
    {
        await using var command = database.Command(demand
            ? $"with put as (insert into hub.agreement_demands (province) values ($1) on conflict (province) do nothing returning province), {RaiseBoth}"
            : $"with put as (delete from hub.agreement_demands where province = $1 returning province), {RaiseBoth}", province);
        await durable.DoAsync(HubWrites.Directory, () => command.ExecuteNonQueryAsync(ct));
    }
}
