using System.Text;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Client;

public sealed class ReceivingTests(TestServers servers)
{
    const string A = "330109";
    const string B = "340221";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    // What A seals to B, made by hand: A's engine does not run here.
    static byte[] Body(ScriptedHub hub, CountyFolder a, Guid exchange, string kind = Kinds.CertificateVerificationRequest, Jwk? receiver = null, Guid? messageId = null)
    {
        var now = hub.Signing.Clocks.Now;
        var header = new Header(1, SigningHub.Id, messageId ?? Guid.NewGuid(), exchange, kind, 1, A, B, now);
        return Sealer.Seal(kind == Kinds.FeedbackReply ? header with { InReplyTo = Guid.NewGuid(), Outcome = Outcomes.Match } : header, """{"note":"好"}"""u8, a.SigningKeyAt(hub.Signing.Ring, now)!,
            receiver ?? hub.Signing.Ring.SealingKey(B, now)!.Jwk);
    }

    async Task<(ScriptedHub Hub, CountyFolder A, TestMember B)> TwoAsync()
    {
        var hub = await ScriptedHub.StartAsync(servers);
        var a = hub.Signing.Enrol(A);
        return (hub, a, await hub.JoinAsync(B));
    }

    static string FlipInBody(string body) => body.Replace("\"wire\":1", "\"wire\":1 ", StringComparison.Ordinal);

    static string Flip(string b64u)
    {
        B64u.TryDecode(b64u, out var bytes).ShouldBeTrue();
        bytes[bytes.Length / 2] ^= 4;
        return B64u.Encode(bytes);
    }

    [Fact]
    public async Task A_delivery_is_opened_applied_once_and_given_to_the_program()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var exchange = Guid.NewGuid();
        var delivery = hub.Keep(Body(hub, a, exchange), 1);
        await hub.DeliverAsync(B, delivery);
        await hub.DeliverAsync(B, delivery);
        var message = (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        message.Header.ExchangeId.ShouldBe(exchange);
        Contents.ReadNote(message.Content)!.Note.ShouldBe("好");
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange, Kinds.Withdrawal), 2), "withdrawal.v1");
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Header.Kind.ShouldBe(Kinds.Withdrawal);
        await b.Member.WhenAsync(s => s.IsQuiet, Ct);
        b.Store.Notices.ShouldBeEmpty();
        a.Dispose();
    }

    public static TheoryData<string> Broken => ["body", "leaf", "path", "root signature", "root payload", "no digest", "index"];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_bit_flipped_on_the_way_is_noticed_and_the_delivery_is_fetched_again(string where)
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var delivery = hub.Keep(Body(hub, a, Guid.NewGuid()), 1);
        var stamp = delivery.Stamp;
        var root = stamp.Root.Split('.');
        await hub.DeliverAsync(B, where switch
        {
            "body" => delivery with { Body = FlipInBody(delivery.Body!) },
            "leaf" => delivery with { Stamp = stamp with { Leaf = Flip(stamp.Leaf) } },
            "path" => delivery with { Stamp = stamp with { Path = [Flip(stamp.Path[0])] } },
            "root signature" => delivery with { Stamp = stamp with { Root = $"{root[0]}.{root[1]}.{Flip(root[2])}" } },
            "root payload" => delivery with { Stamp = stamp with { Root = $"{root[0]}.{Flip(root[1])}.{root[2]}" } },
            "index" => delivery with { Stamp = stamp with { Index = 1 } },
            _ => delivery with { Body = "{}" },
        });
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        b.Store.Notices.ShouldContain(n => n.Code == NoticeCodes.StampWrong);
        await b.Member.WhenAsync(s => s.IsQuiet, Ct);
        a.Dispose();
    }

    [Fact]
    public async Task A_delivery_for_another_county_or_from_another_hub_is_not_applied()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var body = Body(hub, a, Guid.NewGuid());
        var accepted = hub.Signing.Accept(body, 1);
        foreach (var wrong in new[] { accepted with { To = "110101" }, accepted with { Hub = "hub.other" }, accepted with { MessageId = Guid.NewGuid() }, accepted with { Kind = "return" } })
            await hub.DeliverAsync(B, new Delivery(hub.Signing.Stamp(wrong)[0], Encoding.UTF8.GetString(body)));
        await hub.DeliverAsync(B, hub.Keep(body, 1));
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Accepted.ShouldBe(accepted with { AcceptedAt = ((AcceptedStatement)Statement.Read(Decode(hub.Feed[0].Stamp.Leaf))!).AcceptedAt });
        b.Store.Notices.ShouldContain(n => n.Code == NoticeCodes.StampWrong);
        a.Dispose();
    }

    [Fact]
    public async Task A_missing_seq_is_fetched_and_applied_in_order()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var exchange = Guid.NewGuid();
        hub.Keep(Body(hub, a, exchange), 1);
        hub.Keep(Body(hub, a, exchange, Kinds.Withdrawal), 2);
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange, Kinds.Withdrawal), 3), "withdrawal.v1");
        foreach (var seq in new[] { 1, 2, 3 })
            (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Accepted.Seq.ShouldBe(seq);
        hub.Asked.ShouldContain(q => q.Contains($"exchange={exchange}&fromSeq=1"));
        b.Store.Notices.ShouldBeEmpty();
        a.Dispose();
    }

    [Fact]
    public async Task What_the_queue_lost_while_the_county_was_away_comes_by_the_feed()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        hub.Keep(Body(hub, a, Guid.NewGuid()), 1);
        await b.RestartAsync();
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        a.Dispose();
    }

    [Fact]
    public async Task One_seq_with_two_leaves_is_told_as_fraud_and_the_first_stands()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var exchange = Guid.NewGuid();
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange), 1));
        var first = (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange), 1));
        await b.ToldAsync(NoticeCodes.SeqFraud, Ct);
        (await b.Store.LeafHashAsync(exchange, 1, Ct)).ShouldBe(first.LeafHash);
        a.Dispose();
    }

    [Fact]
    public async Task A_request_that_cannot_be_opened_is_put_aside_sent_back_and_the_next_one_is_applied()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var exchange = Guid.NewGuid();
        using var stranger = EncryptionKey.Create();
        var unreadable = Body(hub, a, exchange, receiver: stranger.Public);
        await hub.DeliverAsync(B, hub.Keep(unreadable, 1));
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.PutAside>().Detail.ShouldBe(nameof(OpenFailure.KeyNotOurs));
        var returned = Submission.Read((await hub.TakeAsync(Ct)).Body, out var refusals);
        refusals.ShouldBeEmpty();
        returned!.Header.Kind.ShouldBe(Kinds.Return);
        returned.Header.ReasonCode.ShouldBe(ReturnReasons.Unreadable);
        returned.Header.Automatic.ShouldBeTrue();
        returned.Header.ExchangeId.ShouldBe(exchange);
        returned.Header.InReplyTo.ShouldBe(Submission.Read(unreadable, out var none)!.Header.MessageId);
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange, Kinds.Withdrawal), 2), "withdrawal.v1");
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Accepted.Seq.ShouldBe(2);
        b.Store.Notices.ShouldContain(n => n.Code == NoticeCodes.Unreadable);
        a.Dispose();
    }

    [Fact]
    public async Task A_reply_that_cannot_be_opened_is_put_aside_and_disputed()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        using var stranger = EncryptionKey.Create();
        var unreadable = Body(hub, a, Guid.NewGuid(), Kinds.FeedbackReply, stranger.Public);
        await hub.DeliverAsync(B, hub.Keep(unreadable, 1), "feedback-reply.v1");
        var reply = (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.PutAside>().Header!;
        var dispute = Submission.Read((await hub.TakeAsync(Ct)).Body, out var none)!.Header;
        (dispute.Kind, dispute.ReasonCode, dispute.Automatic, dispute.InReplyTo, dispute.ExchangeId)
            .ShouldBe((Kinds.Dispute, ReturnReasons.Unreadable, true, reply.MessageId, reply.ExchangeId));
        a.Dispose();
    }

    [Fact]
    public async Task A_withdrawal_that_cannot_be_opened_is_told_to_the_operator_alone()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        using var stranger = EncryptionKey.Create();
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, Guid.NewGuid(), Kinds.Withdrawal, stranger.Public), 1), "withdrawal.v1");
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.PutAside>().Answer.ShouldBeNull();
        await b.ToldAsync(NoticeCodes.Unreadable, Ct);
        (await b.Store.OutgoingCountAsync(Ct)).ShouldBe(0);
        a.Dispose();
    }

    [Fact]
    public async Task The_same_message_under_another_seq_has_one_effect()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var (exchange, id) = (Guid.NewGuid(), Guid.NewGuid());
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange, messageId: id), 1));
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange, messageId: id), 2));
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.PutAside>().Reason.ShouldBe(NoticeCodes.RepeatedId);
        (await b.Store.RecallAsync([exchange], [], Ct)).LastSeq[exchange].ShouldBe(2);
        a.Dispose();
    }

    [Fact]
    public async Task Events_are_applied_in_seq_order_and_an_unknown_one_is_stored()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var exchange = Guid.NewGuid();
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange), 1));
        var overdue = new EventStatement(SigningHub.Id, B, Guid.NewGuid(), Kinds.Overdue, 1, hub.Signing.Clocks.Now)
        {
            ExchangeId = exchange,
            Number = 2,
            Seq = 2,
            Duty = Duties.Feedback,
            DueAt = hub.Signing.Clocks.Now,
        };
        await hub.DeliverAsync(B, new Delivery(hub.Signing.Stamp(overdue)[0]), "overdue.v1");
        await hub.DeliverAsync(B, new Delivery(hub.Signing.Stamp(overdue with { EventId = Guid.NewGuid(), Kind = "later-kind", Seq = 3, Duty = null })[0]), "later-kind.v1");
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Event>().Statement.ShouldBe(overdue);
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Event>().Statement.Kind.ShouldBe("later-kind");
        a.Dispose();
    }

    [Fact]
    public async Task A_body_the_hub_no_longer_keeps_is_told_and_the_rest_goes_on()
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        var exchange = Guid.NewGuid();
        hub.Keep(Body(hub, a, exchange), 1);
        hub.Feed[0] = hub.Feed[0] with { Body = null, Gone = true };
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, exchange, Kinds.Withdrawal), 2), "withdrawal.v1");
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.PutAside>().Reason.ShouldBe(NoticeCodes.BodyGone);
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Accepted.Seq.ShouldBe(2);
        a.Dispose();
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"stamp":{"leaf":"","index":0,"path":[],"root":""}}""")]
    [InlineData("""{"receipts":[],"root":"x"}""")]
    [InlineData("""{"receipts":[{"leaf":"AAAA","index":-1,"path":["x"]}],"root":"a.b.c"}""")]
    [InlineData("""{"stamp":{"leaf":"e30","leaf":"e30","index":0,"path":[],"root":""}}""")]
    public async Task Rubbish_in_the_queue_stops_nothing(string rubbish)
    {
        var (hub, a, b) = await TwoAsync();
        await using var _ = hub;
        await hub.SendAsync(B, "overdue.v1", Encoding.UTF8.GetBytes(rubbish));
        await hub.DeliverAsync(B, hub.Keep(Body(hub, a, Guid.NewGuid()), 1));
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        await b.Member.WhenAsync(s => s.IsQuiet, Ct);
        a.Dispose();
    }

    static byte[] Decode(string b64u) => B64u.TryDecode(b64u, out var bytes) ? bytes : [];
}
