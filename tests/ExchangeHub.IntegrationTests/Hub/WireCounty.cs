using System.Text;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using RabbitMQ.Client;
using Shouldly;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>
/// A county at the bare wire: seals real bodies with its own keys, publishes them as it likes, and reads its queue, checking every root,
/// path and digest on the way. For tests that must send what no SDK would.
/// </summary>
public sealed class WireCounty : IAsyncDisposable
{
    static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(60);

    readonly World world;
    readonly CountyFolder folder;
    readonly KeyRing ring;
    readonly BrokerConnection broker;
    readonly Consumer consumer;
    readonly CancellationTokenSource stopping = new();
    readonly Lock sync = new();
    readonly List<(Statement Statement, Stamp Stamp)> receipts = [];
    readonly List<Delivered> delivered = [];
    TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IChannel? channel;
    Task? reading;

    WireCounty(World world, CountyFolder folder, KeyRing ring)
    {
        (this.world, this.folder, this.ring) = (world, folder, ring);
        broker = new BrokerConnection(world.Servers.Amqp(Code, world.Servers.SharedPasswordOf(Code), world.Installation.VirtualHost), $"{Code} test");
        consumer = new Consumer(broker, BrokerNames.QueueOf(Code), 500, Clocks.Real.System);
    }

    /// <summary>One item of the queue that is no receipt.</summary>
    /// <param name="Body">The submitted text; absent in an event.</param>
    public sealed record Delivered(Statement Statement, Stamp Stamp, string? Body, string? MessageId, string? CorrelationId, string? TraceParent, string? Type);

    public string Code => folder.Settings.Party;

    /// <summary>Opens an enrolled county of a world whose node host is not started.</summary>
    public static async Task<WireCounty> OpenAsync(World world, string county)
    {
        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
        var keys = CountyFolder.Open(Path.Combine(world.Installation.CountiesFolder, county));
        var hub = new HubApi(http, keys.Settings.Hub, county, () => null, world.Clocks);
        var known = KeyRing.Pinned(keys.Settings.Hub, keys.Settings.Registrar).Accept(await hub.GetRegistryAsync()).Ring;
        foreach (var party in known.Parties)
            known = known.AcceptEntry(party, (await hub.GetEntryAsync(party))!).Ring;
        var opened = new WireCounty(world, keys, known);
        opened.channel = await (await opened.broker.OpenAsync(CancellationToken.None)).CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        opened.consumer.Start();
        opened.reading = opened.ReadAsync();
        return opened;
    }

    /// <summary>The county's own calls to the hub's HTTP interface.</summary>
    public HubApi Hub(HttpClient http) => new(http, folder.Settings.Hub, Code, () => folder.SigningKeyAt(ring, world.Clocks.Now), world.Clocks);

    /// <summary>A bearer token that the county's node would sign now.</summary>
    public string Token() => HttpToken.Sign(folder.SigningKeyAt(ring, world.Clocks.Now)!, Code, folder.Settings.Hub, world.Clocks.Now);

    /// <summary>Header of a new question.</summary>
    public Header Ask(string to) => Head(Kinds.CertificateVerificationRequest, Guid.NewGuid(), to) with { ReasonCode = "RoutineCheck" };

    /// <summary>Header of a message within an exchange.</summary>
    public Header Next(string kind, Header on, Guid? inReplyTo = null) => Head(kind, on.ExchangeId, on.From == Code ? on.To : on.From) with { InReplyTo = inReplyTo };

    public Header Acknowledge(Header question) => Next(Kinds.Acknowledgement, question, question.MessageId);

    public Header Reply(Header question) => Next(Kinds.FeedbackReply, question, question.MessageId) with { Outcome = Outcomes.Match };

    public Header Withdraw(Header question) => Next(Kinds.Withdrawal, question);

    /// <summary>Seals an empty content under the header, to its receiver.</summary>
    public byte[] Seal(Header header) => Sealer.Seal(header, "{}"u8, folder.SigningKeyAt(ring, world.Clocks.Now)!,
        (ring.SealingKey(header.To, world.Clocks.Now) ?? ring.SealingKey(Code, world.Clocks.Now)!).Jwk);

    /// <summary>Signs and publishes a day's counts, for the hub itself.</summary>
    /// <param name="content">Default: counts of today.</param>
    public async Task<Header> ReportAsync(string? content = null)
    {
        var header = Head(Kinds.StatisticsReport, Guid.Empty, folder.Settings.Hub);
        var counts = content is null ? Contents.Write(new StatisticsReport(WireTime.DayOf(world.Clocks.Now), OneSidedRecords: 3)) : Encoding.UTF8.GetBytes(content);
        await PublishAsync(header, Sealer.Sign(header, counts, folder.SigningKeyAt(ring, world.Clocks.Now)!), p => p.CorrelationId = null);
        return header;
    }

    /// <summary>Seals and publishes as the wire says.</summary>
    /// <returns>The body that travelled.</returns>
    public async Task<byte[]> SendAsync(Header header)
    {
        var body = Seal(header);
        await PublishAsync(header, body);
        return body;
    }

    /// <summary>Publishes a body; the broker has it when this returns.</summary>
    /// <param name="alter">Changes the properties that the wire asks for.</param>
    public async Task PublishAsync(Header header, byte[] body, Action<BasicProperties>? alter = null, string? routingKey = null)
    {
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = header.MessageId.ToString(),
            CorrelationId = header.ExchangeId.ToString(),
            Type = Kinds.TypeOf(header.Kind, header.Version),
            UserId = Code,
            Headers = new Dictionary<string, object?> { ["traceparent"] = Tracing.ParentOf(header.ExchangeId, header.MessageId) },
        };
        alter?.Invoke(properties);
        await channel!.BasicPublishAsync(BrokerNames.Submit, routingKey ?? BrokerNames.RoutingKey(header.Kind, header.Version, Code), mandatory: true, properties, body);
    }

    /// <summary>The receipt of a message; the <paramref name="nth"/> where it gets several.</summary>
    public async Task<Statement> ReceiptAsync(Guid messageId, int nth = 1) =>
        (await WaitAsync(() => receipts.Where(r => IdOf(r.Statement) == messageId).Skip(nth - 1).Select(r => r.Statement).FirstOrDefault(), $"receipt {nth} of {messageId}"));

    public async Task<AcceptedStatement> AcceptedAsync(Header header) => (await ReceiptAsync(header.MessageId)).ShouldBeOfType<AcceptedStatement>();

    public async Task<RefusedStatement> RefusedAsync(Guid messageId, int nth = 1) => (await ReceiptAsync(messageId, nth)).ShouldBeOfType<RefusedStatement>();

    /// <summary>The delivery of a message to this county.</summary>
    public Task<Delivered> DeliveryAsync(Guid messageId) =>
        WaitAsync(() => delivered.Find(d => d.MessageId == messageId.ToString()), $"delivery of {messageId}");

    /// <summary>The event of a kind in an exchange.</summary>
    public async Task<EventStatement> EventAsync(Guid exchangeId, string kind, int nth = 1) => await WaitAsync(() => delivered.Select(d => d.Statement)
        .OfType<EventStatement>().Where(e => e.ExchangeId == exchangeId && e.Kind == kind).Skip(nth - 1).FirstOrDefault(), $"event {kind} {nth} of {exchangeId}");

    /// <summary>The first event that is as asked; of no exchange, too.</summary>
    public async Task<EventStatement> ToldAsync(Func<EventStatement, bool> which) =>
        await WaitAsync(() => delivered.Select(d => d.Statement).OfType<EventStatement>().FirstOrDefault(which), "event");

    /// <summary>All receipts that came for a message until now.</summary>
    public int ReceiptsOf(Guid messageId)
    {
        lock (sync)
            return receipts.Count(r => IdOf(r.Statement) == messageId);
    }

    /// <summary>How often a message was delivered until now.</summary>
    public int DeliveriesOf(Guid messageId)
    {
        lock (sync)
            return delivered.Count(d => d.MessageId == messageId.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (reading is not null)
            await reading;
        await consumer.DisposeAsync();
        if (channel is not null)
            await channel.DisposeAsync();
        await broker.DisposeAsync();
        folder.Dispose();
        stopping.Dispose();
    }

    Header Head(string kind, Guid exchange, string to) => new(1, folder.Settings.Hub, Guid.NewGuid(), exchange, kind, 1, Code, to, world.Clocks.Now);

    async Task ReadAsync()
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var messages = await consumer.ReadAsync(500, stopping.Token);
                lock (sync)
                {
                    foreach (var message in messages)
                        Take(message);
                    news.TrySetResult();
                    news = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
                await consumer.AckAsync(messages, stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            lock (sync)
                news.TrySetException(e);
        }
    }

    void Take(ReceivedMessage message)
    {
        message.Body.Length.ShouldBeLessThanOrEqualTo(message.Type == "receipts.v1" ? Limits.BodyBytesMax : Limits.DeliveryBytesMax);
        if (message.Type == "receipts.v1")
        {
            var bundle = JsonSerializer.Deserialize(message.Body.Span, ContractsJson.Default.ReceiptsMessage)!;
            foreach (var receipt in bundle.Receipts)
            {
                var stamp = new Stamp(receipt.Leaf, receipt.Index, receipt.Path, bundle.Root);
                receipts.Add((Verify(stamp), stamp));
            }
            return;
        }
        var delivery = JsonSerializer.Deserialize(message.Body.Span, ContractsJson.Default.Delivery)!;
        var statement = Verify(delivery.Stamp);
        if (statement is AcceptedStatement accepted)
            B64u.Hash(Encoding.ASCII.GetBytes(delivery.Body!)).ShouldBe(accepted.Digest);
        delivered.Add(new(statement, delivery.Stamp, delivery.Body, message.MessageId, message.CorrelationId, message.TraceParent, message.Type));
    }

    Statement Verify(Stamp stamp)
    {
        CompactJws.TryVerify(stamp.Root, JoseTypes.Root, kid => ring.KeysOf(folder.Settings.Hub).FirstOrDefault(k => k.Kid == kid)?.Jwk, out var verified)
            .ShouldBeTrue("the root's signature");
        var root = JsonSerializer.Deserialize(verified!.Payload, ContractsJson.Default.BatchRoot)!;
        var leaf = Decode(stamp.Leaf);
        MerkleTree.Verify(MerkleTree.HashLeaf(leaf), stamp.Index, root.Size, [.. stamp.Path.Select(Decode)], Decode(root.Root)).ShouldBeTrue("the leaf's path");
        return Statement.Read(leaf).ShouldNotBeNull();
    }

    async Task<T> WaitAsync<T>(Func<T?> look, string what) where T : class
    {
        using var limit = new CancellationTokenSource(AnswerMax);
        while (true)
        {
            Task next;
            lock (sync)
            {
                if (look() is { } found)
                    return found;
                next = news.Task;
            }
            try
            {
                await next.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"{Code} waited in vain for the {what}.", e);
            }
        }
    }

    static byte[] Decode(string text) => B64u.TryDecode(text, out var bytes) ? bytes : throw new FormatException("no b64u");

    static Guid? IdOf(Statement statement) => statement switch
    {
        AcceptedStatement a => a.MessageId,
        AcceptedReportStatement r => r.MessageId,
        RefusedStatement r => r.MessageId,
        HeldStatement h => h.MessageId,
        _ => null,
    };
}
