using System.Security.Cryptography;
using System.Text;
using CsCheck;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>The wire to the byte: JSON, base64url, times, and the vectors that every implementation must meet.</summary>
public sealed class ByteRuleTests
{
    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":1}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"a":false}""")]
    [InlineData("""{"a":1.0}""")]
    [InlineData("""{"a":-1}""")]
    [InlineData("""{"a":-0}""")]
    [InlineData("""{"a":1e3}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":[false]}""")]
    [InlineData("""{"a":"é"}""")]
    [InlineData("{\"a\":\"\u0001\"}")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1}//""")]
    [InlineData("""{"a":1}{}""")]
    [InlineData("""[{"a":1}]""")]
    [InlineData(""" "a" """)]
    [InlineData("")]
    [InlineData("\uFEFF{}")]
    [InlineData("""{"a":{"b":{"c":{"d":1}}},"e":{"f":{"g":{"h":[]}}}}""")]
    public void A_body_that_breaks_a_byte_rule_is_refused(string json) => Body(json).ShouldBeFalse();

    [Theory]
    [InlineData("{}")]
    [InlineData(" {\r\n\t\"a\" : 1 } ")]
    [InlineData("""{"a":{"b":{"c":{"d":1}}}}""")]
    [InlineData("""{"a":true,"b":0,"c":"\u00e9","d":"\ud83d\ude00"}""")]
    [InlineData("""{"a":1,"A":1}""")]
    public void A_body_by_the_byte_rules_is_read(string json) => Body(json).ShouldBeTrue();

    [Theory]
    [InlineData("""{"a":1,"a":1}""", false)]
    [InlineData("""{"a":"\ud800"}""", false)]
    [InlineData("\uFEFF{}", false)]
    [InlineData("""{"a":"é","b":-1.5e3,"c":null,"d":false}""", true)]
    public void A_payload_may_hold_any_text_and_value_but_no_duplicate(string json, bool fine)
    {
        var read = StrictJson.TryParseObject(Encoding.UTF8.GetBytes(json), Limits.ContentDepthMax, out var document);
        document?.Dispose();
        read.ShouldBe(fine);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        StrictJson.TryParseObject(new byte[] { (byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, 4, out _).ShouldBeFalse();

    [Fact]
    public void Content_may_be_sixteen_deep_and_no_deeper()
    {
        static string Deep(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
        StrictJson.TryParseObject(Encoding.ASCII.GetBytes(Deep(Limits.ContentDepthMax)), Limits.ContentDepthMax, out _).ShouldBeTrue();
        StrictJson.TryParseObject(Encoding.ASCII.GetBytes(Deep(Limits.ContentDepthMax + 1)), Limits.ContentDepthMax, out _).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_bytes_come_reading_a_submission_answers_and_never_throws()
    {
        var valid = ContractFiles.Bytes("submissions/certificate-verification-request/valid.json");
        Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400], Gen.Byte).Sample((at, to, alsoAt, alsoTo) =>
        {
            var changed = (byte[])valid.Clone();
            changed[at] = to;
            changed[alsoAt] = alsoTo;
            return Submission.Read(changed, out var refusals) is null == refusals.Count > 0;
        });
    }

    [Fact]
    public void A_body_at_the_limit_is_read_and_one_byte_more_is_too_large()
    {
        var valid = ContractFiles.Bytes("submissions/certificate-verification-request/valid.json");
        byte[] atLimit = [.. valid, .. Encoding.ASCII.GetBytes(new string(' ', Limits.BodyBytesMax - valid.Length))];
        Submission.Read(atLimit, out _).ShouldNotBeNull();
        Submission.Read((byte[])[.. atLimit, (byte)' '], out var refusals).ShouldBeNull();
        refusals.ShouldBe([new Refusal(RefusalCodes.TooLarge, "")]);
    }

    [Fact]
    public void Base64url_has_one_form_for_the_same_bytes() =>
        Gen.Byte.Array[0, 80].Sample(bytes =>
        {
            var text = B64u.Encode(bytes);
            B64u.TryDecode(text, out var back).ShouldBeTrue();
            back.ShouldBe(bytes);
            foreach (var other in (string[])[text + "=", text + "==", text + "\n", " " + text, text + "A"])
                if (B64u.TryDecode(other, out var read))
                    read.ShouldNotBe(bytes);
        });

    [Theory]
    [InlineData("AB", false)] // unused bits set
    [InlineData("AA", true)]
    [InlineData("AAB", false)]
    [InlineData("AAA", true)]
    [InlineData("A", false)]
    [InlineData("A+", false)]
    [InlineData("A/", false)]
    [InlineData("AA==", false)]
    public void Base64url_in_another_form_is_refused(string text, bool fine) => B64u.TryDecode(text, out _).ShouldBe(fine);

    [Theory]
    [InlineData("2026-11-24T01:05:00.000000Z", true)]
    [InlineData("2026-11-24T01:05:00Z", false)]
    [InlineData("2026-11-24T01:05:00.0000000Z", false)]
    [InlineData("2026-11-24T01:05:00.000000z", false)]
    [InlineData("2026-11-24T01:05:00.000000+00:00", false)]
    [InlineData("2026-11-24 01:05:00.000000Z", false)]
    [InlineData("2026-02-29T01:05:00.000000Z", false)]
    [InlineData("2026-11-24T24:00:00.000000Z", false)]
    [InlineData("2026-11-24T01:05:00.000000Z\n", false)]
    [InlineData(" 2026-11-24T01:05:00.000000Z", false)]
    public void A_time_has_one_form(string text, bool fine)
    {
        WireTime.TryParse(text, out var at).ShouldBe(fine);
        if (fine)
            WireTime.Format(at).ShouldBe(text);
    }

    [Theory]
    [InlineData("330109", true, false, false)]
    [InlineData("330109\n", false, false, false)]
    [InlineData("３３0109", false, false, false)]
    [InlineData("hub.zhejiang-1", false, true, false)]
    [InlineData("hub.", false, false, false)]
    [InlineData("hub.Zhejiang", false, false, false)]
    [InlineData("hub.x\n", false, false, false)]
    [InlineData("hub.123456789012345678901234567890123", false, false, false)]
    [InlineData("registrar", false, false, true)]
    public void A_party_is_a_county_a_hub_or_the_registrar(string text, bool county, bool hub, bool registrar)
    {
        Party.IsCounty(text).ShouldBe(county);
        Party.IsHub(text).ShouldBe(hub);
        Party.IsParty(text).ShouldBe(county || hub || registrar);
    }

    // Vectors of wire v1: what every implementation in any language must compute.

    [Fact]
    public void Vector_digest() =>
        B64u.Hash("""{"header":{},"sealed":""}"""u8).ShouldBe("jmcanj5Aymys2W39NDgRcHOvqDyH6I7ci2t_WByiSMA");

    [Fact]
    public void Vector_tree()
    {
        byte[][] leaves = [MerkleTree.HashLeaf("a"u8), MerkleTree.HashLeaf("b"u8), MerkleTree.HashLeaf("c"u8)];
        B64u.Encode(MerkleTree.Root(leaves)).ShouldBe("NmQuc8JUCrEh46a_lUWwokmCzYMOsT080Z3jzmwCHsE");
        MerkleTree.Path(leaves, 2).Select(h => B64u.Encode(h)).ShouldBe(["sTeYX_SE-2ANuTEHx3sDZcgNePW0Kd7Q_Zc2HQd5mes"]);
    }

    [Fact]
    public void Vector_kid() => // the key of RFC 7515 A.3
        PublicJwk.Kid(new Jwk("EC", "P-256", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
            .ShouldBe("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");

    [Fact]
    public void Vector_mac() =>
        B64u.Encode(HMACSHA256.HashData("0123456789ABCDEFGHJKMNPQRS"u8, "a.b.c"u8)).ShouldBe("EYJM8AnhS-IRJsIIA4URDlf_Clfn_im0j38PHPhGLMA");

    static bool Body(string json)
    {
        var read = StrictJson.TryParseBody(Encoding.UTF8.GetBytes(json), Limits.BodyDepthMax, out var document);
        document?.Dispose();
        return read;
    }
}
