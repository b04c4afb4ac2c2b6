using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ExchangeHub.Contracts.Wire;

/// <summary>base64url without padding in its one canonical form (RFC 4648 section 5, unused bits zero), and the wire's hash.</summary>
public static class B64u
{
    /// <summary>Length of a hash on the wire: 32 bytes.</summary>
    public const int HashLength = 43;

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>SHA-256 of the bytes that travel, as text.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Encode(SHA256.HashData(bytes));

    /// <summary>Decodes canonical text only: any other form of the same bytes is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        if (text.Length % 4 == 1)
            return false;
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        // The form with a status: the other one throws where unused bits are set.
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var written) != OperationStatus.Done)
            return false;
        var decoded = buffer.AsSpan(0, written);
        if (!text.SequenceEqual(Encode(decoded)))
            return false;
        bytes = decoded.ToArray();
        return true;
    }

    /// <summary>Whether the text is a hash in wire form.</summary>
    public static bool IsHash(ReadOnlySpan<char> text) => text.Length == HashLength && TryDecode(text, out _);
}
