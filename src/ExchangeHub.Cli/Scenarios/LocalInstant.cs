using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>A clock time in Asia/Shanghai as scenarios write it: <c>2026-02-28T23:59:59.999999</c>; seconds and fraction may be left out.</summary>
/// <param name="At">The same instant, UTC.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct LocalInstant(DateTimeOffset At) : IComparable<LocalInstant>
{
    static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.ffffff"];

    public static bool TryParse(string? text, out LocalInstant instant)
    {
        var read = DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local);
        instant = new LocalInstant(read ? WireTime.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local)) : default);
        return read;
    }

    public int CompareTo(LocalInstant other) => At.CompareTo(other.At);

    public override string ToString()
    {
        var local = TimeZoneInfo.ConvertTime(At, WireTime.Shanghai);
        return local.ToString(local.Ticks % TimeSpan.TicksPerSecond != 0 ? Formats[2] : local.Second != 0 ? Formats[1] : Formats[0], CultureInfo.InvariantCulture);
    }

    public static bool operator <(LocalInstant left, LocalInstant right) => left.At < right.At;
    public static bool operator >(LocalInstant left, LocalInstant right) => left.At > right.At;
    public static bool operator <=(LocalInstant left, LocalInstant right) => left.At <= right.At;
    public static bool operator >=(LocalInstant left, LocalInstant right) => left.At >= right.At;

    sealed class Converter : JsonConverter<LocalInstant>
    {
        public override LocalInstant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var instant)
                ? instant
                : throw new JsonException("must be a clock time in Asia/Shanghai such as 2026-02-28T23:59:59.999999");

        public override void Write(Utf8JsonWriter writer, LocalInstant value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
