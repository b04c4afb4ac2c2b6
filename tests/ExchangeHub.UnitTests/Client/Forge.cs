using System.Security.Cryptography;
using System.Text;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.UnitTests.Client;

/// <summary>Makes tokens as an attacker would: any header, real signatures and real encryption.</summary>
static class Forge
{
    public static string Jws(SigningKey key, string header, ReadOnlySpan<byte> payload)
    {
        var input = $"{B64u.Encode(Encoding.UTF8.GetBytes(header))}.{B64u.Encode(payload)}";
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.ToPem());
        return $"{input}.{B64u.Encode(ecdsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    public static string Jwe(Jwk receiver, string inner)
    {
        using var key = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Bytes(receiver.X), Y = Bytes(receiver.Y) },
        });
        return Jose.JWT.Encode(inner, key, Jose.JweAlgorithm.ECDH_ES, Jose.JweEncryption.A256GCM,
            extraHeaders: new Dictionary<string, object> { ["cty"] = "JWT", ["kid"] = PublicJwk.Kid(receiver) });
    }

    public static string WithHeader(string token, Func<string, string> edit)
    {
        var parts = token.Split('.');
        parts[0] = B64u.Encode(Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(Bytes(parts[0])))));
        return string.Join('.', parts);
    }

    public static string WithPart(string token, int part, string value)
    {
        var parts = token.Split('.');
        parts[part] = value;
        return string.Join('.', parts);
    }

    public static string FlipBit(string b64u)
    {
        var bytes = Bytes(b64u);
        bytes[bytes.Length / 2] ^= 1;
        return B64u.Encode(bytes);
    }

    public static byte[] Bytes(string b64u) => B64u.TryDecode(b64u, out var bytes) ? bytes : throw new ArgumentException("Not b64u.", nameof(b64u));
}
