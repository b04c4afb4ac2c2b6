using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>A submission's body as it arrived: its header with members that are not known here, and the sealed rest.</summary>
sealed class TravelledBody : IDisposable
{
    readonly JsonDocument document;

    TravelledBody(JsonDocument document, JsonElement header, string token) => (this.document, HeaderElement, Sealed) = (document, header, token);

    public JsonElement HeaderElement { get; }

    public string Sealed { get; }

    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TravelledBody? body)
    {
        body = null;
        if (bytes.Length > Limits.BodyBytesMax || !StrictJson.TryParseBody(bytes, Limits.BodyDepthMax, out var document))
            return false;
        if (document.RootElement.TryGetProperty("header", out var header) && header.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("sealed", out var token) && token.ValueKind == JsonValueKind.String)
        {
            body = new TravelledBody(document, header, token.GetString()!);
            return true;
        }
        document.Dispose();
        return false;
    }

    /// <summary>Check (b): what the hub's statement says of the message is what the body says.</summary>
    public bool Agrees(AcceptedStatement with)
    {
        var m = new MemberReader(HeaderElement, "");
        return m.Text("from", _ => true) == with.From && m.Text("to", _ => true) == with.To && m.Uuid("messageId") == with.MessageId
            && m.Uuid("exchangeId") == with.ExchangeId && m.Text("kind", _ => true) == with.Kind && m.Number("version") == with.Version && !m.Failed;
    }

    /// <summary>The header as far as this release knows its kind: later members are left aside. None where the kind or a code is unknown.</summary>
    public Header? Known()
    {
        if (!HeaderElement.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String
            || !Kinds.Submitted.TryGetValue(kind.GetString()!, out var rule))
            return null;
        var known = WireJson.Write(w =>
        {
            foreach (var member in HeaderElement.EnumerateObject().Where(m => rule.Takes(m.Name)))
                member.WriteTo(w);
        });
        using var filtered = JsonDocument.Parse(known);
        return Header.Read(filtered.RootElement, out _);
    }

    /// <summary>The same of a whole body; none also where the bytes are no body.</summary>
    public static Header? HeaderOf(ReadOnlyMemory<byte> bytes)
    {
        if (!TryRead(bytes, out var body))
            return null;
        using (body)
            return body.Known();
    }

    public void Dispose() => document.Dispose();
}
