using System.Security.Cryptography;
using System.Text;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>The one-time code of an enrolment: 26 characters of Crockford base32, 130 random bits; the hub never sees it.</summary>
public static class EnrolmentCode
{
    const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    public const int Length = 26;

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>HMAC-SHA-256 with the code's ASCII characters over the ASCII bytes of the request, b64u.</summary>
    public static string Mac(string code, string request) =>
        B64u.Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(code), Encoding.ASCII.GetBytes(request)));

    internal static bool Verify(string code, string request, string? mac) =>
        mac is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Mac(code, request)), Encoding.ASCII.GetBytes(mac));
}
