using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Registry;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub.Counties;

/// <summary>The directory as the hub signs it: made once per version, kept until the next.</summary>
public sealed class DirectoryDesk(NpgsqlDataSource database, RegistryWatch registry, RulesWatch rules, SigningKey key, Clocks clocks, IOptions<HubOptions> options) : IDisposable
{
    readonly SemaphoreSlim one = new(1);
    (int Epoch, int Version) made;
    string token = "";

    /// <summary>The newest directory, or none where that is the one already known.</summary>
    public async Task<string?> NewerAsync((int Epoch, int Version) known, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            // The version first: what changes meanwhile is in this one already, and in the next once more.
            var newest = await DirectoryTables.VersionAsync(database, ct);
            if (newest == known)
                return null;
            if (newest != made)
            {
                await registry.RefreshAsync(ct);
                await rules.RefreshAsync(ct);
                var directory = Make(newest, await DirectoryTables.DetailsAsync(database, ct));
                token = CompactJws.Sign(key, JoseTypes.Directory, JsonSerializer.SerializeToUtf8Bytes(directory, ContractsJson.Compact.CountyDirectory));
                made = newest;
            }
            return token;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    CountyDirectory Make((int Epoch, int Version) of, IReadOnlyDictionary<string, CountyDetails> details)
    {
        var (enrolled, divisions, now) = (registry.Current, rules.Current.Divisions, clocks.Now);
        var codes = enrolled.Counties.Concat(divisions.All.Where(d => d.Closure is not null).Select(d => d.Code)).Distinct().Order(StringComparer.Ordinal);
        return new(options.Value.Id, of.Epoch, of.Version, WireTime.Format(now), enrolled.Keys.Number,
            [.. codes.Select(code => County(code, divisions.Find(code)))],
            [.. rules.Current.Agreements.All.Select(a => a.ToContract())],
            [.. rules.Current.Agreements.DemandedBy.Order(StringComparer.Ordinal)]);

        DirectoryCounty County(string code, Division? division) => new(code, divisions.NameOf(code),
            division?.Closure?.Status ?? (division?.Ended == true ? CountyStatuses.Abolished : CountyStatuses.Active),
            enrolled.Knows(code) ? enrolled.TypesTakenBy(code) : [], enrolled.SuitesOf(code, now),
            division?.Closure is { } closure ? WireTime.Format(closure.On) : null,
            division?.Closure is { Successors.Count: > 0 } with ? with.Successors : null,
            details.GetValueOrDefault(code));
    }
}
