using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Client;

public sealed class SealingTests : IDisposable
{
    static readonly DateTimeOffset sentAt = new(2026, 11, 24, 1, 5, 0, TimeSpan.Zero);
    static readonly byte[] content = Encoding.UTF8.GetBytes("""{"certificateNumber":"A1","holderName":"王小明","later":{"more":[1,2]}}""");

    readonly SigningKey asker = SigningKey.Create();
    readonly EncryptionKey receiver = EncryptionKey.Create();
    readonly Header header = new(1, "hub.lead", Guid.NewGuid(), Guid.NewGuid(), Kinds.CertificateVerificationRequest, 1, "330109", "340221", sentAt)
    {
        ReasonCode = "Other",
        CaseNumber = "330109-20261124-0418",
    };

    public void Dispose()
    {
        asker.Dispose();
        receiver.Dispose();
    }

    RegisteredKey Record() => new("330109", Roles.County, RegisteredKey.Signing, asker.Public, asker.Kid, sentAt.AddDays(-1), sentAt.AddDays(1), null, "");

    (OpenFailure Failure, OpenedMessage? Opened) Open(byte[] body, DateTimeOffset? acceptedAt = null, RegisteredKey? record = null)
    {
        using var document = JsonDocument.Parse(body);
        var failure = Opener.TryOpen(document.RootElement.GetProperty("header"), document.RootElement.GetProperty("sealed").GetString()!, acceptedAt ?? sentAt.AddSeconds(1),
            kid => kid == receiver.Kid ? receiver : null, kid => kid == asker.Kid ? record ?? Record() : null, out var opened);
        return (failure, opened);
    }

    byte[] Sealed() => Sealer.Seal(header, content, asker, receiver.Public);

    // The same claims, edited, in a correct JWS and a correct JWE: only the receiver's own checks can notice.
    OpenFailure OpenWithClaims(Action<JsonObject> edit, string? jwsHeader = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = header.From,
            ["aud"] = header.To,
            ["jti"] = header.MessageId.ToString("D"),
            ["txn"] = header.ExchangeId.ToString("D"),
            ["iat"] = header.SentAt.ToUnixTimeSeconds(),
            ["hdr"] = JsonNode.Parse(header.Write()),
            ["content"] = JsonNode.Parse(content),
            ["pad"] = "",
        };
        edit(claims);
        return Open(Submission.Write(header.Write(), Forge.Jwe(receiver.Public,
            Forge.Jws(asker, jwsHeader ?? $$"""{"alg":"ES256","kid":"{{asker.Kid}}","typ":"{{JoseTypes.Message}}"}""", Encoding.UTF8.GetBytes(claims.ToJsonString()))))).Failure;
    }

    [Fact]
    public void What_was_sealed_is_opened_byte_for_byte()
    {
        var (failure, opened) = Open(Sealed());
        failure.ShouldBe(OpenFailure.None);
        opened!.Iss.ShouldBe("330109");
        opened.Jti.ShouldBe(header.MessageId);
        Encoding.UTF8.GetString(opened.Content).ShouldBe(Encoding.UTF8.GetString(content));
    }

    [Fact]
    public void The_body_is_a_submission_whose_sealed_part_has_the_form_of_the_wire()
    {
        var read = Submission.Read(Sealed(), out var refusals);
        refusals.ShouldBeEmpty();
        SealedToken.TryReadKid(read!.Sealed, out var kid).ShouldBeTrue();
        kid.ShouldBe(receiver.Kid);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(4000)]
    public void The_sealed_payload_is_padded_to_a_multiple_of_512_bytes(int noteLength)
    {
        var body = Sealer.Seal(header, JsonSerializer.SerializeToUtf8Bytes(new { note = new string('a', noteLength) }), asker, receiver.Public);
        Open(body).Failure.ShouldBe(OpenFailure.None);
        using var document = JsonDocument.Parse(body);
        var ciphertext = document.RootElement.GetProperty("sealed").GetString()!.Split('.')[3];
        // A JWS of 512n bytes of payload: header, dot, payload, dot, signature.
        var jwsHeader = B64u.Encode(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","kid":"{{asker.Kid}}","typ":"{{JoseTypes.Message}}"}""")).Length;
        var payload = Forge.Bytes(ciphertext).Length - jwsHeader - 2 - 86;
        Enumerable.Range(1, 20).Select(n => (n * 512 * 4 + 2) / 3).ShouldContain(payload);
    }

    [Fact]
    public void Claims_as_the_wire_wants_them_open() => OpenWithClaims(_ => { }).ShouldBe(OpenFailure.None);

    [Theory]
    [InlineData("iss", "330110")]
    [InlineData("aud", "340222")]
    [InlineData("jti", "00000000-0000-4000-8000-000000000000")]
    [InlineData("txn", "00000000-0000-4000-8000-000000000000")]
    public void A_claim_that_differs_from_the_header_is_refused(string claim, string other)
    {
        OpenWithClaims(c => c[claim] = other).ShouldBe(OpenFailure.ClaimsWrong);
        OpenWithClaims(c => c.Remove(claim)).ShouldBe(OpenFailure.ClaimsWrong);
    }

    [Fact]
    public void An_audience_list_a_missing_content_and_another_issue_time_are_refused()
    {
        OpenWithClaims(c => c["aud"] = new JsonArray("340221")).ShouldBe(OpenFailure.ClaimsWrong);
        OpenWithClaims(c => c.Remove("content")).ShouldBe(OpenFailure.ClaimsWrong);
        OpenWithClaims(c => c["content"] = "text").ShouldBe(OpenFailure.ClaimsWrong);
        OpenWithClaims(c => c["iat"] = sentAt.ToUnixTimeSeconds() + 1).ShouldBe(OpenFailure.ClaimsWrong);
        OpenWithClaims(c => c["iat"] = $"{sentAt.ToUnixTimeSeconds()}").ShouldBe(OpenFailure.ClaimsWrong);
    }

    [Fact]
    public void The_sealed_copy_of_the_header_must_equal_the_header_member_for_member()
    {
        OpenWithClaims(c => c["hdr"]!["reasonCode"] = "RoutineCheck").ShouldBe(OpenFailure.HeaderDiffers);
        OpenWithClaims(c => c["hdr"]!.AsObject().Remove("reasonCode")).ShouldBe(OpenFailure.HeaderDiffers);
        OpenWithClaims(c => c["hdr"]!["test"] = true).ShouldBe(OpenFailure.HeaderDiffers);
        OpenWithClaims(c => c["hdr"]!["version"] = "1").ShouldBe(OpenFailure.HeaderDiffers);
        OpenWithClaims(c => c.Remove("hdr")).ShouldBe(OpenFailure.HeaderDiffers);
    }

    [Fact]
    public void Header_members_that_this_release_does_not_know_are_compared_too()
    {
        var body = Encoding.ASCII.GetString(Sealed());
        Open(Encoding.ASCII.GetBytes(body.Replace("\"wire\":1", "\"wire\":1,\"later\":\"x\""))).Failure.ShouldBe(OpenFailure.HeaderDiffers);

        var later = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(header.Write()).Replace("\"wire\":1", "\"wire\":1,\"later\":\"x\""));
        var claims = Encoding.UTF8.GetBytes($$"""{"iss":"330109","aud":"340221","jti":"{{header.MessageId}}","txn":"{{header.ExchangeId}}","iat":{{sentAt.ToUnixTimeSeconds()}},"hdr":{{Encoding.ASCII.GetString(later)}},"content":{},"pad":""}""");
        var token = Forge.Jwe(receiver.Public, CompactJws.Sign(asker, JoseTypes.Message, claims));
        Open(Submission.Write(later, token)).Failure.ShouldBe(OpenFailure.None);
    }

    [Fact]
    public void Duplicate_claims_are_refused()
    {
        var claims = Encoding.UTF8.GetBytes($$"""{"iss":"330110","iss":"330109","aud":"340221","jti":"{{header.MessageId}}","txn":"{{header.ExchangeId}}","iat":{{sentAt.ToUnixTimeSeconds()}},"hdr":{{Encoding.ASCII.GetString(header.Write())}},"content":{},"pad":""}""");
        Open(Submission.Write(header.Write(), Forge.Jwe(receiver.Public, CompactJws.Sign(asker, JoseTypes.Message, claims)))).Failure.ShouldBe(OpenFailure.ClaimsWrong);
    }

    [Fact]
    public void A_message_issued_long_after_its_stamp_is_refused()
    {
        Open(Sealed(), acceptedAt: sentAt.AddSeconds(-600)).Failure.ShouldBe(OpenFailure.None);
        Open(Sealed(), acceptedAt: sentAt.AddSeconds(-601)).Failure.ShouldBe(OpenFailure.IssuedTooLate);
    }

    [Fact]
    public void The_signers_key_is_judged_at_the_hubs_stamp()
    {
        var body = Sealed();
        Open(body, record: Record() with { From = sentAt.AddSeconds(1) }).Failure.ShouldBe(OpenFailure.None);
        Open(body, record: Record() with { From = sentAt.AddSeconds(2) }).Failure.ShouldBe(OpenFailure.SignerNotValid);
        Open(body, record: Record() with { Until = sentAt.AddSeconds(1) }).Failure.ShouldBe(OpenFailure.SignerNotValid);
        Open(body, record: Record() with { RevokedAt = sentAt.AddSeconds(1) }).Failure.ShouldBe(OpenFailure.SignerNotValid);
        Open(body, record: Record() with { RevokedAt = sentAt.AddSeconds(2) }).Failure.ShouldBe(OpenFailure.None);
    }

    [Fact]
    public void A_stranger_who_signs_for_the_sender_is_refused()
    {
        using var stranger = SigningKey.Create();
        Open(Sealer.Seal(header, content, stranger, receiver.Public)).Failure.ShouldBe(OpenFailure.SignerUnknown);
        OpenWithClaims(_ => { }, $$"""{"alg":"ES256","kid":"{{stranger.Kid}}","typ":"{{JoseTypes.Message}}"}""").ShouldBe(OpenFailure.SignerUnknown);
    }

    [Fact]
    public void A_message_sealed_to_somebody_else_is_not_ours()
    {
        using var other = EncryptionKey.Create();
        Open(Sealer.Seal(header, content, asker, other.Public)).Failure.ShouldBe(OpenFailure.KeyNotOurs);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_flipped_bit_in_the_sealed_part_is_noticed(int part)
    {
        var token = Submission.Read(Sealed(), out _)!.Sealed;
        Open(Submission.Write(header.Write(), Forge.WithPart(token, part, Forge.FlipBit(token.Split('.')[part])))).Failure.ShouldBe(OpenFailure.CannotDecrypt);
    }

    [Theory]
    [InlineData("\"crit\":[\"exp\"],")]
    [InlineData("\"zip\":\"DEF\",")]
    [InlineData("\"b64\":false,")]
    [InlineData("\"apu\":\"AA\",")]
    [InlineData("\"apv\":\"AA\",")]
    [InlineData("\"typ\":\"JWT\",")]
    [InlineData("\"jku\":\"http://127.0.0.1\",")]
    [InlineData("\"jwk\":{},")]
    [InlineData("\"x5c\":[\"MIIB\"],")]
    [InlineData("\"x5u\":\"http://127.0.0.1\",")]
    [InlineData("\"alg\":\"ECDH-ES\",")]
    [InlineData("\"unknown\":true,")]
    public void A_seal_with_one_more_header_member_is_malformed(string more) => Malformed(h => h.Insert(1, more));

    [Theory]
    [InlineData("ECDH-ES\"", "ECDH-ES+A256KW\"")]
    [InlineData("ECDH-ES\"", "dir\"")]
    [InlineData("A256GCM", "A128GCM")]
    [InlineData("A256GCM", "A256CBC-HS512")]
    [InlineData("\"JWT\"", "\"jwt\"")]
    [InlineData("\"P-256\"", "\"P-384\"")]
    [InlineData("\"kty\":\"EC\"", "\"kty\":\"EC\",\"d\":\"AAAA\"")]
    [InlineData("\"kty\":\"EC\"", "\"kty\":\"EC\",\"kty\":\"EC\"")]
    [InlineData("\"x\":\"", "\"x\":\"A")]
    public void A_seal_with_another_header_value_is_malformed(string from, string to) => Malformed(h =>
    {
        h.ShouldContain(from);
        return h.Replace(from, to);
    });

    [Fact]
    public void A_seal_of_another_shape_is_malformed()
    {
        var token = Submission.Read(Sealed(), out _)!.Sealed;
        foreach (var bad in new[]
        {
            token + ".", token + "=", token + "\n", Forge.WithPart(token, 1, "AAAA"), Forge.WithPart(token, 2, "AAAA"), Forge.WithPart(token, 4, "AAAA"),
            Forge.WithPart(token, 3, ""), "", "a.b.c.d.e", "....", token.Replace('_', '/') + "+", CompactJws.Sign(asker, JoseTypes.Message, content),
        })
            SealedToken.TryReadKid(bad, out _).ShouldBeFalse(bad[..Math.Min(40, bad.Length)]);
    }

    [Fact]
    public void An_ephemeral_key_off_the_curve_does_not_open() =>
        Open(Submission.Write(header.Write(), Forge.WithHeader(Submission.Read(Sealed(), out _)!.Sealed, h =>
        {
            var node = JsonNode.Parse(h)!;
            node["epk"]!["y"] = Forge.FlipBit((string)node["epk"]!["y"]!);
            return node.ToJsonString();
        }))).Failure.ShouldBe(OpenFailure.CannotDecrypt);

    [Theory]
    [InlineData("\"crit\":[\"exp\"],")]
    [InlineData("\"b64\":false,")]
    [InlineData("\"jwk\":{},")]
    [InlineData("\"cty\":\"x\",")]
    public void An_inner_signature_with_one_more_header_member_is_refused(string more) =>
        OpenWithClaims(_ => { }, $$"""{{{more}}"alg":"ES256","kid":"{{asker.Kid}}","typ":"{{JoseTypes.Message}}"}""").ShouldBe(OpenFailure.InnerMalformed);

    [Theory]
    [InlineData("none", JoseTypes.Message)]
    [InlineData("HS256", JoseTypes.Message)]
    [InlineData("ES256", JoseTypes.Http)]
    [InlineData("ES256", "JWT")]
    public void An_inner_signature_of_another_kind_is_refused(string alg, string typ) =>
        OpenWithClaims(_ => { }, $$"""{"alg":"{{alg}}","kid":"{{asker.Kid}}","typ":"{{typ}}"}""").ShouldBe(OpenFailure.InnerMalformed);

    void Malformed(Func<string, string> edit)
    {
        var token = Submission.Read(Sealed(), out _)!.Sealed;
        SealedToken.TryReadKid(Forge.WithHeader(token, h => h), out _).ShouldBeTrue();
        SealedToken.TryReadKid(Forge.WithHeader(token, edit), out _).ShouldBeFalse();
    }
}
