using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

/// <summary>What two counties agreed and what became of them, at intake. Opened on 11 February 2026, a Wednesday, unless said otherwise.</summary>
public sealed class BetweenCountiesTests
{
    const string Province = "340000"; // of the receiver
    static readonly DateOnly Today = Core.Day("2026-02-11");

    static Agreement Agreed(string from = "2026-01-01", string? until = null, string? acknowledgement = null, string? feedback = null, params string[] kinds) =>
        new(Guid.NewGuid(), Core.Receiver, Core.Asker, Core.Day(from), until is null ? null : Core.Day(until), kinds,
            acknowledgement is null ? null : Term.Parse(acknowledgement), feedback is null ? null : Term.Parse(feedback), new Dictionary<string, string>());

    static DeadlineRules Rules(IReadOnlyList<Agreement> agreements, params string[] demandedBy) => With(Core.Rules.Divisions, new(agreements, demandedBy));

    static DeadlineRules Closed(string code, string on) => With(new Divisions(Core.Rules.Divisions.All
        .Select(d => d.Code == code ? d with { Closure = new(CountyStatuses.Merged, Core.Day(on), [Core.SameProvince]) } : d)), Agreements.None);

    static DeadlineRules With(Divisions divisions, Agreements agreements)
    {
        var (years, days) = ShippedData.Calendar();
        return new(divisions, [.. years], [.. days], new Dictionary<string, IReadOnlyCollection<CalendarDay>>(), ShippedData.Policies(), agreements: agreements);
    }

    static IReadOnlyList<string> Found(DeadlineRules rules, string from = Core.Asker, string to = Core.Receiver) =>
        ExchangeDecider.Decide(null, Core.Request(from, to), null, Core.Shanghai("2026-02-11T10:00"), rules) is Decision.Refused refused
            ? [.. refused.Reasons.Select(r => $"{r.Code} {r.Field}")] : [];

    [Fact]
    public void Nobody_needs_an_agreement_where_no_province_demands_one() => Found(Rules([])).ShouldBeEmpty();

    [Fact]
    public void A_province_that_demands_agreements_is_asked_only_under_one()
    {
        Found(Rules([], Province)).ShouldBe(["OutsideAgreement /header/to"]);
        Found(Rules([Agreed()], Province)).ShouldBeEmpty();
        Found(Rules([Agreed()], Province), from: Core.Stranger).ShouldBe(["OutsideAgreement /header/to"]); // another county's agreement
        Found(Rules([], Province), Core.Receiver, Core.Asker).ShouldBeEmpty(); // its own questions to a province that demands none
    }

    [Theory]
    [InlineData("2026-02-10", false)] // yesterday was its last day
    [InlineData("2026-02-11", true)]
    [InlineData(null, true)]
    public void An_agreement_holds_to_the_end_of_its_last_day(string? until, bool holds) =>
        Found(Rules([Agreed(until: until)], Province)).ShouldBe(holds ? [] : ["OutsideAgreement /header/to"]);

    [Fact]
    public void An_agreement_holds_from_its_first_day_on_and_for_its_kinds()
    {
        Found(Rules([Agreed("2026-02-12")], Province)).ShouldBe(["OutsideAgreement /header/to"]);
        Found(Rules([Agreed("2026-02-11")], Province)).ShouldBeEmpty();
        Found(Rules([Agreed(kinds: "another-kind")], Province)).ShouldBe(["OutsideAgreement /header/to"]);
        Found(Rules([Agreed(kinds: Kinds.CertificateVerificationRequest)], Province)).ShouldBeEmpty();
    }

    [Fact]
    public void Two_counties_have_the_time_they_agreed_on_in_both_directions_and_only_while_it_holds()
    {
        var rules = Rules([Agreed(acknowledgement: "same-day", feedback: "2-working-days")]);
        foreach (var on in new[] { Core.Asked(rules: rules), Core.Asked(from: Core.Receiver, to: Core.Asker, rules: rules) })
        {
            on.Live(Duties.Acknowledgement).Due!.On.ShouldBe(Today);
            on.Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-02-13"));
        }
        var ordinary = Core.Asked().Live(Duties.Feedback).Due;
        Core.Asked(from: Core.Stranger, rules: rules).Live(Duties.Feedback).Due.ShouldBe(ordinary);
        Core.Asked(rules: Rules([Agreed(until: "2026-02-10", feedback: "2-working-days")])).Live(Duties.Feedback).Due.ShouldBe(ordinary);
        Core.Asked(rules: Rules([Agreed(acknowledgement: "same-day")])).Live(Duties.Feedback).Due.ShouldBe(ordinary); // silent on it
    }

    [Fact]
    public void Of_two_agreements_the_one_that_began_later_counts() =>
        Core.Asked(rules: Rules([Agreed("2026-02-01", feedback: "3-working-days"), Agreed("2026-01-01", feedback: "9-working-days")]))
            .Live(Duties.Feedback).Due!.On.ShouldBe(Core.Day("2026-02-14")); // a make-up Saturday

    [Fact]
    public void An_urgent_question_has_the_shorter_of_the_agreed_and_the_urgent_time()
    {
        var urgent = Core.Asked(urgent: true).Live(Duties.Feedback).Due!;
        Core.Asked(urgent: true, rules: Rules([Agreed(feedback: "60-calendar-days")])).Live(Duties.Feedback).Due.ShouldBe(urgent);
        Core.Asked(urgent: true, rules: Rules([Agreed(feedback: "same-day")])).Live(Duties.Feedback).Due!.On.ShouldBe(Today);
    }

    [Fact]
    public void A_county_abolished_this_morning_is_asked_nothing_more_and_asks_nothing_more()
    {
        Found(Closed(Core.Receiver, "2026-02-11")).ShouldBe(["ReceiverNotActive /header/to"]);
        Found(Closed(Core.Asker, "2026-02-11")).ShouldBe(["SenderNotActive /header/from"]);
        Found(Closed(Core.Receiver, "2026-02-12")).ShouldBeEmpty(); // not before its day
        Found(With(new Divisions(Core.Rules.Divisions.All.Select(d => d.Code == Core.Receiver ? d with { Ended = true } : d)), Agreements.None))
            .ShouldBe(["ReceiverNotActive /header/to"]); // by the division table
    }

    [Fact]
    public void What_a_county_owes_when_it_is_abolished_it_may_still_answer()
    {
        var on = Core.Asked();
        ExchangeDecider.Decide(on, Core.Message(on, Kinds.FeedbackReply), null, Core.Shanghai("2026-02-13T10:00"), Closed(Core.Receiver, "2026-02-12"))
            .ShouldBeOfType<Decision.Accepted>();
    }
}
