using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Jose;

/// <summary>Seals a message: signed by the sender, encrypted to the receiver, bound to its header by the claim <c>hdr</c>.</summary>
public static class Sealer
{
    static readonly ConcurrentDictionary<string, ECDiffieHellman> parsed = new(StringComparer.Ordinal);
    const int ParsedKeysMax = 20_000;
    // Only ever parsed by a JSON reader; relaxed keeps Chinese content at three bytes a character.
    static readonly JsonWriterOptions claimsOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Makes the body of a submission. Seal once, store these bytes, send these bytes every time; a new sealing is a new message.
    /// </summary>
    /// <param name="content">The content by kind and version: one JSON object, UTF-8, depth at most 16.</param>
    /// <param name="receiver">The receiver's current <c>enc</c> key, taken from a verified key record.</param>
    /// <exception cref="CryptographicException">The receiver's key is no P-256 key.</exception>
    public static byte[] Seal(Header header, ReadOnlySpan<byte> content, SigningKey signer, Jwk receiver)
    {
        var headerBytes = header.Write();
        return Submission.Write(headerBytes, SealToken(Claims(header, headerBytes, content), signer, receiver));
    }

    /// <summary>Makes the body of a message to the hub itself: signed only, for the hub is meant to read it; in no exchange.</summary>
    /// <inheritdoc cref="Seal" path="/param"/>
    public static byte[] Sign(Header header, ReadOnlySpan<byte> content, SigningKey signer)
    {
        var headerBytes = header.Write();
        return Submission.Write(headerBytes, CompactJws.Sign(signer, JoseTypes.Message, Claims(header, headerBytes, content)), toHub: true);
    }

    internal static string SealToken(byte[] claims, SigningKey signer, Jwk receiver)
    {
        var kid = PublicJwk.Kid(receiver);
        var inner = CompactJws.Sign(signer, JoseTypes.Message, claims);
        return global::Jose.JWT.Encode(inner, Parsed(kid, receiver), global::Jose.JweAlgorithm.ECDH_ES, global::Jose.JweEncryption.A256GCM,
            extraHeaders: new Dictionary<string, object>(StringComparer.Ordinal) { ["cty"] = "JWT", ["kid"] = kid });
    }

    /// <summary>The JWS payload, padded with <c>pad</c> to a multiple of 512 bytes so that sizes tell little.</summary>
    internal static byte[] Claims(Header header, ReadOnlySpan<byte> headerBytes, ReadOnlySpan<byte> content)
    {
        var bare = Write(header, headerBytes, content, padding: 0);
        var over = bare.Length % Limits.PadToBytes;
        return over == 0 ? bare : Write(header, headerBytes, content, Limits.PadToBytes - over);
    }

    static byte[] Write(Header header, ReadOnlySpan<byte> headerBytes, ReadOnlySpan<byte> content, int padding)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var w = new Utf8JsonWriter(buffer, claimsOptions))
        {
            w.WriteStartObject();
            w.WriteString("iss", header.From);
            w.WriteString("aud", header.To);
            w.WriteString("jti", header.MessageId);
            if (header.ExchangeId != Guid.Empty)
                w.WriteString("txn", header.ExchangeId);
            w.WriteNumber("iat", header.SentAt.ToUnixTimeSeconds());
            w.WritePropertyName("hdr");
            w.WriteRawValue(headerBytes);
            w.WritePropertyName("content");
            w.WriteRawValue(content);
            w.WriteString("pad", new string('0', padding));
            w.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    static ECDiffieHellman Parsed(string kid, Jwk jwk)
    {
        if (parsed.TryGetValue(kid, out var known))
            return known;
        if (!PublicJwk.TryImport(jwk, out var parameters))
            throw new CryptographicException("The receiver's key is no P-256 key.");
        if (parsed.Count >= ParsedKeysMax)
            parsed.Clear();
        return parsed.GetOrAdd(kid, _ => ECDiffieHellman.Create(parameters.Value));
    }
}
