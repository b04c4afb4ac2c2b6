using System.Text;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Client;

public sealed class SignedTokenTests : IDisposable
{
    readonly SigningKey key = SigningKey.Create();
    readonly byte[] payload = Encoding.ASCII.GetBytes("""{"a":1}""");

    public void Dispose() => key.Dispose();

    bool Holds(string token, string typ = JoseTypes.Root) => CompactJws.TryVerify(token, typ, kid => kid == key.Kid ? key.Public : null, out _);

    [Fact]
    public void A_signature_holds_for_the_purpose_it_was_made_for_and_for_no_other()
    {
        var token = CompactJws.Sign(key, JoseTypes.Root, payload);
        CompactJws.TryVerify(token, JoseTypes.Root, _ => key.Public, out var verified).ShouldBeTrue();
        verified!.Payload.ShouldBe(payload);
        verified.Kid.ShouldBe(key.Kid);
        Holds(token, JoseTypes.Registry).ShouldBeFalse();
    }

    [Fact]
    public void A_header_of_exactly_alg_kid_typ_holds_in_any_order() =>
        Holds(Forge.Jws(key, $$"""{"typ":"{{JoseTypes.Root}}","kid":"{{key.Kid}}","alg":"ES256"}""", payload)).ShouldBeTrue();

    [Theory]
    [InlineData(""","crit":["exp"],"exp":1""")]
    [InlineData(""","b64":false,"crit":["b64"]""")]
    [InlineData(""","b64":false""")]
    [InlineData(""","zip":"DEF" """)]
    [InlineData(""","jku":"http://127.0.0.1/keys" """)]
    [InlineData(""","jwk":{"kty":"EC"}""")]
    [InlineData(""","x5c":["MIIB"]""")]
    [InlineData(""","x5t":"abc" """)]
    [InlineData(""","cty":"JWT" """)]
    [InlineData(""","alg":"ES256" """)]
    [InlineData(""","unknown":1""")]
    public void A_header_with_one_more_member_is_refused(string more) =>
        Holds(Forge.Jws(key, $$"""{"alg":"ES256","kid":"{{key.Kid}}","typ":"{{JoseTypes.Root}}"{{more}}}""", payload)).ShouldBeFalse();

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("es256")]
    public void Another_algorithm_is_refused(string alg)
    {
        var header = $$"""{"alg":"{{alg}}","kid":"{{key.Kid}}","typ":"{{JoseTypes.Root}}"}""";
        Holds(Forge.Jws(key, header, payload)).ShouldBeFalse();
        Holds(Forge.WithPart(Forge.Jws(key, header, payload), 2, "")).ShouldBeFalse();
    }

    [Fact]
    public void A_flipped_bit_in_payload_or_signature_is_noticed()
    {
        var parts = CompactJws.Sign(key, JoseTypes.Root, payload).Split('.');
        Holds(string.Join('.', parts[0], Forge.FlipBit(parts[1]), parts[2])).ShouldBeFalse();
        Holds(string.Join('.', parts[0], parts[1], Forge.FlipBit(parts[2]))).ShouldBeFalse();
    }

    [Fact]
    public void Base64_in_any_other_than_its_one_form_is_refused()
    {
        var token = CompactJws.Sign(key, JoseTypes.Root, Encoding.ASCII.GetBytes("""{"a":12}""")); // 8 bytes: two unused bits
        var parts = token.Split('.');
        var last = parts[1][^1];
        var twin = parts[1][..^1] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".IndexOf(last) + 1];
        Holds(token).ShouldBeTrue();
        Holds(Forge.WithPart(token, 1, twin)).ShouldBeFalse();
        Holds(token + "=").ShouldBeFalse();
        Holds(token + "\n").ShouldBeFalse();
        Holds(" " + token).ShouldBeFalse();
        Holds(token + ".").ShouldBeFalse();
        Holds(token.Replace('.', ' ')).ShouldBeFalse();
    }

    [Fact]
    public void A_key_under_a_foreign_kid_is_not_used()
    {
        using var other = SigningKey.Create();
        var token = CompactJws.Sign(other, JoseTypes.Root, payload);
        CompactJws.TryVerify(token, JoseTypes.Root, _ => key.Public, out _).ShouldBeFalse();
    }

    [Fact]
    public void An_oversized_token_is_refused_unread() =>
        Holds(CompactJws.Sign(key, JoseTypes.Root, new byte[Limits.BodyBytesMax])).ShouldBeFalse();

    [Fact]
    public void A_private_key_survives_its_file()
    {
        using var again = SigningKey.FromPem(key.ToPem());
        again.Kid.ShouldBe(key.Kid);
        Holds(CompactJws.Sign(again, JoseTypes.Root, payload)).ShouldBeTrue();
    }

    [Fact]
    public void A_bearer_token_holds_for_its_hub_and_its_five_minutes()
    {
        var now = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        var token = HttpToken.Sign(key, "330109", "hub.lead", now);
        Caller(token, "hub.lead", now).ShouldBe("330109");
        Caller(token, "hub.other", now).ShouldBeNull();
        Caller(token, "hub.lead", now.AddMinutes(7)).ShouldBeNull();
        Caller(token, "hub.lead", now.AddMinutes(-7)).ShouldBeNull();
        HttpToken.TryVerify(token, "hub.lead", now, (_, _) => null, out _).ShouldBeFalse();
        Caller(CompactJws.Sign(key, JoseTypes.Http, Encoding.ASCII.GetBytes($$"""{"iss":"330109","aud":"hub.lead","iat":{{now.ToUnixTimeSeconds()}},"exp":{{now.AddHours(1).ToUnixTimeSeconds()}},"jti":"x"}""")),
            "hub.lead", now).ShouldBeNull("it asks for an hour");

        string? Caller(string t, string hub, DateTimeOffset at) => HttpToken.TryVerify(t, hub, at, (_, kid) => kid == key.Kid ? key.Public : null, out var party) ? party : null;
    }
}
