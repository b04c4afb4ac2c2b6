using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>Versions of a kind beside each other: which one is sent, how an older one is read, what an older one cannot say.</summary>
public sealed class VersionTests
{
    static readonly AssistanceCheckRequest today = new("王小明", "420581199003070018", ["identity", "contact"], "RecordCheck", "Agreement", Phone: "00000000000", Note: "请核对");
    static readonly AssistanceCheckRequest ofADay = today with { StateOn = new(2025, 9, 1) };

    [Theory]
    [InlineData(1, null)] // it has not said what it takes
    [InlineData(1, "assistance-check-request.v1 feedback-reply.v1")]
    [InlineData(2, "assistance-check-request.v1 assistance-check-request.v2")]
    [InlineData(2, "assistance-check-request.v2 assistance-check-request.v3")]
    [InlineData(2, "feedback-reply.v1")] // none: the hub says so
    public void The_newest_version_that_both_take_is_sent(int version, string? takes) =>
        Kinds.Submitted[Kinds.AssistanceCheckRequest].VersionFor(takes?.Split(' ')).ShouldBe(version);

    [Fact]
    public void The_first_version_is_read_as_the_newest_and_written_again_with_the_same_bytes()
    {
        var first = Contents.Write(today, 1);
        var read = Contents.ReadCheck(first, 1).ShouldNotBeNull();
        Contents.Write(read, 2).ShouldBe(Contents.Write(today, 2));
        Contents.Write(read, 1).ShouldBe(first);
    }

    [Fact]
    public void The_first_version_knows_no_day_also_where_somebody_wrote_one_into_it() =>
        Contents.ReadCheck(Contents.Write(ofADay, 2), 1)!.StateOn.ShouldBeNull();

    [Fact]
    public void What_the_first_version_cannot_say_is_not_written_in_it() =>
        Should.Throw<SealException>(() => Contents.Write(ofADay, 1)).Refusals.ShouldBe([new Refusal(RefusalCodes.VersionNotTaken, "/content/stateOn")]);

    [Fact]
    public void What_is_not_the_content_of_its_version_is_not_read()
    {
        Contents.ReadCheck("{}"u8.ToArray(), 1).ShouldBeNull();
        Contents.ReadCheck("{\"personName\":\"王小明\",\"personId\":\"1\",\"items\":[\"identity\"],\"purpose\":\"RecordCheck\",\"legalBasis\":\"Agreement\",\"stateOn\":\"2025-09\"}"u8.ToArray(), 2).ShouldBeNull();
    }
}
