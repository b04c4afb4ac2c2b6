using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExchangeHub.Contracts.Wire;

/// <summary>Writes what goes on the wire: ASCII, members in the order given, absent ones left out.</summary>
public static class WireJson
{
    static readonly JsonWriterOptions Ascii = new() { Encoder = JavaScriptEncoder.Default, SkipValidation = false };

    /// <summary>One JSON object, ASCII: everything else is escaped.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Ascii))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static void Optional(this Utf8JsonWriter writer, string member, string? value)
    {
        if (value is not null)
            writer.WriteString(member, value);
    }

    public static void Optional(this Utf8JsonWriter writer, string member, Guid? value)
    {
        if (value is { } id)
            writer.WriteString(member, id);
    }

    public static void Optional(this Utf8JsonWriter writer, string member, DateTimeOffset? value)
    {
        if (value is { } at)
            writer.WriteString(member, WireTime.Format(at));
    }

    public static void Optional(this Utf8JsonWriter writer, string member, DateOnly? value)
    {
        if (value is { } on)
            writer.WriteString(member, WireTime.Format(on));
    }

    public static void Optional(this Utf8JsonWriter writer, string member, int? value)
    {
        if (value is { } number)
            writer.WriteNumber(member, number);
    }

    /// <summary>A mark is <c>true</c> or absent.</summary>
    public static void Mark(this Utf8JsonWriter writer, string member, bool value)
    {
        if (value)
            writer.WriteBoolean(member, value);
    }

    public static void Texts(this Utf8JsonWriter writer, string member, IEnumerable<string> values)
    {
        writer.WriteStartArray(member);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
