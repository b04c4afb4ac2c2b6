using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>A county whose store was restored from a copy learns from the hub what it had sent since.</summary>
public sealed class RestoredStoreTests(TestServers servers)
{
    const string A = "330109", B = "340221";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static (Header Header, byte[] Body) Sealed(ScriptedHub hub, TestMember from, Func<Header, Header>? edit = null)
    {
        var now = hub.Signing.Clocks.Now;
        var header = new Header(1, SigningHub.Id, Guid.NewGuid(), Guid.NewGuid(), Kinds.CertificateVerificationRequest, 1, A, B, now) { CaseNumber = $"{A}-20260202-0007" };
        header = edit?.Invoke(header) ?? header;
        return (header, Sealer.Seal(header, "{}"u8, from.Folder.SigningKeyAt(hub.Signing.Ring, now)!, hub.Signing.Ring.SealingKey(header.To, now)!.Jwk));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_own_message_that_only_the_hub_knows_is_given_to_the_program_once(bool kept)
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        using var b = hub.Signing.Enrol(B);
        var a = await hub.JoinAsync(A);
        var (header, body) = Sealed(hub, a);
        hub.Receipts.Add(hub.Signing.Stamp(hub.Signing.Accept(body, 1))[0]);
        if (kept)
            hub.Submissions[header.MessageId] = body;
        await a.RestartAsync();
        var recovered = (await a.NextAsync(Ct)).ShouldBeOfType<Incoming.Recovered>();
        (recovered.Header.ExchangeId, recovered.Header.Kind, recovered.Header.CaseNumber, recovered.Accepted.Digest)
            .ShouldBe((header.ExchangeId, header.Kind, kept ? header.CaseNumber : null, B64u.Hash(body)));
        await a.RestartAsync();
        await a.Member.WhenAsync(s => s.IsQuiet, Ct);
        a.Store.NextAsync(Ct).IsCompleted.ShouldBeFalse("it was given out and handled");
        a.Store.Notices.ShouldHaveSingleItem().Code.ShouldBe(NoticeCodes.RestoredCopy);
    }

    [Fact]
    public async Task Other_bytes_than_the_statement_s_are_nobody_s_message()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        using var b = hub.Signing.Enrol(B);
        var a = await hub.JoinAsync(A);
        var (header, body) = Sealed(hub, a);
        hub.Receipts.Add(hub.Signing.Stamp(hub.Signing.Accept(body, 1))[0]);
        hub.Submissions[header.MessageId] = Sealed(hub, a, h => h with { MessageId = header.MessageId, CaseNumber = "330109-20260202-9999" }).Body;
        await a.RestartAsync();
        var recovered = (await a.NextAsync(Ct)).ShouldBeOfType<Incoming.Recovered>();
        (recovered.Header.CaseNumber, recovered.Body).ShouldBe((null, null));
    }

    [Fact]
    public async Task A_reply_to_a_lost_question_waits_until_the_hub_has_told_of_the_question()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        var b = await hub.JoinAsync(B);
        var (question, body) = Sealed(hub, a);
        var (_, reply) = Sealed(hub, b, h => h with
        {
            Kind = Kinds.FeedbackReply,
            From = B,
            To = A,
            ExchangeId = question.ExchangeId,
            InReplyTo = question.MessageId,
            Outcome = Outcomes.Match,
            CaseNumber = null,
        });
        hub.HttpIsAway = true;
        await hub.DeliverAsync(A, hub.Keep(reply, 1, hub.Signing.Accept(reply, 1) with { Number = 2 }), "feedback-reply.v1");
        await a.Member.WhenAsync(s => s.Troubles == 1, Ct);
        a.Store.NextAsync(Ct).IsCompleted.ShouldBeFalse();
        hub.Receipts.Add(hub.Signing.Stamp(hub.Signing.Accept(body, 1))[0]);
        hub.Submissions[question.MessageId] = body;
        hub.HttpIsAway = false;
        (await a.NextAsync(Ct)).ShouldBeOfType<Incoming.Recovered>().Header.MessageId.ShouldBe(question.MessageId);
        (await a.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Header.Kind.ShouldBe(Kinds.FeedbackReply);
        await a.Member.WhenAsync(s => s.IsQuiet, Ct);
    }

    [Fact]
    public async Task A_refusal_that_nobody_here_knows_of_is_told_to_the_operator()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        using var b = hub.Signing.Enrol(B);
        var a = await hub.JoinAsync(A);
        var (header, body) = Sealed(hub, a);
        hub.Receipts.Add(hub.Signing.Stamp(RefusedStatement.Of(SigningHub.Id, A, header.MessageId, B64u.Hash(body), hub.Signing.Clocks.Now, [new(RefusalCodes.ReceiverNotActive, "/header/to")]))[0]);
        await a.RestartAsync();
        await a.ToldAsync(NoticeCodes.RefusedBeforeCopy, Ct);
        a.Store.Notices.ShouldHaveSingleItem().ShouldBe(new OperatorNotice(NoticeCodes.RefusedBeforeCopy, "ReceiverNotActive", MessageId: header.MessageId));
    }
}
