using System.Globalization;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Register;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

public sealed class RegisterComparisonTests
{
    static readonly DateTimeOffset at = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    // Invented people; the check digits are valid.
    static readonly CertificateVerificationRequest asked = new("ResidencePermit", "RP-2024-0001", "王小明", "420581199003070018",
        "ResidenceRegistration", "NationalRegulation", new DateOnly(2024, 5, 1));

    static readonly RegisterEntry entry = new("ResidencePermit", "RP-2024-0001", "王小明", "420581199003070018",
        new DateOnly(2024, 5, 1), new DateOnly(2029, 4, 30), "Valid");

    [Fact]
    public void A_valid_certificate_of_the_asked_type_number_name_and_id_answers_by_itself()
    {
        var compared = RegisterComparison.Of(new(asked), [entry], at);
        compared.Exact.ShouldBeTrue();
        compared.Outcome.ShouldBe("Match");
        compared.ReasonCode.ShouldBeNull();
        compared.MatchesOf(new(asked)).ShouldBe(new Dictionary<string, string>
        {
            ["certificateType"] = "same",
            ["certificateNumber"] = "same",
            ["holderName"] = "same",
            ["holderId"] = "same",
            ["issuedOn"] = "same",
            ["validUntil"] = "notAnswered",
        });
    }

    [Fact]
    public void Full_width_letters_and_spaces_around_make_no_difference() =>
        RegisterComparison.Of(new(asked with { CertificateNumber = " ＲＰ－2024－0001", HolderName = "王小明 " }), [entry], at).Exact.ShouldBeTrue();

    [Fact]
    public void A_day_that_differs_is_told_beside_the_match()
    {
        var compared = RegisterComparison.Of(new(asked with { IssuedOn = new DateOnly(2024, 5, 2) }), [entry], at);
        (compared.Exact, compared.Outcome, compared.ReasonCode).ShouldBe((true, "Match", null));
        (compared.MatchesOf(new(asked))["issuedOn"], compared.MatchesOf(new(asked))["holderId"]).ShouldBe(("different", "same"));
    }

    [Theory]
    [InlineData("ServiceRegistration", "RP-2024-0001", "王小明", "420581199003070018")]
    [InlineData("ResidencePermit", "RP-2024-0009", "王小明", "420581199003070018")]
    [InlineData("ResidencePermit", "RP-2024-0001", "王晓明", "420581199003070018")]
    [InlineData("ResidencePermit", "RP-2024-0001", "王小明", "330109198511121230")]
    public void A_type_number_name_or_id_that_differs_is_left_to_a_clerk(string type, string number, string name, string id)
    {
        var compared = RegisterComparison.Of(new(asked with { CertificateType = type, CertificateNumber = number, HolderName = name, HolderId = id }), [entry], at);
        (compared.Exact, compared.Outcome, compared.ReasonCode).ShouldBe((false, "MatchWithDifferences", "FieldsDiffer"));
    }

    [Fact]
    public void A_day_that_was_asked_and_is_not_on_file_is_not_answered_beside_the_match()
    {
        var compared = RegisterComparison.Of(new(asked), [entry with { IssuedOn = null }], at);
        compared.Exact.ShouldBeTrue();
        compared.MatchesOf(new(asked))["issuedOn"].ShouldBe("notAnswered");
    }

    [Theory]
    [InlineData(true, "identity")]
    [InlineData(false, "identity", "ofALaterRelease")]
    [InlineData(false, "ofALaterRelease")]
    public void A_check_answers_by_itself_only_where_every_item_asked_was_compared(bool exact, params string[] items) =>
        RegisterComparison.Of(new(Check: new("王小明", "420581199003070018", items, "RecordCheck", "Agreement")), [entry], at).Exact.ShouldBe(exact);

    [Theory]
    [InlineData("Suspended")]
    [InlineData("Cancelled")]
    public void A_certificate_that_is_not_valid_never_answers_by_itself(string status)
    {
        var compared = RegisterComparison.Of(new(asked), [entry with { Status = status }], at);
        compared.Exact.ShouldBeFalse();
        compared.Status.ShouldBe(status);
        (compared.Outcome, compared.ReasonCode).ShouldBe(("CannotVerify", "RecordIncomplete"));
    }

    [Fact]
    public void Another_persons_certificate_of_that_number_is_no_match()
    {
        var compared = RegisterComparison.Of(new(asked), [entry with { HolderName = "李四", HolderId = "330109198511121230" }], at);
        (compared.Found, compared.Outcome, compared.ReasonCode).ShouldBe((true, "PersonNotFound", "NoRecord"));
        compared.MatchesOf(new(asked))["holderId"].ShouldBe("different");
    }

    [Fact]
    public void The_persons_own_certificate_is_taken_before_a_strangers_of_the_asked_number()
    {
        var own = entry with { CertificateNumber = "RP-2024-0002" };
        var compared = RegisterComparison.Of(new(asked), [entry with { HolderName = "李四", HolderId = "330109198511121230" }, own], at);
        compared.Fields.Single(f => f.Field == "certificateNumber").Register.ShouldBe("RP-2024-0002");
        compared.Outcome.ShouldBe("MatchWithDifferences");
    }

    [Fact]
    public void Nothing_on_file_suggests_that_the_person_was_not_found()
    {
        var compared = RegisterComparison.Of(new(asked), [], at);
        (compared.Found, compared.Exact, compared.Outcome, compared.ReasonCode).ShouldBe((false, false, "PersonNotFound", "NoRecord"));
        compared.MatchesOf(new(asked)).Values.ShouldAllBe(v => v == "notAnswered");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("2026-03-02", true)] // today, in Shanghai
    [InlineData("2026-03-01", false)]
    public void How_things_stand_now_answers_no_check_of_an_earlier_day(string? stateOn, bool answers)
    {
        var check = new AssistanceCheckRequest("王小明", "420581199003070018", [CheckItem.Identity], "RecordCheck", "Agreement",
            StateOn: stateOn is null ? null : DateOnly.ParseExact(stateOn, "yyyy-MM-dd", CultureInfo.InvariantCulture));
        var compared = RegisterComparison.Of(new(Check: check), [entry], at);
        (compared.Exact, compared.Outcome).ShouldBe(answers ? (true, "Match") : (false, "CannotVerify"));
        compared.Fields.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            f => f.Register.ShouldBe("王小明 420581199003070018"), f => f.Match.ShouldBe(answers ? "same" : "notAnswered"));
    }
}
