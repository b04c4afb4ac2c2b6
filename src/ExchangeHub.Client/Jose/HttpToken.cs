using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Jose;

/// <summary>A node's own bearer token: <c>iss</c> its code, <c>aud</c> the hub's id, at most 300 s, once (<c>jti</c>).</summary>
public static class HttpToken
{
    // Sender and hub may differ by this much: deadlines do not hang on it.
    static readonly TimeSpan skewMax = TimeSpan.FromSeconds(60);

    public static string Sign(SigningKey key, string party, string hub, DateTimeOffset now) =>
        CompactJws.Sign(key, JoseTypes.Http, WireJson.Write(w =>
        {
            w.WriteString("iss", party);
            w.WriteString("aud", hub);
            w.WriteNumber("iat", now.ToUnixTimeSeconds());
            w.WriteNumber("exp", (now + Limits.HttpTokenMax).ToUnixTimeSeconds());
            w.WriteString("jti", Guid.NewGuid());
        }));

    /// <summary>The hub's check: signature by a key of the issuer valid now, audience, times.</summary>
    /// <param name="keyOf">The registry's key of (party, kid) that is valid now, or none.</param>
    /// <param name="party">The calling county.</param>
    public static bool TryVerify(string token, string hub, DateTimeOffset now, Func<string, string, Jwk?> keyOf, [NotNullWhen(true)] out string? party)
    {
        party = null;
        if (CompactJws.PeekPayload(token) is not { } peek || Claims.Read(peek) is not { } claims
            || !CompactJws.TryVerify(token, JoseTypes.Http, kid => keyOf(claims.Iss, kid), out _))
            return false;
        var life = claims.Exp - claims.Iat;
        if (claims.Aud != hub || life <= 0 || life > (long)Limits.HttpTokenMax.TotalSeconds
            || claims.Exp <= (now - skewMax).ToUnixTimeSeconds() || claims.Iat > (now + skewMax).ToUnixTimeSeconds())
            return false;
        party = claims.Iss;
        return true;
    }

    sealed record Claims(string Iss, string Aud, long Iat, long Exp)
    {
        public static Claims? Read(byte[] payload)
        {
            if (!StrictJson.TryParseObject(payload, depthMax: 2, out var document))
                return null;
            using (document)
            {
                var c = document.RootElement;
                return TokenParts.Text(c, "iss") is { } iss && Party.IsCounty(iss) && TokenParts.Text(c, "aud") is { } aud
                    && TokenParts.Text(c, "jti") is not null && Seconds(c, "iat") is { } iat && Seconds(c, "exp") is { } exp
                    ? new Claims(iss, aud, iat, exp) : null;
            }
        }

        static long? Seconds(JsonElement claims, string name) =>
            claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) ? seconds : null;
    }
}
