using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ExchangeHub.Contracts.Wire;

/// <summary>
/// Reads JSON by the wire's byte rules: one object (RFC 8259), no byte order mark, no duplicate member, bounded depth,
/// no text that is not Unicode (half of a surrogate pair), and for bodies ASCII only, whole non-negative numbers and
/// no <c>null</c> or <c>false</c>. Whatever passes can be read without an exception.
/// </summary>
public static class StrictJson
{
    /// <summary>A body or statement: ASCII, integers without sign, fraction or exponent, booleans <c>true</c> or absent.</summary>
    public static bool TryParseBody(ReadOnlyMemory<byte> bytes, int depthMax, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        return Ascii.IsValid(bytes.Span) && TryParse(bytes, depthMax, strictValues: true, out document);
    }

    /// <summary>A JOSE header or payload: UTF-8, no duplicates, bounded depth; values as JSON has them.</summary>
    public static bool TryParseObject(ReadOnlyMemory<byte> bytes, int depthMax, [NotNullWhen(true)] out JsonDocument? document) =>
        TryParse(bytes, depthMax, strictValues: false, out document);

    static bool TryParse(ReadOnlyMemory<byte> bytes, int depthMax, bool strictValues, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = depthMax, AllowDuplicateProperties = false };
            if (bytes.Span.StartsWith("\uFEFF"u8) || !Utf8.IsValid(bytes.Span))
                return false;
            var parsed = JsonDocument.Parse(bytes, options);
            // Only an escape can still spell half of a surrogate pair.
            if (parsed.RootElement.ValueKind != JsonValueKind.Object
                || (bytes.Span.Contains((byte)'\\') && !TextsAreUnicode(parsed.RootElement))
                || (strictValues && !ValuesAreStrict(parsed.RootElement)))
            {
                parsed.Dispose();
                return false;
            }
            document = parsed;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException) // how the reader tells of a member name that is not Unicode
        {
            return false;
        }
    }

    static bool TextsAreUnicode(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(m => m.Name is not null && TextsAreUnicode(m.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(TextsAreUnicode),
        JsonValueKind.String => element.GetString() is not null,
        _ => true,
    };

    static bool ValuesAreStrict(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(m => ValuesAreStrict(m.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(ValuesAreStrict),
        JsonValueKind.Number => IsWholeNumber(element.GetRawText()),
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => true,
    };

    static bool IsWholeNumber(string raw) => raw.All(char.IsAsciiDigit);

    /// <summary>
    /// Same member names, and for each the same JSON type and value, strings code unit by code unit. Both must be flat:
    /// a nested object or array is never equal.
    /// </summary>
    public static bool FlatEquals(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != JsonValueKind.Object || right.ValueKind != JsonValueKind.Object || left.GetPropertyCount() != right.GetPropertyCount())
            return false;
        foreach (var member in left.EnumerateObject())
        {
            if (!right.TryGetProperty(member.Name, out var other) || other.ValueKind != member.Value.ValueKind)
                return false;
            var same = member.Value.ValueKind switch
            {
                JsonValueKind.String => string.Equals(member.Value.GetString(), other.GetString(), StringComparison.Ordinal),
                JsonValueKind.Number => string.Equals(member.Value.GetRawText(), other.GetRawText(), StringComparison.Ordinal),
                JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => true,
                _ => false,
            };
            if (!same)
                return false;
        }
        return true;
    }
}
