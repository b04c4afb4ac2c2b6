using ExchangeHub.Contracts;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.UnitTests.Hub;

public sealed class ScreeningTests
{
    [Theory]
    [InlineData(RefusalCodes.SealedMalformed, "/signed", true)] // a report signed with a key that was renewed a moment ago
    [InlineData(RefusalCodes.SealedMalformed, "/sealed", false)]
    [InlineData(RefusalCodes.ReceiverKeyNotValid, "/sealed", true)]
    [InlineData(RefusalCodes.MemberInvalid, "/signed", false)]
    public void Only_what_a_newer_registry_could_allow_is_looked_at_again_before_it_is_refused(string code, string field, bool again) =>
        Screening.DependsOnRegistry([new(code, field)]).ShouldBe(again);
}
