using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Jose;

/// <summary>A public P-256 key as a JWK of exactly <c>kty crv x y</c>.</summary>
public static class PublicJwk
{
    const int CoordinateBytes = 32;

    /// <summary>RFC 7638 thumbprint, SHA-256, b64u: the <c>kid</c> of every key on the wire.</summary>
    public static string Kid(Jwk jwk) =>
        B64u.Hash(Encoding.ASCII.GetBytes($$"""{"crv":"{{jwk.Crv}}","kty":"{{jwk.Kty}}","x":"{{jwk.X}}","y":"{{jwk.Y}}"}"""));

    /// <summary>Whether the members have the form of a P-256 key; that the point lies on the curve shows when it is imported.</summary>
    public static bool HasForm(Jwk? jwk) => jwk is { Kty: "EC", Crv: "P-256" } && IsCoordinate(jwk.X) && IsCoordinate(jwk.Y);

    /// <summary>The key for computing with; fails where the form is wrong or the point is not on the curve.</summary>
    public static bool TryImport(Jwk? jwk, [NotNullWhen(true)] out ECParameters? parameters)
    {
        parameters = null;
        if (!HasForm(jwk) || !B64u.TryDecode(jwk!.X, out var x) || !B64u.TryDecode(jwk.Y, out var y))
            return false;
        var candidate = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        try
        {
            using var probe = ECDsa.Create(candidate);
        }
        catch (CryptographicException)
        {
            return false;
        }
        parameters = candidate;
        return true;
    }

    internal static bool IsCoordinate(string? text) => text is { Length: B64u.HashLength } && B64u.TryDecode(text, out var b) && b.Length == CoordinateBytes;

    internal static Jwk Of(ECParameters parameters) => new("EC", "P-256", B64u.Encode(parameters.Q.X), B64u.Encode(parameters.Q.Y));
}
