using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>A key record whose registrar signature held.</summary>
/// <param name="Role"><c>county</c>, <c>hub</c> or <c>registrar</c>.</param>
/// <param name="Use"><c>sig</c> or <c>enc</c>.</param>
/// <param name="Until">First instant after its validity.</param>
/// <param name="Token">The record as it travels.</param>
public sealed record RegisteredKey(string Party, string Role, string Use, Jwk Jwk, string Kid, DateTimeOffset From, DateTimeOffset Until,
    DateTimeOffset? RevokedAt, string Token)
{
    public const string Signing = "sig";
    public const string Encryption = "enc";

    public bool ValidAt(DateTimeOffset at) => From <= at && at < Until && (RevokedAt is null || at < RevokedAt);

    /// <summary>Verifies a record against the pinned registrars and reads it by the wire's rules.</summary>
    internal static bool TryRead(string token, string hub, Func<string, Jwk?> registrars, [NotNullWhen(true)] out RegisteredKey? key)
    {
        key = null;
        if (!CompactJws.TryVerify(token, JoseTypes.Key, registrars, out var verified)
            || RegistryJson.Read(verified.Payload, ContractsJson.Default.KeyRecord) is not { } record
            || record.Hub != hub || record.Suite != Suites.P256 || !RoleFits(record, hub) || !UseFits(record)
            || !PublicJwk.TryImport(record.Jwk, out _)
            || !WireTime.TryParse(record.From, out var from) || !WireTime.TryParse(record.Until, out var until))
            return false;
        DateTimeOffset? revokedAt = null;
        if (record.RevokedAt is { } text)
        {
            if (!WireTime.TryParse(text, out var revoked))
                return false;
            revokedAt = revoked;
        }
        key = new RegisteredKey(record.Party, record.Role, record.Use, record.Jwk, PublicJwk.Kid(record.Jwk), from, until, revokedAt, token);
        return true;
    }

    static bool RoleFits(KeyRecord record, string hub) => record.Role switch
    {
        Roles.County => Contracts.Wire.Party.IsCounty(record.Party),
        Roles.Hub => record.Party == hub,
        Roles.Registrar => record.Party == Contracts.Wire.Party.Registrar,
        _ => false,
    };

    // A hub and a registrar sign only.
    static bool UseFits(KeyRecord record) => record.Use == Signing || (record.Use == Encryption && record.Role == Roles.County);
}

/// <summary>Roles of a key record.</summary>
public static class Roles
{
    public const string County = "county";
    public const string Hub = "hub";
    public const string Registrar = "registrar";
}

/// <summary>Payloads of registry tokens: strict objects, read by the contracts' records.</summary>
static class RegistryJson
{
    public static T? Read<T>(ReadOnlyMemory<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        if (!StrictJson.TryParseObject(json, depthMax: 8, out var document))
            return null;
        using (document)
        {
            try
            {
                return document.RootElement.Deserialize(type);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
