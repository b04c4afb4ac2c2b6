using System.Text.Json;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub.Registry;

/// <summary>The registry in this process's memory, and whether it is still the newest: another process of the hub may have taken a new one.</summary>
public sealed class RegistryWatch(NpgsqlDataSource database, IOptions<HubOptions> options) : IDisposable
{
    readonly SemaphoreSlim one = new(1);
    long version = -1;

    /// <summary>The registrar's pinned key and nothing else: where every verification begins.</summary>
    public KeyRing Pinned { get; } = ReadPinned(options.Value);

    /// <summary>The newest registry this process has read; empty before the first <see cref="RefreshAsync"/>.</summary>
    public HubRegistry Current { get; private set; } = new(ReadPinned(options.Value), new Dictionary<string, IReadOnlySet<string>>());

    /// <summary>Reads the registry again if its version has risen.</summary>
    /// <returns>Whether it had.</returns>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            if (await RegistryTables.VersionAsync(database, ct) == version)
                return false;
            (version, Current) = await RegistryTables.LoadAsync(database, Pinned, ct);
            return true;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    static KeyRing ReadPinned(HubOptions options) =>
        KeyRing.Pinned(options.Id, JsonSerializer.Deserialize(File.ReadAllText(options.RegistrarKey), ContractsJson.Default.Jwk)
            ?? throw new InvalidDataException($"{options.RegistrarKey} holds no JWK."));
}
