using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ExchangeHub.IntegrationTests.Blindness;

/// <summary>
/// Looks for values in any bytes: as UTF-8, UTF-16 of both byte orders, escaped in ASCII JSON, hexadecimal of both cases, and base64
/// of both alphabets at its three alignments.
/// </summary>
public sealed class PlaintextSearch
{
    // One byte is one character: bytes are searched with the runtime's many-strings search.
    static readonly Encoding oneToOne = Encoding.Latin1;
    const int PartMax = 4 << 20;

    readonly Dictionary<string, (string Value, string Form)> forms = new(StringComparer.Ordinal);
    readonly SearchValues<string> any;
    readonly int[] lengths;
    readonly HashSet<string> found = new(StringComparer.Ordinal);

    public PlaintextSearch(IEnumerable<string> values)
    {
        foreach (var value in values)
            foreach (var (form, bytes) in FormsOf(value))
                forms.TryAdd(oneToOne.GetString(bytes), (value, form));
        any = SearchValues.Create([.. forms.Keys], StringComparison.Ordinal);
        lengths = [.. forms.Keys.Select(k => k.Length).Distinct()];
    }

    /// <summary>The values that were found anywhere so far.</summary>
    public IReadOnlySet<string> Found => found;

    /// <summary>Where something was found: the place and the form, never the value twice.</summary>
    public List<string> Places { get; } = [];

    public long BytesSearched { get; private set; }

    public void Search(string place, string text) => Search(place, Encoding.UTF8.GetBytes(text));

    public void Search(string place, ReadOnlySpan<byte> bytes)
    {
        BytesSearched += bytes.Length;
        var overlap = lengths.Max() - 1;
        for (var from = 0; from < bytes.Length; from += PartMax)
            SearchPart(place, oneToOne.GetString(bytes[from..Math.Min(bytes.Length, from + PartMax + overlap)]));
    }

    public void SearchFile(string path) => Search(path, File.ReadAllBytes(path));

    void SearchPart(string place, string part)
    {
        for (var rest = part.AsSpan(); rest.IndexOfAny(any) is >= 0 and var at; rest = rest[(at + 1)..])
            foreach (var length in lengths)
                if (at + length <= rest.Length && forms.TryGetValue(rest.Slice(at, length).ToString(), out var hit) && found.Add(hit.Value))
                    Places.Add($"{hit.Value} as {hit.Form} in {place}");
    }

    static IEnumerable<(string Form, byte[] Bytes)> FormsOf(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        yield return ("UTF-8", utf8);
        yield return ("UTF-16LE", Encoding.Unicode.GetBytes(value));
        yield return ("UTF-16BE", Encoding.BigEndianUnicode.GetBytes(value));
        var escaped = JsonEncodedText.Encode(value).ToString();
        yield return ("JSON escapes", Encoding.ASCII.GetBytes(escaped));
        yield return ("JSON escapes in lower case", Encoding.ASCII.GetBytes(escaped.Replace("\\U", "\\u", StringComparison.Ordinal).ToLowerInvariant()));
        yield return ("hex", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
        yield return ("hex in lower case", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
        for (var alignment = 0; alignment < 3; alignment++)
        {
            var inner = InnerBase64(utf8, alignment);
            yield return ($"base64 at alignment {alignment}", Encoding.ASCII.GetBytes(inner));
            yield return ($"base64url at alignment {alignment}", Encoding.ASCII.GetBytes(inner.Replace('+', '-').Replace('/', '_')));
        }
    }

    /// <summary>The characters of base64 that depend on the value alone when so many bytes, modulo three, stand before it.</summary>
    static string InnerBase64(byte[] value, int before)
    {
        var text = Convert.ToBase64String([.. new byte[before], .. value]);
        var first = ((before * 8) + 5) / 6;
        var last = (before + value.Length) * 8 / 6;
        return text[first..last];
    }
}
