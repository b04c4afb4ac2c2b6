using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Jose;

/// <summary>A signature that held, and what it covers.</summary>
public sealed record VerifiedJws(string Kid, byte[] Payload);

/// <summary>
/// JWS in compact form, ES256. Before the library sees a token, the whole protected header is compared: exactly
/// <c>alg</c>, <c>kid</c>, <c>typ</c> with the expected values, no duplicate, canonical base64url.
/// </summary>
public static class CompactJws
{
    /// <summary>Longer than any token of the wire but the directory: an inner JWS fits a body.</summary>
    const int CharactersMax = Limits.BodyBytesMax;
    const int SignatureCharacters = 86; // 64 bytes

    static readonly ConcurrentDictionary<string, ECDsa> parsed = new(StringComparer.Ordinal);
    // Parsing a key is dear on OpenSSL 3; the bound keeps a flood of strangers' keys from filling memory.
    const int ParsedKeysMax = 20_000;

    public static string Sign(SigningKey key, string typ, ReadOnlySpan<byte> payload) =>
        global::Jose.JWT.EncodeBytes(payload.ToArray(), key.Key, global::Jose.JwsAlgorithm.ES256,
            new Dictionary<string, object>(StringComparer.Ordinal) { ["kid"] = key.Kid, ["typ"] = typ });

    /// <summary>Verifies against the key that <paramref name="keyByKid"/> trusts for this <c>kid</c>.</summary>
    public static bool TryVerify(string? token, string typ, Func<string, Jwk?> keyByKid, [NotNullWhen(true)] out VerifiedJws? verified, int charactersMax = CharactersMax)
    {
        verified = null;
        if (!TryReadKid(token, typ, out var kid, charactersMax) || keyByKid(kid) is not { } jwk || Parsed(kid, jwk) is not { } key)
            return false;
        try
        {
            verified = new VerifiedJws(kid, global::Jose.JWT.DecodeBytes(token, key, global::Jose.JwsAlgorithm.ES256));
            return true;
        }
        catch (Exception e) when (e is global::Jose.JoseException or CryptographicException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Checks form and protected header alone and says which key the token names; nothing is verified yet.</summary>
    public static bool TryReadKid(string? token, string typ, [NotNullWhen(true)] out string? kid, int charactersMax = CharactersMax)
    {
        kid = null;
        if (token is null || token.Length > charactersMax || !TokenParts.TrySplit(token, 3, out var parts)
            || parts[2].Length != SignatureCharacters || !parts.All(p => B64u.TryDecode(p, out _))
            || !TokenParts.TryReadHeader(parts[0], out var document))
            return false;
        using (document)
        {
            var header = document.RootElement;
            if (header.GetPropertyCount() != 3 || !TokenParts.Is(header, "alg", "ES256") || !TokenParts.Is(header, "typ", typ)
                || TokenParts.Text(header, "kid") is not { } named || !B64u.IsHash(named))
                return false;
            kid = named;
            return true;
        }
    }

    /// <summary>The payload without any check of its signature: only to learn which party's key to look up.</summary>
    internal static byte[]? PeekPayload(string token) =>
        TokenParts.TrySplit(token, 3, out var parts) && B64u.TryDecode(parts[1], out var payload) ? payload : null;

    static ECDsa? Parsed(string kid, Jwk jwk)
    {
        if (parsed.TryGetValue(kid, out var known))
            return PublicJwk.Kid(jwk) == kid ? known : null;
        if (PublicJwk.Kid(jwk) != kid || !PublicJwk.TryImport(jwk, out var parameters))
            return null;
        if (parsed.Count >= ParsedKeysMax)
            parsed.Clear();
        return parsed.GetOrAdd(kid, _ => ECDsa.Create(parameters.Value));
    }
}

/// <summary>What every compact token is looked at for before a library sees it.</summary>
static class TokenParts
{
    public static bool TrySplit(string token, int count, out string[] parts)
    {
        parts = token.Split('.');
        return parts.Length == count;
    }

    public static bool TryReadHeader(string part, [NotNullWhen(true)] out JsonDocument? header)
    {
        header = null;
        return B64u.TryDecode(part, out var bytes) && bytes.Length <= Limits.HeaderBytesMax && StrictJson.TryParseObject(bytes, depthMax: 2, out header);
    }

    public static string? Text(JsonElement header, string member) =>
        header.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static bool Is(JsonElement header, string member, string expected) => string.Equals(Text(header, member), expected, StringComparison.Ordinal);
}
