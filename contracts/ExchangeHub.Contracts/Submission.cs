using System.Text;
using System.Text.Json;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Contracts;

/// <summary>The body of a submission: a readable header and the sealed rest, with the digest of the bytes that travelled.</summary>
/// <param name="Header">What the hub may read.</param>
/// <param name="Sealed">The nested JWT in JWE compact form, opaque here; of a message to the hub the inner JWS alone.</param>
/// <param name="Digest">SHA-256 of the body's bytes.</param>
public sealed record Submission(Header Header, string Sealed, string Digest)
{
    /// <summary>The bytes that are published, stored and published again: never made twice.</summary>
    /// <param name="toHub">The token is signed only: the hub is meant to read it.</param>
    public static byte[] Write(ReadOnlySpan<byte> header, string sealedToken, bool toHub = false)
    {
        var prefix = "{\"header\":"u8;
        var middle = toHub ? ",\"signed\":\""u8 : ",\"sealed\":\""u8;
        return [.. prefix, .. header, .. middle, .. Encoding.ASCII.GetBytes(sealedToken), .. "\"}"u8];
    }

    /// <summary>Reads a body by the byte rules and by its kind's row: the steps "size and JSON" and "schema" of a refusal.</summary>
    /// <returns>The submission, or <c>null</c> with the refusals of the first step that failed.</returns>
    public static Submission? Read(ReadOnlyMemory<byte> body, out IReadOnlyList<Refusal> refusals)
    {
        if (body.Length > Limits.BodyBytesMax)
            return Refuse(out refusals, RefusalCodes.TooLarge, "");
        if (!StrictJson.TryParseBody(body, Limits.BodyDepthMax, out var document))
            return Refuse(out refusals, RefusalCodes.BodyMalformed, "");
        using (document)
        {
            if (document.RootElement.TryGetProperty("header", out var header) && JsonBytes(header) > Limits.HeaderBytesMax)
                return Refuse(out refusals, RefusalCodes.TooLarge, "/header");
            var members = new MemberReader(document.RootElement, "");
            var token = TokenMember(header);
            foreach (var member in document.RootElement.EnumerateObject())
                if (member.Name != "header" && member.Name != token)
                    members.RefuseParent();
            members.Require("header");
            var text = members.Text(token, _ => true);
            if (members.Has("header") && header.ValueKind != JsonValueKind.Object)
                members.Refuse(RefusalCodes.MemberInvalid, "header");
            IReadOnlyList<Refusal> inHeader = [];
            var read = header.ValueKind == JsonValueKind.Object ? Header.Read(header, out inHeader) : null;
            refusals = [.. members.Refusals, .. inHeader];
            return read is null || members.Failed ? null : new Submission(read, text!, B64u.Hash(body.Span));
        }
    }

    /// <summary>The pointer of the member that holds the token of a kind.</summary>
    public static string TokenField(string kind) => $"/{MemberOf(kind)}";

    static string TokenMember(JsonElement header) => header.ValueKind == JsonValueKind.Object && header.TryGetProperty("kind", out var kind)
        && kind.ValueKind == JsonValueKind.String ? MemberOf(kind.GetString()!) : "sealed";

    static string MemberOf(string kind) => Kinds.Submitted.GetValueOrDefault(kind) is { ToHub: true } ? "signed" : "sealed";

    static int JsonBytes(JsonElement element) => Encoding.UTF8.GetByteCount(element.GetRawText());

    static Submission? Refuse(out IReadOnlyList<Refusal> refusals, string code, string field)
    {
        refusals = [new Refusal(code, field)];
        return null;
    }
}
