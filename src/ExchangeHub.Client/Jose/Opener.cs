using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Jose;

/// <summary>Why a sealed message could not be opened: the sender's fault, told to the operator by this name.</summary>
public enum OpenFailure
{
    None,
    /// <summary>No JWE by the wire's form.</summary>
    SealedMalformed,
    /// <summary>Sealed to a key this county does not hold.</summary>
    KeyNotOurs,
    /// <summary>Decryption failed: the bytes were changed, or the key agreement was.</summary>
    CannotDecrypt,
    /// <summary>The inner JWS has not exactly the protected header of a message.</summary>
    InnerMalformed,
    /// <summary>The registry has no such signing key of the sender.</summary>
    SignerUnknown,
    /// <summary>The signer's key record was not valid at the hub's stamp.</summary>
    SignerNotValid,
    SignatureWrong,
    /// <summary>The payload is no JSON by the rules, or a claim is missing or differs.</summary>
    ClaimsWrong,
    /// <summary>The sealed copy of the header differs from the header that travelled.</summary>
    HeaderDiffers,
    /// <summary><c>iat</c> is more than 600 s after the hub's stamp.</summary>
    IssuedTooLate,
}

/// <summary>What was sealed, after every check.</summary>
/// <param name="Content">The content as it was sealed, UTF-8 JSON, unknown members included.</param>
public sealed record OpenedMessage(string Iss, Guid Jti, byte[] Content);

/// <summary>Opens a sealed message by the checks of the wire's section 4 (d), in that order.</summary>
public static class Opener
{
    static readonly TimeSpan issuedAfterMax = TimeSpan.FromSeconds(600);

    /// <param name="header">The body's header as it travelled, members unknown here included.</param>
    /// <param name="acceptedAt">The hub's stamp: the signer's key is judged at this instant.</param>
    /// <param name="ownKey">The private key of a <c>kid</c>, or none.</param>
    /// <param name="signerKey">The registry's record of the sender's signing key of a <c>kid</c>, or none.</param>
    public static OpenFailure TryOpen(JsonElement header, string sealedToken, DateTimeOffset acceptedAt, Func<string, EncryptionKey?> ownKey,
        Func<string, Registry.RegisteredKey?> signerKey, out OpenedMessage? opened)
    {
        opened = null;
        if (!SealedToken.TryReadKid(sealedToken, out var kid))
            return OpenFailure.SealedMalformed;
        if (ownKey(kid) is not { } key)
            return OpenFailure.KeyNotOurs;
        return TryDecrypt(sealedToken, key, out var inner) ? TryReadSigned(header, inner, acceptedAt, signerKey, out opened) : OpenFailure.CannotDecrypt;
    }

    /// <summary>The inner JWS alone: what a message to the hub itself carries.</summary>
    public static OpenFailure TryReadSigned(JsonElement header, string inner, DateTimeOffset acceptedAt, Func<string, Registry.RegisteredKey?> signerKey,
        out OpenedMessage? opened)
    {
        opened = null;
        if (!CompactJws.TryReadKid(inner, JoseTypes.Message, out var signer))
            return OpenFailure.InnerMalformed;
        if (signerKey(signer) is not { } record)
            return OpenFailure.SignerUnknown;
        if (!record.ValidAt(acceptedAt))
            return OpenFailure.SignerNotValid;
        if (!CompactJws.TryVerify(inner, JoseTypes.Message, _ => record.Jwk, out var verified))
            return OpenFailure.SignatureWrong;
        // The claims' own object and the content's depth.
        if (!StrictJson.TryParseObject(verified.Payload, Limits.ContentDepthMax + 1, out var document))
            return OpenFailure.ClaimsWrong;
        using (document)
            return Compare(document.RootElement, header, acceptedAt, out opened);
    }

    /// <summary>The content of an inner JWS that was checked.</summary>
    public static byte[] ContentOf(string inner)
    {
        using var claims = JsonDocument.Parse(B64u.TryDecode(inner.Split('.')[1], out var payload) ? payload : throw new FormatException("No JWS."));
        return Encoding.UTF8.GetBytes(claims.RootElement.GetProperty("content").GetRawText());
    }

    static OpenFailure Compare(JsonElement claims, JsonElement header, DateTimeOffset acceptedAt, out OpenedMessage? opened)
    {
        opened = null;
        if (!Same(claims, "iss", header, "from") || !Same(claims, "aud", header, "to") || !Same(claims, "jti", header, "messageId")
            || (header.TryGetProperty("exchangeId", out _) ? !Same(claims, "txn", header, "exchangeId") : claims.TryGetProperty("txn", out _))
            || !claims.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number || !iat.TryGetInt64(out var issuedAt)
            || !WireTime.TryParse(TokenParts.Text(header, "sentAt"), out var sentAt) || issuedAt != sentAt.ToUnixTimeSeconds()
            || !claims.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Object)
            return OpenFailure.ClaimsWrong;
        if (!claims.TryGetProperty("hdr", out var hdr) || !StrictJson.FlatEquals(hdr, header))
            return OpenFailure.HeaderDiffers;
        if (issuedAt > (acceptedAt + issuedAfterMax).ToUnixTimeSeconds())
            return OpenFailure.IssuedTooLate;
        opened = new OpenedMessage(TokenParts.Text(claims, "iss")!, Guid.ParseExact(TokenParts.Text(claims, "jti")!, "D"),
            Encoding.UTF8.GetBytes(content.GetRawText()));
        return OpenFailure.None;
    }

    static bool Same(JsonElement claims, string claim, JsonElement header, string member) =>
        TokenParts.Text(header, member) is { } expected && TokenParts.Is(claims, claim, expected);

    static bool TryDecrypt(string token, EncryptionKey key, [NotNullWhen(true)] out string? inner)
    {
        inner = null;
        try
        {
            inner = global::Jose.JWT.Decode(token, key.Key, global::Jose.JweAlgorithm.ECDH_ES, global::Jose.JweEncryption.A256GCM);
            return true;
        }
        catch (Exception e) when (e is global::Jose.JoseException or CryptographicException or FormatException or ArgumentException)
        {
            return false;
        }
    }
}
