using System.Text.Json;
using ExchangeHub.Client.Broker;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeHub.Client.Members;

/// <summary>
/// The engine of one county: seals, publishes until receipted, verifies and applies what comes, heals gaps, watches the registry.
/// It has one broker connection and runs until disposed, whatever happens to broker, hub or store.
/// </summary>
public sealed class Member : IAsyncDisposable
{
    /// <summary>Bounds memory and what a crash delivers again.</summary>
    const ushort Prefetch = 200;

    readonly CountyFolder folder;
    readonly IMemberStore store;
    readonly Clocks clocks;
    readonly ILogger log;
    readonly BrokerConnection connection;
    readonly Publisher publisher;
    readonly Consumer consumer;
    readonly MemberRegistry registry;
    readonly MemberDirectory directory;
    readonly Following following;
    readonly Troubles troubles;
    readonly Sending sending;
    readonly Receiving receiving;
    readonly Pulse pulse = new();
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource stopping = new();
    Task running = Task.CompletedTask;
    long applied;

    /// <param name="folder">The county's keys and settings; stays the caller's.</param>
    /// <param name="store">The county's durable memory; stays the caller's.</param>
    /// <param name="http">Its base address is the hub's; stays the caller's.</param>
    /// <param name="copies">Shared by the counties of one process; absent: a copy of its own.</param>
    public Member(CountyFolder folder, IMemberStore store, Clocks clocks, HttpClient http, ILoggerFactory? loggers = null, DirectoryCopies? copies = null)
    {
        loggers ??= NullLoggerFactory.Instance;
        (this.folder, this.store, this.clocks, log) = (folder, store, clocks, loggers.CreateLogger<Member>());
        Api = new HubApi(http, Hub, Party, () => folder.SigningKeyAt(Ring, clocks.Now), clocks);
        registry = new MemberRegistry(folder, Api, clocks, TellAsync);
        directory = new MemberDirectory(folder, Api, registry, copies ?? new(), TellAsync);
        following = new Following(Party, Api, registry, directory, clocks.System, pulse.Beat, log);
        connection = new BrokerConnection(folder.Settings.Broker, $"county {Party}", loggers.CreateLogger<BrokerConnection>());
        publisher = new Publisher(connection, clocks.System, loggers.CreateLogger<Publisher>());
        consumer = new Consumer(connection, BrokerNames.QueueOf(Party), Prefetch, clocks.System, loggers.CreateLogger<Consumer>());
        troubles = new Troubles(clocks.System);
        sending = new Sending(Party, store, publisher, clocks.System, log);
        var stamps = new StampVerifier(Hub, (kid, ct) => registry.SigningKeyAsync(Hub, kid, ct));
        var reading = new Reading(Party, stamps, registry, folder, TellAsync);
        var applying = new Applying(Party, store, Api, reading, new OwnReceipts(store, Api, TellAsync), troubles, TellAsync, UnreadableAsync, log);
        receiving = new Receiving(Party, store, consumer, Api, applying, troubles, clocks.System, AppliedAsync, TellAsync, pulse.Beat, log);
    }

    public string Party => folder.Settings.Party;

    public string Hub => folder.Settings.Hub;

    public HubApi Api { get; }

    /// <summary>The registry as this county trusts it now.</summary>
    public KeyRing Ring => registry.Ring;

    /// <summary>The newest directory of counties that this county has seen, also while the hub is away; none before the first.</summary>
    public SignedDirectory? Directory => directory.Current;

    /// <summary>Whether the broker delivers to us now.</summary>
    public bool IsConsuming => consumer.IsConsuming;

    /// <summary>Begins; returns at once and keeps trying until disposed.</summary>
    public void Start() => running = Task.Run(() => RunAsync(stopping.Token));

    /// <summary>Completes once the county is enrolled, has the registry (from the hub, or its own copy while the hub is away) and receives.</summary>
    public async Task WhenReadyAsync(CancellationToken ct = default)
    {
        await ready.Task.WaitAsync(ct);
        await consumer.WhenConsumingAsync(ct);
    }

    /// <summary>A header with the nine common members, sent now by this county; set what its kind takes with <c>with</c>. Its version is the newest
    /// that both sides take, by the directory: its content must be written in that one.</summary>
    /// <param name="exchangeId">The exchange it belongs to; a new one where it opens one, none in a message to the hub.</param>
    public Header NewHeader(string kind, string to, Guid? exchangeId = null)
    {
        var rule = Kinds.Submitted.GetValueOrDefault(kind);
        var version = rule switch { null => 1, { ToHub: true } => rule.Version, _ => rule.VersionFor(Directory?.Find(to)?.Takes) };
        return new(1, Hub, Guid.CreateVersion7(clocks.Now), rule is { ToHub: true } ? Guid.Empty : exchangeId ?? Guid.NewGuid(), kind, version, Party, to, clocks.Now);
    }

    /// <summary>
    /// Checks and seals (a message to the hub itself is signed only). Nothing is stored: the caller stores it (with its own rows, in one transaction) and calls
    /// <see cref="OutgoingStored"/>.
    /// </summary>
    /// <exception cref="SealException">The message breaks a rule, its receiver has no valid key, or the registry forbids sealing.</exception>
    /// <exception cref="HttpRequestException">The receiver's keys are not here and the hub cannot be asked.</exception>
    public async Task<OutgoingMessage> SealAsync(Header header, ReadOnlyMemory<byte> content, CancellationToken ct = default)
    {
        Check(header, content);
        if (header.Hub != Hub || header.From != Party)
            throw new SealException(new Refusal(header.Hub != Hub ? RefusalCodes.WrongHub : RefusalCodes.FromNotSender, "/header"));
        if (await SealingStoppedAsync(ct) is { } why)
            throw new SealException(new Refusal(why, ""));
        var receiver = Kinds.Submitted[header.Kind].ToHub ? null : await registry.SealingKeyAsync(header.To, ct)
            ?? throw new SealException(new Refusal(Ring.Knows(header.To) ? RefusalCodes.ReceiverNotActive : RefusalCodes.ReceiverUnknown, "/header/to"));
        var signer = folder.SigningKeyAt(Ring, clocks.Now) ?? throw new SealException(new Refusal(SealException.OwnEntryWrong, ""));
        using var span = Tracing.Create(BrokerNames.Submit, header.ExchangeId, header.MessageId);
        var body = receiver is null ? Sealer.Sign(header, content.Span, signer) : Sealer.Seal(header, content.Span, signer, receiver.Jwk);
        if (body.Length > Limits.BodyBytesMax)
            throw new SealException(new Refusal(RefusalCodes.TooLarge, ""));
        return new OutgoingMessage(header, body, B64u.Hash(body), content.ToArray())
        {
            TraceParent = span?.Id ?? Tracing.ParentOf(header.ExchangeId, header.MessageId),
        };
    }

    /// <summary>Seals, stores, and sends in the background until the hub's receipt.</summary>
    /// <inheritdoc cref="SealAsync" path="/exception"/>
    public async Task<OutgoingMessage> SendAsync(Header header, ReadOnlyMemory<byte> content, CancellationToken ct = default)
    {
        var message = await SealAsync(header, content, ct);
        await store.AddOutgoingAsync(message, ct);
        OutgoingStored();
        return message;
    }

    /// <summary>Says that outgoing rows were committed: they are published at once.</summary>
    public void OutgoingStored()
    {
        CrashPoint.Reach("node:after-store");
        sending.Wake();
        pulse.Beat();
    }

    public async Task<MemberState> StateAsync(CancellationToken ct = default) => new(
        await store.OutgoingCountAsync(ct), consumer.InHand + (receiving.IsWorking ? 1 : 0), troubles.Count, consumer.IsConsuming,
        Interlocked.Read(ref applied), Ring.Number, Ring.AgeAt(clocks.Now), registry.SealingStopped);

    /// <summary>Completes once the state fulfils the condition; it is looked at after each change.</summary>
    public async Task<MemberState> WhenAsync(Func<MemberState, bool> condition, CancellationToken ct = default)
    {
        while (true)
        {
            var change = pulse.Next; // taken before the look, so that no change falls between
            var state = await StateAsync(ct);
            if (condition(state))
                return state;
            await change.WaitAsync(ct);
        }
    }

    /// <summary>Fetches registry and directory now; otherwise at the start, every ten minutes, when the hub says that they changed, and when a key is unknown.</summary>
    public Task RefreshRegistryAsync(CancellationToken ct = default) => following.RefreshAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await running;
        await consumer.DisposeAsync();
        await publisher.DisposeAsync();
        await connection.DisposeAsync();
        registry.Save();
        registry.Dispose();
        following.Dispose();
        ready.TrySetCanceled(CancellationToken.None);
        stopping.Dispose();
    }

    async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await following.BeginAsync(stop);
            log.Ready(Party, Ring.Number);
            consumer.Start();
            ready.TrySetResult();
            await Task.WhenAll(sending.RunAsync(stop), receiving.RunAsync(stop), following.WatchAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    // Perhaps the hub has what is missing here; where it is away, what was wrong stays wrong.
    async Task<string?> SealingStoppedAsync(CancellationToken ct)
    {
        if (registry.SealingStopped is not { } why)
            return null;
        try
        {
            await registry.RefreshAsync(ct);
        }
        catch (Exception e) when (e is HttpRequestException or HubApiException)
        {
            return why;
        }
        return registry.SealingStopped;
    }

    // The same rules the hub will judge by, told before anything is stored.
    static void Check(Header header, ReadOnlyMemory<byte> content)
    {
        using var written = JsonDocument.Parse(header.Write());
        if (Header.Read(written.RootElement, out var refusals) is null)
            throw new SealException([.. refusals]);
        if (header.To == header.From)
            throw new SealException(new Refusal(RefusalCodes.ReceiverUnknown, "/header/to"));
        if (!StrictJson.TryParseObject(content, Limits.ContentDepthMax, out var document))
            throw new SealException(new Refusal(RefusalCodes.BodyMalformed, "/sealed"));
        document.Dispose();
    }

    // Wire section 4, (d): an opening message that cannot be opened is sent back by the node itself, a reply is disputed.
    async Task<OutgoingMessage?> UnreadableAsync(Header message, CancellationToken ct)
    {
        if (!Kinds.Submitted[message.Kind].Opens && message.Kind != Kinds.FeedbackReply)
            return null;
        try
        {
            return await SealAsync(NewHeader(message.Kind == Kinds.FeedbackReply ? Kinds.Dispute : Kinds.Return, message.From, message.ExchangeId) with
            {
                InReplyTo = message.MessageId,
                ReasonCode = ReturnReasons.Unreadable,
                Automatic = true,
                Test = message.Test,
            }, Contents.Write(new NoteContent()), ct);
        }
        catch (SealException)
        {
            return null; // the operator is told of the message itself
        }
    }

    Task AppliedAsync(IReadOnlyList<Incoming> items, CancellationToken ct)
    {
        Interlocked.Add(ref applied, items.Count);
        log.Applied(Party, items.Count);
        // A receipt frees the next message of its exchange; an answer may have been stored beside an item.
        sending.Wake();
        pulse.Beat();
        if (items.Any(i => i is Incoming.Event { Statement.Kind: Kinds.RegistryChange }))
            following.Wake();
        return Task.CompletedTask;
    }

    async Task TellAsync(OperatorNotice notice, CancellationToken ct)
    {
        log.Notice(Party, notice.Code, notice.Detail, notice.ExchangeId, notice.MessageId);
        await store.NoticeAsync(notice, ct);
    }
}
