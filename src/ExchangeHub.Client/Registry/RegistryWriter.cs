using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>The bytes of entries and signed things of the registry, written in one way only.</summary>
public static class RegistryWriter
{
    /// <summary>An entry's bytes: the leaf of the registry's tree.</summary>
    public static byte[] EntryBytes(RegistryEntry entry) => WireJson.Write(w =>
    {
        w.WriteString("party", entry.Party);
        w.Texts("records", entry.Records);
    });

    internal static string Sign(SigningKey registrar, KeyRecord record) =>
        CompactJws.Sign(registrar, JoseTypes.Key, JsonSerializer.SerializeToUtf8Bytes(record, ContractsJson.Default.KeyRecord));

    internal static string Sign(SigningKey registrar, RegistrySnapshot snapshot) =>
        CompactJws.Sign(registrar, JoseTypes.Registry, JsonSerializer.SerializeToUtf8Bytes(snapshot, ContractsJson.Default.RegistrySnapshot));
}
