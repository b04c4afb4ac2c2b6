using System.Text;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using RabbitMQ.Client;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Whatever a county publishes gets a refusal that names code and field, and keeps no other message.</summary>
public sealed class BadInputTests(TestServers servers)
{
    sealed record Case(string Name, string Code, string Field, Func<HubWorld, (Header Header, byte[] Body, Action<BasicProperties>? Alter, string? RoutingKey)> Make);

    static readonly Case[] Cases =
    [
        new("over the limit", RefusalCodes.TooLarge, "", h => Raw(h, new byte[Limits.BodyBytesMax + 1])),
        new("nothing", RefusalCodes.BodyMalformed, "", h => Raw(h, [])),
        new("no JSON", RefusalCodes.BodyMalformed, "", h => Raw(h, "not json"u8.ToArray())),
        new("not ASCII", RefusalCodes.BodyMalformed, "", h => Text(h, t => t.Replace("\"sealed\":\"", "\"sealed\":\"省", StringComparison.Ordinal))),
        new("too deep", RefusalCodes.BodyMalformed, "", h => Text(h, t => t.Replace("\"wire\":1", "\"wire\":[[[[1]]]]", StringComparison.Ordinal))),
        new("a member twice", RefusalCodes.BodyMalformed, "", h => Text(h, t => t.Replace("\"wire\":1", "\"wire\":1,\"wire\":1", StringComparison.Ordinal))),
        new("a null", RefusalCodes.BodyMalformed, "", h => Text(h, t => t.Replace("\"wire\":1", "\"wire\":1,\"urgency\":null", StringComparison.Ordinal))),
        new("a header that is too large", RefusalCodes.TooLarge, "/header", h => Text(h, t => t.Replace("\"wire\":1", $"\"wire\":1,\"urgency\":\"{new string('x', 5000)}\"", StringComparison.Ordinal))),
        new("no sealed", RefusalCodes.MemberMissing, "/sealed", h => Text(h, t => t[..t.IndexOf(",\"sealed\"", StringComparison.Ordinal)] + "}")),
        new("an ill-formed time", RefusalCodes.MemberInvalid, "/header/sentAt", h => Text(h, t => t.Replace("Z\"", "\"", StringComparison.Ordinal))),
        new("an unknown member", RefusalCodes.MemberUnknown, "/header", h => Text(h, t => t.Replace("\"wire\":1", "\"wire\":1,\"name\":\"x\"", StringComparison.Ordinal))),
        new("an unknown member beside the header", RefusalCodes.MemberUnknown, "", h => Text(h, t => t[..^1] + ",\"note\":\"x\"}")),
        new("another wire", RefusalCodes.WireNotSupported, "/header/wire", h => Text(h, t => t.Replace("\"wire\":1", "\"wire\":2", StringComparison.Ordinal))),
        new("another hub", RefusalCodes.WrongHub, "/header/hub", h => Sealed(h, q => q with { Hub = "hub.elsewhere" })),
        new("an unknown kind", RefusalCodes.KindUnknown, "/header/kind", h => Text(h, t => t.Replace(Kinds.CertificateVerificationRequest, "gossip", StringComparison.Ordinal))),
        new("an unknown version", RefusalCodes.KindUnknown, "/header/version", h => Text(h, t => t.Replace("\"version\":1", "\"version\":9", StringComparison.Ordinal))),
        new("an outcome without its reason", RefusalCodes.MemberMissing, "/header/reasonCode", h => Sealed(h, q => q with { Kind = Kinds.FeedbackReply, InReplyTo = Guid.NewGuid(), Outcome = "PersonNotFound", ReasonCode = null })),
        new("somebody else as from", RefusalCodes.FromNotSender, "/header/from", h => Sealed(h, q => q with { From = "420581" })),
        new("a CC", RefusalCodes.PropertyNotAllowed, "/properties/CC", h => Sealed(h, alter: p => p.Headers!["CC"] = new List<object> { "withdrawal.v1.420581" })),
        new("a content encoding", RefusalCodes.PropertyNotAllowed, "/properties/content-encoding", h => Sealed(h, alter: p => p.ContentEncoding = "gzip")),
        new("a tracestate", RefusalCodes.PropertyNotAllowed, "/properties/tracestate", h => Sealed(h, alter: p => p.Headers!["tracestate"] = "a=b")),
        new("baggage", RefusalCodes.PropertyNotAllowed, "/properties/baggage", h => Sealed(h, alter: p => p.Headers!["baggage"] = "name=x")),
        new("another correlation", RefusalCodes.HeaderMismatch, "/properties/correlation-id", h => Sealed(h, alter: p => p.CorrelationId = Guid.NewGuid().ToString())),
        new("another type", RefusalCodes.HeaderMismatch, "/properties/type", h => Sealed(h, alter: p => p.Type = "withdrawal.v1")),
        new("no content type", RefusalCodes.HeaderMismatch, "/properties/content-type", h => Sealed(h, alter: p => p.ContentType = "text/plain")),
        new("another routing key", RefusalCodes.HeaderMismatch, "/properties/routing-key", h => { var m = Sealed(h); m.RoutingKey = "withdrawal.v1.330106"; return m; }),
        new("another message id in the body", RefusalCodes.HeaderMismatch, "/properties/message-id", h => { var m = Sealed(h); m.Header = m.Header with { MessageId = Guid.NewGuid() }; return m; }),
        new("to itself", RefusalCodes.ReceiverUnknown, "/header/to", h => Sealed(h, q => q with { To = "330106" })),
        new("to nobody", RefusalCodes.ReceiverUnknown, "/header/to", h => Sealed(h, q => q with { To = "999999" })),
        new("no JWE", RefusalCodes.SealedMalformed, "/sealed", h => { var m = Sealed(h); m.Body = Submission.Write(m.Header.Write(), "a.b.c"); return m; }),
        new("a text instead of a JWE", RefusalCodes.SealedMalformed, "/sealed", h => Text(h, t => t[..t.IndexOf("\"sealed\"", StringComparison.Ordinal)] + "\"sealed\":\"a\\u0000b\"}")),
        new("sealed to a key that nobody has", RefusalCodes.ReceiverKeyNotValid, "/sealed", h => { var m = Sealed(h); m.Body = Submission.Write(m.Header.Write(), WithUnknownKid(SealedText(m.Body))); return m; }),
        new("sealed to another's key", RefusalCodes.ReceiverKeyNotValid, "/sealed", h => { var q = h.Asker.Ask("510104"); return (q, Submission.Write(q.Write(), SealedText(h.Asker.Seal(q with { To = "420581" }))), null, null); }),
        new("from the future", RefusalCodes.SentAtOutOfRange, "/header/sentAt", h => Sealed(h, q => q with { SentAt = q.SentAt.AddMinutes(11) })),
        new("from long ago", RefusalCodes.SentAtOutOfRange, "/header/sentAt", h => Sealed(h, q => q with { SentAt = q.SentAt.AddDays(-401) })),
        new("a reply to nothing", RefusalCodes.ExchangeUnknown, "/header/exchangeId", h => Sealed(h, q => q with { Kind = Kinds.FeedbackReply, InReplyTo = Guid.NewGuid(), Outcome = "Match", ReasonCode = null })),
        new("following an exchange that is none", RefusalCodes.ExchangeUnknown, "/header/follows", h => Sealed(h, q => q with { Follows = Guid.NewGuid() })),
    ];

    [Fact]
    public async Task Every_bad_message_gets_its_code_and_field_and_a_good_one_among_them_is_accepted()
    {
        using var counted = new Counted("exchangehub.messages.refused");
        await using var hub = await HubWorld.CreateAsync(servers);
        await hub.World.StopHubAsync(HubWorld.Stop); // so that many of them share a batch
        var sent = new List<(Case Case, Guid MessageId, string Digest)>();
        foreach (var one in Cases)
        {
            var (header, body, alter, routingKey) = one.Make(hub);
            await hub.Asker.PublishAsync(header, body, alter, routingKey);
            sent.Add((one, header.MessageId, B64u.Hash(body)));
        }
        var good = hub.Asker.Ask("510104");
        await hub.Asker.SendAsync(good);
        var other = await hub.Asker.SendAsync(good); // sealed anew: other bytes under a used id
        await hub.World.StartHubAsync(HubWorld.Stop);

        await hub.Asker.AcceptedAsync(good);
        var reused = await hub.Asker.RefusedAsync(good.MessageId, nth: 2);
        (reused.Reasons.Single(), reused.Fields.Single(), reused.Digest).ShouldBe((RefusalCodes.MessageIdReused, "/properties/message-id", B64u.Hash(other)));
        var told = new List<string>(reused.Reasons);
        foreach (var (one, messageId, digest) in sent)
        {
            var refused = await hub.Asker.RefusedAsync(messageId);
            refused.Reasons.ShouldContain(one.Code, one.Name);
            refused.Fields.ShouldContain(one.Field, one.Name);
            refused.From.ShouldBe("330106", one.Name);
            refused.Digest.ShouldBe(digest, one.Name);
            told.AddRange(refused.Reasons);
        }
        counted.By(hub).ShouldBe(told.CountBy(c => c).ToDictionary(c => c.Key, c => (long)c.Value), ignoreOrder: true);
        (await hub.ScalarAsync<long>("select count(*) from hub.submissions where verdict = 'refused'")).ShouldBe(Cases.Length);
        (await hub.ScalarAsync<long>("select count(*) from hub.quarantine")).ShouldBe(0);
    }

    [Fact]
    public async Task All_that_one_step_finds_is_told()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = hub.Asker.Ask("510104");
        await hub.Asker.PublishAsync(question, hub.Asker.Seal(question), p => { p.Type = "x.v1"; p.CorrelationId = null; p.ContentEncoding = "gzip"; });
        var refused = await hub.Asker.RefusedAsync(question.MessageId);
        refused.Reasons.ShouldBe([RefusalCodes.PropertyNotAllowed, RefusalCodes.HeaderMismatch]);
        refused.Fields.ShouldBe(["/properties/content-encoding", "/properties/correlation-id", "/properties/type"]);
    }

    [Fact]
    public async Task A_message_without_sender_or_readable_id_is_quarantined_and_counted_and_nobody_is_answered()
    {
        using var counted = new Counted("exchangehub.messages.quarantined");
        await using var hub = await HubWorld.CreateAsync(servers);
        var nobody = hub.Asker.Ask("510104");
        await hub.Asker.PublishAsync(nobody, hub.Asker.Seal(nobody), p => p.UserId = null);
        var nameless = hub.Asker.Ask("510104");
        await hub.Asker.PublishAsync(nameless, hub.Asker.Seal(nameless), p => p.MessageId = "NOT-A-UUID");
        var unstorable = hub.Asker.Ask("510104"); // no database keeps this character
        await hub.Asker.PublishAsync(unstorable, hub.Asker.Seal(unstorable), p => p.MessageId = "a\0b");
        var good = await hub.AskAsync();

        await hub.Asker.AcceptedAsync(good);
        (await hub.ScalarAsync<string[]>("select array_agg(reason order by reason) from hub.quarantine")).ShouldBe(["NoMessageId", "NoMessageId", "NoUserId"]);
        (await hub.ScalarAsync<long>("select count(*) from hub.quarantine where body is not null or properties is not null or bytes = 0")).ShouldBe(0); // nobody can replay them
        counted.By(hub).ShouldBe(new Dictionary<string, long> { ["NoMessageId"] = 2, ["NoUserId"] = 1 }, ignoreOrder: true);
        hub.Asker.ReceiptsOf(nobody.MessageId).ShouldBe(0);
        hub.Asker.ReceiptsOf(nameless.MessageId).ShouldBe(0);
    }

    static (Header, byte[], Action<BasicProperties>?, string?) Raw(HubWorld hub, byte[] body) => (hub.Asker.Ask("510104"), body, null, null);

    static (Header, byte[], Action<BasicProperties>?, string?) Text(HubWorld hub, Func<string, string> change)
    {
        var header = hub.Asker.Ask("510104");
        return (header, Encoding.UTF8.GetBytes(change(Encoding.ASCII.GetString(hub.Asker.Seal(header)))), null, null);
    }

    static (Header Header, byte[] Body, Action<BasicProperties>? Alter, string? RoutingKey) Sealed(HubWorld hub, Func<Header, Header>? change = null, Action<BasicProperties>? alter = null)
    {
        var header = hub.Asker.Ask("510104");
        header = change?.Invoke(header) ?? header;
        return (header, hub.Asker.Seal(header), alter, null);
    }

    static string WithUnknownKid(string token)
    {
        var parts = token.Split('.', 2);
        var header = Encoding.UTF8.GetString(B64u.TryDecode(parts[0], out var bytes) ? bytes : []);
        var kid = System.Text.Json.JsonDocument.Parse(header).RootElement.GetProperty("kid").GetString()!;
        return B64u.Encode(Encoding.UTF8.GetBytes(header.Replace(kid, B64u.Hash("nobody"u8), StringComparison.Ordinal))) + "." + parts[1];
    }

    static string SealedText(byte[] body) => System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("sealed").GetString()!;
}
