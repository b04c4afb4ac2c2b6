using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Jose;

/// <summary>The form of a sealed token: JWE compact, with exactly the protected header of suite P256. The hub checks no more than this.</summary>
public static class SealedToken
{
    const int IvCharacters = 16; // 12 bytes
    const int TagCharacters = 22; // 16 bytes

    /// <summary>
    /// Checks the whole form and says to which key it was sealed: members <c>alg enc cty kid epk</c> and no other, <c>epk</c>
    /// exactly <c>kty crv x y</c> on P-256, empty key part, IV 12 bytes, tag 16, canonical base64url throughout.
    /// </summary>
    public static bool TryReadKid(string? token, [NotNullWhen(true)] out string? kid)
    {
        kid = null;
        if (token is null || token.Length > Limits.BodyBytesMax || !TokenParts.TrySplit(token, 5, out var parts)
            || parts[1].Length != 0 || parts[2].Length != IvCharacters || parts[3].Length == 0 || parts[4].Length != TagCharacters
            || !parts.All(p => B64u.TryDecode(p, out _)) || !TokenParts.TryReadHeader(parts[0], out var document))
            return false;
        using (document)
        {
            var header = document.RootElement;
            if (header.GetPropertyCount() != 5 || !TokenParts.Is(header, "alg", "ECDH-ES") || !TokenParts.Is(header, "enc", "A256GCM")
                || !TokenParts.Is(header, "cty", "JWT") || !header.TryGetProperty("epk", out var epk) || !IsEphemeralKey(epk)
                || TokenParts.Text(header, "kid") is not { } named || !B64u.IsHash(named))
                return false;
            kid = named;
            return true;
        }
    }

    static bool IsEphemeralKey(JsonElement epk) =>
        epk.ValueKind == JsonValueKind.Object && epk.GetPropertyCount() == 4
        && TokenParts.Is(epk, "kty", "EC") && TokenParts.Is(epk, "crv", "P-256")
        && PublicJwk.IsCoordinate(TokenParts.Text(epk, "x")) && PublicJwk.IsCoordinate(TokenParts.Text(epk, "y"));
}
