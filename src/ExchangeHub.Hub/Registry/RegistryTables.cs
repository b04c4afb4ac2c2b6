using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Registry;

/// <summary>The tables of the registry. Every change raises version <c>registry</c>, which all processes of the hub watch.</summary>
static class RegistryTables
{
    const string Raise = "update hub.versions set number = number + 1 where what = 'registry'";

    public static async Task<long> VersionAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.Command("select number from hub.versions where what = 'registry'");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>All that is stored, verified anew from the pinned registrar: a row changed by hand does not count.</summary>
    /// <exception cref="InvalidDataException">The stored registry does not verify.</exception>
    public static async Task<(long Version, HubRegistry Registry)> LoadAsync(NpgsqlDataSource database, KeyRing pinned, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await LoadAsync(connection, null, pinned, ct);
    }

    public static async Task<(long Version, HubRegistry Registry)> LoadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, KeyRing pinned, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        // The version first: what changes meanwhile is read again, never missed.
        batch.Add("select number from hub.versions where what = 'registry'");
        batch.Add("select snapshot from hub.registry_snapshots order by number desc limit 1");
        batch.Add("select entry from hub.registry_entries");
        batch.Add("select county, types from hub.takes");
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var version = reader.GetInt64(0);
        await reader.NextResultAsync(ct);
        var snapshot = await reader.ReadAsync(ct) ? reader.GetString(0) : null;
        await reader.NextResultAsync(ct);
        var entries = new List<string>();
        while (await reader.ReadAsync(ct))
            entries.Add(B64u.Encode(reader.GetFieldValue<byte[]>(0)));
        await reader.NextResultAsync(ct);
        var takes = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
            takes[reader.GetString(0)] = reader.GetFieldValue<string[]>(1).ToHashSet(StringComparer.Ordinal);
        if (snapshot is null)
            return (version, new HubRegistry(pinned, takes));
        var change = pinned.Accept(new RegistryUpdate(entries, snapshot));
        return change.Ok
            ? (version, new HubRegistry(change.Ring, takes))
            : throw new InvalidDataException("The stored registry does not verify against the pinned registrar key.");
    }

    /// <summary>Keeps what the registrar published, if it still follows from what is stored. Two publishers at once wait for each other.</summary>
    public static async Task<RingVerdict> PutAsync(NpgsqlDataSource database, DurableWrite durable, KeyRing pinned, RegistryUpdate update, DateTimeOffset at, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var locked = connection.Command(transaction, "select number from hub.versions where what = 'registry' for update"))
            await locked.ExecuteScalarAsync(ct);
        var (_, stored) = await LoadAsync(connection, transaction, pinned, ct);
        var change = stored.Keys.Accept(update);
        if (change.Verdict != RingVerdict.Accepted)
            return change.Verdict;
        var leaves = update.Entries.Select(e => B64u.TryDecode(e, out var leaf) ? leaf : throw new InvalidDataException("An accepted entry is no b64u.")).ToArray();
        var parties = leaves.Select(l => JsonSerializer.Deserialize(l, ContractsJson.Default.RegistryEntry)!.Party).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("insert into hub.registry_snapshots (number, snapshot, received_at) values ($1, $2, $3)", change.Ring.Number, update.Snapshot, at);
        batch.Add("""
            insert into hub.registry_entries (party, entry, number) select party, entry, $3 from unnest($1, $2) as e (party, entry)
            on conflict (party) do update set entry = excluded.entry, number = excluded.number
            """, parties, leaves, change.Ring.Number);
        // Whose request was answered has a key that is new here; a snapshot that only repeats or revokes answers nobody.
        var answered = parties.Where(p => change.Ring.KeysOf(p).Any(k => stored.Keys.KeysOf(p).All(known => known.Kid != k.Kid))).ToArray();
        batch.Add("delete from hub.enrolments where party = any($1)", (object)answered); // one parameter: an array of texts would be taken as many
        batch.Add(Raise);
        batch.Add(RulesTables.RaiseDirectory);
        await durable.DoAsync(HubWrites.Registry, async () =>
        {
            await batch.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        });
        return RingVerdict.Accepted;
    }

    /// <summary>Every node says it at every start: what is as before raises no version.</summary>
    public static async Task PutTakesAsync(NpgsqlDataSource database, DurableWrite durable, string county, IReadOnlyList<string> types, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = database.Command($"""
            with put as (
                insert into hub.takes (county, types, at) values ($1, $2, $3)
                on conflict (county) do update set types = excluded.types, at = excluded.at where takes.types <> excluded.types
                returning county),
            raised as ({Raise} and exists (select from put) returning what)
            {RulesTables.RaiseDirectory} and exists (select from raised)
            """, county, types.ToArray(), at);
        await durable.DoAsync(HubWrites.Takes, () => command.ExecuteNonQueryAsync(ct));
    }
}
