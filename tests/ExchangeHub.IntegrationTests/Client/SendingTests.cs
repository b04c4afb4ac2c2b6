using System.Threading.Channels;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Client;

public sealed class SendingTests(TestServers servers)
{
    const string A = "330109";
    const string B = "340221";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_travels_as_it_was_stored_with_every_property_of_the_wire()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        var sent = await a.AskAsync(B, Ct);
        var taken = await hub.TakeAsync(Ct);
        taken.Body.ToArray().ShouldBe(sent.Body);
        taken.RoutingKey.ShouldBe($"certificate-verification-request.v1.{A}");
        taken.MessageId.ShouldBe(sent.Header.MessageId.ToString("D"));
        taken.CorrelationId.ShouldBe(sent.Header.ExchangeId.ToString("D"));
        taken.Type.ShouldBe("certificate-verification-request.v1");
        taken.UserId.ShouldBe(A);
        taken.ContentType.ShouldBe("application/json");
        taken.DeliveryMode.ShouldBe(2);
        taken.TraceParent.ShouldBe(sent.TraceParent);
        taken.TraceParent.ShouldStartWith($"00-{sent.Header.ExchangeId:N}-");
        taken.HeaderNames.Intersect(["CC", "BCC", "tracestate", "baggage"]).ShouldBeEmpty();
        await hub.ReceiptAsync(A, hub.Signing.Accept(sent.Body, 1));
        (await a.Store.StatementOf(sent.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>();
        await a.Member.WhenAsync(s => s.IsQuiet, Ct);
    }

    [Fact]
    public async Task The_next_message_of_an_exchange_waits_for_the_receipt_of_the_one_before()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        var asked = await a.AskAsync(B, Ct);
        var withdrawn = await a.Member.SendAsync(a.Member.NewHeader(Kinds.Withdrawal, B, asked.Header.ExchangeId), "{}"u8.ToArray(), Ct);
        var other = await a.AskAsync(B, Ct);
        var first = new[] { await hub.TakeAsync(Ct), await hub.TakeAsync(Ct) }.Select(m => m.MessageId).ToHashSet();
        first.ShouldBe([asked.Header.MessageId.ToString("D"), other.Header.MessageId.ToString("D")], ignoreOrder: true);
        await hub.ReceiptAsync(A, hub.Signing.Accept(asked.Body, 1));
        (await hub.TakeAsync(Ct)).MessageId.ShouldBe(withdrawn.Header.MessageId.ToString("D"));
    }

    [Fact]
    public async Task A_held_message_frees_its_exchange_and_the_operator_is_told()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        var asked = await a.AskAsync(B, Ct);
        var withdrawn = await a.Member.SendAsync(a.Member.NewHeader(Kinds.Withdrawal, B, asked.Header.ExchangeId), "{}"u8.ToArray(), Ct);
        await hub.TakeAsync(Ct);
        await hub.ReceiptAsync(A, new HeldStatement(SigningHub.Id, A, asked.Header.MessageId, asked.Digest, hub.Signing.Clocks.Now));
        (await hub.TakeAsync(Ct)).MessageId.ShouldBe(withdrawn.Header.MessageId.ToString("D"));
        await a.ToldAsync(NoticeCodes.Held, Ct);
        await hub.ReceiptAsync(A, hub.Signing.Accept(asked.Body, 1));
        (await a.Store.StatementOf(asked.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>();
    }

    [Fact]
    public async Task Without_a_receipt_the_same_bytes_go_again_after_60_seconds_and_then_at_doubling_intervals()
    {
        var frozen = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var hub = await ScriptedHub.StartAsync(servers);
        ImpatientStore? store = null;
        var a = await hub.JoinAsync(A, new Clocks(TimeProvider.System, frozen), inner => store = new ImpatientStore(inner));
        hub.Signing.Enrol(B).Dispose();
        var sent = await a.AskAsync(B, Ct);
        foreach (var seconds in new[] { 60, 120, 240, 480, 900, 900 })
        {
            (await hub.TakeAsync(Ct)).Body.ToArray().ShouldBe(sent.Body);
            (await store!.NextTryAsync(Ct) - frozen.GetUtcNow()).ShouldBe(TimeSpan.FromSeconds(seconds));
        }
        await hub.ReceiptAsync(A, hub.Signing.Accept(sent.Body, 1));
        (await a.Store.StatementOf(sent.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>();
    }

    [Fact]
    public async Task A_receipt_over_other_bytes_or_for_another_county_is_no_receipt()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        var sent = await a.AskAsync(B, Ct);
        await hub.TakeAsync(Ct);
        var accepted = hub.Signing.Accept(sent.Body, 1);
        await hub.ReceiptAsync(A, accepted with { Digest = B64u.Hash([1]) });
        await a.ToldAsync(NoticeCodes.StampWrong, Ct);
        await hub.ReceiptAsync(A, accepted with { From = "110101" });
        await hub.ReceiptAsync(A, accepted with { Hub = "hub.other" });
        await a.Member.WhenAsync(s => s.InHand == 0 && a.Store.Notices.Any(n => n.Detail == "receipt"), Ct);
        (await a.Store.OutgoingCountAsync(Ct)).ShouldBe(1);
        await hub.ReceiptAsync(A, accepted);
        await a.Member.WhenAsync(s => s.Outgoing == 0, Ct);
    }

    [Fact]
    public async Task What_was_stored_before_a_crash_is_sent_after_it()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        var sealedOnly = await a.Member.SealAsync(a.Member.NewHeader(Kinds.CertificateVerificationRequest, B), "{}"u8.ToArray(), Ct);
        var sent = await a.AskAsync(B, Ct);
        await hub.TakeAsync(Ct);
        await a.RestartAsync();
        (await hub.TakeAsync(Ct)).Body.ToArray().ShouldBe(sent.Body, "without a receipt it goes again");
        hub.HasMore.ShouldBeFalse();
        (await a.Store.OutgoingCountAsync(Ct)).ShouldBe(1, $"{sealedOnly.Header.MessageId} was never stored");
    }

    [Fact]
    public async Task A_county_sends_and_receives_again_after_its_connections_were_cut()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        await hub.CutConnectionsAsync(Ct);
        var sent = await a.AskAsync(B, Ct);
        (await hub.TakeAsync(Ct)).Body.ToArray().ShouldBe(sent.Body);
        await a.Member.WhenReadyAsync(Ct);
        while (!(await a.Member.StateAsync(Ct)).IsQuiet)
        {
            await hub.ReceiptAsync(A, hub.Signing.Accept(sent.Body, 1));
            await a.Store.StatementOf(sent.Header.MessageId, Ct);
            await a.Member.WhenAsync(s => s.InHand == 0, Ct);
        }
    }

    [Fact]
    public async Task A_message_that_breaks_a_rule_is_told_before_anything_is_stored()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        await RefusedAsync(h => h with { To = A }, "{}", RefusalCodes.ReceiverUnknown);
        await RefusedAsync(h => h with { To = "110101" }, "{}", RefusalCodes.ReceiverUnknown);
        await RefusedAsync(h => h with { Kind = Kinds.FeedbackReply }, "{}", RefusalCodes.MemberMissing);
        await RefusedAsync(h => h with { ReasonCode = "Because" }, "{}", RefusalCodes.MemberInvalid);
        await RefusedAsync(h => h with { Hub = "hub.other" }, "{}", RefusalCodes.WrongHub);
        await RefusedAsync(h => h, "[]", RefusalCodes.BodyMalformed);
        await RefusedAsync(h => h, $$"""{"note":"{{new string('a', Limits.BodyBytesMax)}}"}""", RefusalCodes.TooLarge);
        await RefusedAsync(h => h, $$"""{"a":{{string.Concat(Enumerable.Repeat("[", 16))}}{{string.Concat(Enumerable.Repeat("]", 16))}}}""", RefusalCodes.BodyMalformed);
        (await a.Store.OutgoingCountAsync(Ct)).ShouldBe(0);

        async Task RefusedAsync(Func<Header, Header> edit, string content, string code) =>
            (await Should.ThrowAsync<SealException>(() => a.Member.SendAsync(edit(a.Member.NewHeader(Kinds.CertificateVerificationRequest, B)),
                System.Text.Encoding.UTF8.GetBytes(content), Ct))).Refusals.ShouldContain(r => r.Code == code);
    }

    /// <summary>Lets the test see until when a message should wait, and then lets it go at once.</summary>
    sealed class ImpatientStore(IMemberStore inner) : IMemberStore
    {
        readonly Channel<DateTimeOffset> noted = Channel.CreateUnbounded<DateTimeOffset>();
        readonly Channel<bool> seen = Channel.CreateUnbounded<bool>();

        public async Task<DateTimeOffset> NextTryAsync(CancellationToken ct)
        {
            var next = await noted.Reader.ReadAsync(ct);
            seen.Writer.TryWrite(true);
            return next;
        }

        public async Task PublishedAsync(IReadOnlyCollection<PublishedMessage> all, CancellationToken ct)
        {
            noted.Writer.TryWrite(all.Single().NextTryAt);
            await seen.Reader.ReadAsync(ct);
            await inner.PublishedAsync([.. all.Select(p => p with { NextTryAt = DateTimeOffset.MinValue })], ct);
        }

        public Task AddOutgoingAsync(OutgoingMessage message, CancellationToken ct) => inner.AddOutgoingAsync(message, ct);
        public Task<IReadOnlyList<OutgoingMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct) => inner.DueAsync(now, limit, ct);
        public Task<IReadOnlyDictionary<Guid, OwnMessage>> OwnAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken ct) => inner.OwnAsync(messageIds, ct);
        public Task<int> OutgoingCountAsync(CancellationToken ct) => inner.OutgoingCountAsync(ct);
        public Task<Remembered> RecallAsync(IReadOnlyCollection<Guid> exchangeIds, IReadOnlyCollection<(string From, Guid MessageId)> messages, CancellationToken ct) =>
            inner.RecallAsync(exchangeIds, messages, ct);
        public Task<string?> LeafHashAsync(Guid exchangeId, int seq, CancellationToken ct) => inner.LeafHashAsync(exchangeId, seq, ct);
        public Task ApplyAsync(IReadOnlyList<Incoming> items, CancellationToken ct) => inner.ApplyAsync(items, ct);
        public Task<string?> CursorAsync(string feed, CancellationToken ct) => inner.CursorAsync(feed, ct);
        public Task SetCursorAsync(string feed, string cursor, CancellationToken ct) => inner.SetCursorAsync(feed, cursor, ct);
        public Task NoticeAsync(OperatorNotice notice, CancellationToken ct) => inner.NoticeAsync(notice, ct);
    }
}
