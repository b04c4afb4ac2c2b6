using System.Text;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Client;

public sealed class VectorTests
{
    [Fact]
    public void The_thumbprint_of_the_key_of_RFC_7515_A3_is_the_one_on_the_page() =>
        PublicJwk.Kid(new Jwk("EC", "P-256", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
            .ShouldBe("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");

    [Fact]
    public void The_mac_of_the_code_over_a_request_is_the_one_on_the_page() =>
        EnrolmentCode.Mac("0123456789ABCDEFGHJKMNPQRS", "a.b.c").ShouldBe("EYJM8AnhS-IRJsIIA4URDlf_Clfn_im0j38PHPhGLMA");

    [Fact]
    public void The_digest_of_the_empty_body_is_the_one_on_the_page() =>
        B64u.Hash(Encoding.ASCII.GetBytes("""{"header":{},"sealed":""}""")).ShouldBe("jmcanj5Aymys2W39NDgRcHOvqDyH6I7ci2t_WByiSMA");

    [Fact]
    public void A_code_is_26_characters_of_Crockford_base32_and_never_the_same()
    {
        var codes = Enumerable.Range(0, 100).Select(_ => EnrolmentCode.Create()).ToList();
        codes.Distinct().Count().ShouldBe(100);
        codes.ShouldAllBe(c => c.Length == 26 && c.All("0123456789ABCDEFGHJKMNPQRSTVWXYZ".Contains));
    }
}
