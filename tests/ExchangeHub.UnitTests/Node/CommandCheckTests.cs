using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

/// <summary>What a clerk's form or a program's body may hold.</summary>
public sealed class CommandCheckTests
{
    static readonly SendRequest request = new("340221", "ResidencePermit", "RP-1", "王小明", "420581199003070018", "2024-05-01", null,
        "ResidenceRegistration", "NationalRegulation");

    static readonly SendCheck check = new("340221", "王小明", "420581199003070018", ["identity"], "RecordCheck", "Agreement");

    static readonly DateOnly today = new(2026, 3, 2);

    static readonly NodeExchange open = new("340221", Guid.NewGuid(), Side.Receiver, "330109", Kinds.CertificateVerificationRequest, 1, Guid.NewGuid(), default)
    {
        Question = new("ResidencePermit", "RP-1", "王小明", "420581199003070018", "ResidenceRegistration", "NationalRegulation"),
    };

    static IReadOnlyList<Refusal> Errors(Move move, NodeExchange? exchange = null)
    {
        var form = new FormCheck();
        move.Draft(exchange ?? open, form);
        return form.Errors;
    }

    static FeedbackReply Content(Reply reply, NodeExchange? exchange = null) => reply.Draft(exchange ?? open, new FormCheck()).Content.Reply!;

    [Fact]
    public void A_request_names_every_fault_by_code_and_field()
    {
        var form = new FormCheck();
        (request with { To = "330109", HolderName = " ", IssuedOn = "2024-02-30", Purpose = "Curiosity", ReasonCode = "Because" }).Draft("330109", today, form);
        form.Errors.ShouldBe(
        [
            new Refusal("ReceiverUnknown", "/header/to"), new("MemberInvalid", "/header/reasonCode"), new("MemberMissing", "/content/holderName"),
            new("MemberInvalid", "/content/issuedOn"), new("MemberInvalid", "/content/purpose"),
        ], ignoreOrder: true);
    }

    [Fact]
    public void A_resident_number_with_a_wrong_check_digit_warns_and_is_sent()
    {
        var form = new FormCheck();
        (request with { HolderId = "420581199003070014" }).Draft("330109", today, form);
        form.Errors.ShouldBeEmpty();
        form.Warnings.ShouldBe([new Refusal(NodeCodes.CheckDigitWrong, "/content/holderId")]);
    }

    [Theory]
    [InlineData("2025-09-01", true)]
    [InlineData("2026-03-02", true)]
    [InlineData("2026-03-03", false)] // nobody knows how it will be tomorrow
    [InlineData("2025-09", false)]
    public void A_check_may_ask_about_any_day_until_today(string stateOn, bool may)
    {
        var form = new FormCheck();
        (check with { StateOn = stateOn }).Draft("330109", today, form);
        form.Errors.ShouldBe(may ? [] : [new Refusal("MemberInvalid", "/content/stateOn")]);
    }

    [Theory]
    [InlineData("420581199003070018", true)]
    [InlineData("420581199003070014", false)]
    [InlineData("42058119900307001", false)]
    public void The_check_digit_is_that_of_gb_11643(string id, bool holds) => ResidentId.CheckDigitHolds(id).ShouldBe(holds);

    [Fact]
    public void Every_outcome_but_match_needs_a_reason() =>
        Errors(new Reply("PersonNotFound", null, null)).ShouldBe([new Refusal("MemberMissing", "/header/reasonCode")]);

    [Fact]
    public void A_match_cannot_name_a_field_that_differs() =>
        Errors(new Reply("Match", null, new Dictionary<string, string> { ["holderName"] = "different" }))
            .ShouldBe([new Refusal("MemberInvalid", "/content/fields/holderName")]);

    [Fact]
    public void A_day_may_differ_on_a_certificate_that_matches() =>
        Content(new Reply("Match", null, new Dictionary<string, string> { ["holderId"] = "same", ["issuedOn"] = "different" }),
            open with { Question = open.Question! with { IssuedOn = new DateOnly(2024, 5, 1) } }).Fields["issuedOn"].ShouldBe("different");

    [Fact]
    public void A_match_with_differences_names_one() =>
        Errors(new Reply("MatchWithDifferences", "FieldsDiffer", new Dictionary<string, string> { ["holderName"] = "same" }))
            .ShouldBe([new Refusal("MemberInvalid", "/content/fields")]);

    [Fact]
    public void What_was_not_asked_cannot_be_answered() =>
        Errors(new Reply("Match", null, new Dictionary<string, string> { ["issuedOn"] = "same" }))
            .ShouldBe([new Refusal("MemberInvalid", "/content/fields/issuedOn")]);

    [Fact]
    public void Fields_that_are_not_named_are_not_answered()
    {
        var content = Content(new Reply("Match", "FieldsDiffer", new Dictionary<string, string> { ["holderName"] = "same" }));
        content.Fields.Keys.ShouldBe(AskedFields.All, ignoreOrder: true);
        content.Fields["holderId"].ShouldBe("notAnswered");
    }

    [Fact]
    public void A_case_number_is_code_shanghai_day_and_counter()
    {
        CaseNumber.Of("420581", new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero), 418).ShouldBe("420581-20261124-0418");
        CaseNumber.Of("420581", new DateTimeOffset(2026, 11, 23, 15, 59, 59, TimeSpan.Zero), 123_456).ShouldBe("420581-20261123-123456");
        CaseNumber.Of("420581", default, 1_000_000).ShouldBeNull();
    }
}
