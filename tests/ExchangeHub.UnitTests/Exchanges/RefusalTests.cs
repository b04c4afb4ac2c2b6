using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.UnitTests.Exchanges;

public sealed class RefusalTests
{
    [Fact]
    public void A_message_to_no_exchange_and_one_to_a_strangers_exchange_get_the_same_answer()
    {
        var on = Core.Asked();
        var nowhere = Core.Message(on, Kinds.Acknowledgement) with { ExchangeId = Guid.NewGuid() };
        var stranger = Core.Message(on, Kinds.Acknowledgement, Core.Stranger) with { To = Core.Asker };

        default(Exchange).Refuses(nowhere).ShouldBe(on.Refuses(stranger));
        on.Refuses(stranger).ShouldBe([new(RefusalCodes.ExchangeUnknown, "/header/exchangeId")]);
    }

    [Fact]
    public void An_opening_with_the_id_of_an_own_exchange_exists_already_and_with_a_strangers_id_is_unknown()
    {
        var on = Core.Asked();
        on.Refuses(Core.Request(exchange: on.Id)).ShouldBe([new(RefusalCodes.ExchangeExists, "/header/exchangeId")]);
        on.Refuses(Core.Request(Core.Stranger, exchange: on.Id)).ShouldBe([new(RefusalCodes.ExchangeUnknown, "/header/exchangeId")]);
    }

    [Fact]
    public void A_request_follows_only_an_exchange_its_sender_is_a_party_of()
    {
        var earlier = Core.Asked();
        var follows = Core.Request(Core.Receiver, Core.Asker) with { Follows = earlier.Id };
        ExchangeDecider.Decide(null, follows, earlier, earlier.LastAt, Core.Rules).ShouldBeOfType<Decision.Accepted>();

        IReadOnlyList<Refusal> unknown = [new(RefusalCodes.ExchangeUnknown, "/header/follows")];
        default(Exchange).Refuses(follows, followed: null).ShouldBe(unknown);
        default(Exchange).Refuses(Core.Request(Core.Stranger) with { Follows = earlier.Id }, earlier).ShouldBe(unknown);
    }

    [Fact]
    public void A_second_acknowledgement_is_one_too_many()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        on.Refuses(Core.Message(on, Kinds.Acknowledgement)).ShouldBe([new(RefusalCodes.LimitReached, "/header/kind")]);
    }

    [Fact]
    public void A_reply_names_an_accepted_message_of_the_other_side()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T11:00");
        IReadOnlyList<Refusal> unknown = [new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo")];
        on.Refuses(Core.Message(on, Kinds.FeedbackReply) with { InReplyTo = Guid.NewGuid() }).ShouldBe(unknown);
        var own = on.Messages.Find(m => m.From == on.Receiver)!.Id;
        on.Refuses(Core.Message(on, Kinds.FeedbackReply) with { InReplyTo = own }).ShouldBe(unknown);
    }

    [Fact]
    public void A_correction_names_an_own_reply()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T10:30").After(Kinds.FeedbackReply, "2026-02-11T11:00");
        IReadOnlyList<Refusal> unknown = [new(RefusalCodes.ReferenceUnknown, "/header/supersedes")];
        on.Refuses(Core.Correction(on) with { Supersedes = Guid.NewGuid() }).ShouldBe(unknown);
        on.Refuses(Core.Correction(on) with { Supersedes = on.Messages[0].Id }).ShouldBe(unknown); // the asker's request
        on.Refuses(Core.Correction(on) with { Supersedes = on.Messages[1].Id }).ShouldBe(unknown); // an own message of another kind
    }

    [Fact]
    public void Once_answered_another_reply_without_supersedes_is_out_of_phase()
    {
        var on = Core.Asked().After(Kinds.FeedbackReply, "2026-02-11T11:00");
        on.Refuses(Core.Message(on, Kinds.FeedbackReply)).ShouldBe([new(RefusalCodes.PhaseNotAllowed, "/header/supersedes")]);
    }

    [Fact]
    public void The_test_mark_is_the_same_in_every_message_of_an_exchange()
    {
        var on = Core.Asked();
        on.Refuses(Core.Message(on, Kinds.Acknowledgement) with { Test = true }).ShouldBe([new(RefusalCodes.TestMarkDiffers, "/header/test")]);
        var trial = on with { Test = true };
        trial.Refuses(Core.Message(trial, Kinds.Acknowledgement) with { Test = false }).ShouldBe([new(RefusalCodes.TestMarkDiffers, "/header/test")]);
    }

    [Fact]
    public void A_message_within_an_exchange_goes_to_its_other_side()
    {
        var on = Core.Asked();
        on.Refuses(Core.Message(on, Kinds.Acknowledgement) with { To = Core.Stranger }).ShouldBe([new(RefusalCodes.PartyNotAllowed, "/header/to")]);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var on = Core.Asked().After(Kinds.Acknowledgement, "2026-02-11T10:30").After(Kinds.Withdrawal, "2026-02-11T11:00");
        var wrong = Core.Message(on, Kinds.Acknowledgement, on.Asker) with { InReplyTo = Guid.NewGuid(), Test = true };

        on.Refuses(wrong).Select(r => r.Code).ShouldBe(
            [RefusalCodes.ReferenceUnknown, RefusalCodes.PartyNotAllowed, RefusalCodes.PhaseNotAllowed, RefusalCodes.TestMarkDiffers, RefusalCodes.LimitReached]);
    }

    [Fact]
    public void A_county_that_the_division_table_does_not_have_is_refused_rather_than_placed_by_guess()
    {
        default(Exchange).Refuses(Core.Request(to: "999999")).ShouldBe([new(RefusalCodes.ReceiverUnknown, "/header/to")]);
        default(Exchange).Refuses(Core.Request(to: "330100")).ShouldBe([new(RefusalCodes.ReceiverUnknown, "/header/to")]); // a city with counties
        default(Exchange).Refuses(Core.Request(from: "999999")).ShouldBe([new(RefusalCodes.SenderNotActive, "/header/from")]);
    }

    [Fact]
    public void A_refused_message_changes_no_exchange()
    {
        var on = Core.Asked();
        var before = on.ToJson();
        on.Refuses(Core.Message(on, Kinds.Withdrawal, on.Receiver));
        on.ToJson().ShouldBe(before);
    }
}
