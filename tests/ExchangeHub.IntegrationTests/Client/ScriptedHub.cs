using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Web;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>
/// A hub that a test plays by hand on a real broker: it reads the intake, signs what the test wants signed, delivers what the test
/// wants delivered, and serves registry and feed. A real hub never errs on purpose; this one does.
/// </summary>
sealed class ScriptedHub : HttpMessageHandler, IAsyncDisposable
{
    readonly BrokerAdmin admin;
    readonly ServerAddresses servers;
    readonly string vhost = $"client-{Guid.NewGuid():N}";
    readonly BrokerConnection connection;
    readonly Publisher publisher;
    readonly Consumer intake;
    readonly List<ReceivedMessage> taken = [];
    readonly List<IAsyncDisposable> members = [];

    ScriptedHub(ServerAddresses servers, Clocks clocks)
    {
        (this.servers, Signing) = (servers, new SigningHub(clocks));
        admin = new BrokerAdmin(servers);
        connection = new BrokerConnection(AdminUri, "scripted hub");
        publisher = new Publisher(connection, TimeProvider.System);
        intake = new Consumer(connection, BrokerNames.Intake, 100, TimeProvider.System);
    }

    public SigningHub Signing { get; }

    /// <summary>The feed's items; the test adds what the hub keeps.</summary>
    public List<FeedItem> Feed { get; } = [];

    /// <summary>The feed of stamps of what the county sent.</summary>
    public List<Stamp> Receipts { get; } = [];

    /// <summary>The bytes that it sent, as far as they are kept.</summary>
    public ConcurrentDictionary<Guid, byte[]> Submissions { get; } = [];

    /// <summary>Paths that were asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Answers <c>GET /registry</c> in place of the true registry.</summary>
    public Func<RegistryView>? RegistryAnswer { get; set; }

    /// <summary>Answers <c>GET /registry/{party}/keys</c> in place of the true entry.</summary>
    public Func<string, EntryView?>? EntryAnswer { get; set; }

    /// <summary>Answers <c>GET /directory</c>; this hub keeps none unless a test says so.</summary>
    public Func<string>? DirectoryAnswer { get; set; }

    /// <summary>Its HTTP interface is away; the broker is there.</summary>
    public bool HttpIsAway { get; set; }

    Uri AdminUri => new UriBuilder(servers.RabbitMq) { Path = "/" + vhost }.Uri;

    public static async Task<ScriptedHub> StartAsync(TestServers servers, Clocks? clocks = null)
    {
        var hub = new ScriptedHub(servers.Addresses, clocks ?? Clocks.Real);
        await hub.admin.SetUpAsync(hub.vhost);
        hub.intake.Start();
        return hub;
    }

    /// <summary>An enrolled county with its engine running.</summary>
    public async Task<TestMember> JoinAsync(string party, Clocks? clocks = null, Func<IMemberStore, IMemberStore>? around = null)
    {
        var password = servers.SharedPasswordOf(party);
        await admin.AddCountyAsync(vhost, party, password, BrokerLimits.Shared);
        var folder = Signing.Enrol(party, "http://hub.test/", new UriBuilder(AdminUri) { UserName = "", Password = "" }.Uri.ToString(), password);
        var member = new TestMember(folder, new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://hub.test/") }, clocks ?? Signing.Clocks, around);
        members.Add(member);
        await member.StartAsync();
        return member;
    }

    /// <summary>The next message of the intake, acknowledged.</summary>
    public async Task<ReceivedMessage> TakeAsync(CancellationToken ct)
    {
        while (taken.Count == 0)
        {
            var read = await intake.ReadAsync(100, ct);
            await intake.AckAsync(read, ct);
            taken.AddRange(read);
        }
        var next = taken[0];
        taken.RemoveAt(0);
        return next;
    }

    /// <summary>Whether the intake holds anything that was not taken.</summary>
    public bool HasMore => taken.Count > 0;

    /// <summary>Sends receipts of these statements, all of one batch.</summary>
    public Task ReceiptAsync(string party, params Statement[] statements)
    {
        var stamps = Signing.Stamp(statements);
        return SendAsync(party, "receipts.v1", JsonSerializer.SerializeToUtf8Bytes(
            new ReceiptsMessage([.. stamps.Select(s => new Receipt(s.Leaf, s.Index, s.Path))], stamps[0].Root), ContractsJson.Compact.ReceiptsMessage));
    }

    /// <summary>Keeps a message in the feed and returns it as a delivery, not sent yet.</summary>
    public Delivery Keep(byte[] body, int seq, AcceptedStatement? accepted = null)
    {
        // Two leaves, so that there is a path to climb.
        var other = new HeldStatement(SigningHub.Id, "110101", Guid.NewGuid(), B64u.Hash([]), Signing.Clocks.Now);
        var stamp = Signing.Stamp(accepted ?? Signing.Accept(body, seq), other)[0];
        Feed.Add(new FeedItem($"{Feed.Count + 1}", stamp, Encoding.UTF8.GetString(body)));
        return new Delivery(stamp, Encoding.UTF8.GetString(body));
    }

    public Task DeliverAsync(string party, Delivery delivery, string type = "certificate-verification-request.v1") =>
        SendAsync(party, type, JsonSerializer.SerializeToUtf8Bytes(delivery, ContractsJson.Compact.Delivery));

    public async Task SendAsync(string party, string type, byte[] body)
    {
        var outcome = await publisher.PublishAsync(new OutboundMessage(BrokerNames.Deliver, party, type, body));
        if (outcome != PublishOutcome.Confirmed)
            throw new IOException($"The broker did not take it: {outcome}.");
    }

    /// <summary>Ends every connection to this broker host, as an operator could.</summary>
    public async Task CutConnectionsAsync(CancellationToken ct) => await BrokerCut.CutAsync(servers, vhost, ct);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (HttpIsAway)
            throw new HttpRequestException("away");
        var uri = request.RequestUri!;
        Asked.Enqueue(uri.PathAndQuery);
        var path = uri.AbsolutePath["/api/v1/".Length..];
        var query = HttpUtility.ParseQueryString(uri.Query);
        return Task.FromResult(path switch
        {
            "registry" => Json(RegistryAnswer?.Invoke() ?? Signing.Ring.View(), ContractsJson.Default.RegistryView),
            _ when path.StartsWith("registry/", StringComparison.Ordinal) =>
                Json(Entry(path.Split('/')[1]), ContractsJson.Default.EntryView),
            "directory" when DirectoryAnswer is not null => Json(new DirectoryView(DirectoryAnswer()), ContractsJson.Default.DirectoryView),
            "takes" => new HttpResponseMessage(HttpStatusCode.NoContent),
            "deliveries" when query["exchange"] is { } exchange => Json(OfExchange(Guid.Parse(exchange), int.Parse(query["fromSeq"]!, System.Globalization.CultureInfo.InvariantCulture)), ContractsJson.Default.FeedPage),
            "deliveries" => Json(After(query["after"]), ContractsJson.Default.FeedPage),
            "receipts" => Json(new ReceiptsPage([.. Receipts.Skip(PlaceOf(query["after"]))], $"{Receipts.Count}"), ContractsJson.Default.ReceiptsPage),
            _ when path.StartsWith("submissions/", StringComparison.Ordinal) && Submissions.TryGetValue(Guid.Parse(path.Split('/')[1]), out var sent) =>
                new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(sent) },
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        });
    }

    EntryView? Entry(string party) => EntryAnswer is null ? Signing.Ring.EntryOf(party, []) : EntryAnswer(party);

    FeedPage OfExchange(Guid exchange, int fromSeq) => new([.. Feed.Where(i => Place(i) is { } p && p.Exchange == exchange && p.Seq >= fromSeq)], "x");

    FeedPage After(string? cursor)
    {
        return new FeedPage([.. Feed.Skip(PlaceOf(cursor))], $"{Feed.Count}");
    }

    static int PlaceOf(string? cursor) => cursor is null or "" ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);

    static (Guid Exchange, int Seq)? Place(FeedItem item) => Statement.Read(B64u.TryDecode(item.Stamp.Leaf, out var leaf) ? leaf : []) switch
    {
        AcceptedStatement a => (a.ExchangeId, a.Seq),
        EventStatement { ExchangeId: { } e, Seq: { } s } => (e, s),
        _ => null,
    };

    static HttpResponseMessage Json<T>(T? value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        value is null ? new HttpResponseMessage(HttpStatusCode.NotFound) : new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(value, type) };

    public async ValueTask DisposeAsync()
    {
        foreach (var member in members)
            await member.DisposeAsync();
        await intake.DisposeAsync();
        await publisher.DisposeAsync();
        await connection.DisposeAsync();
        await admin.DropAsync(vhost);
        admin.Dispose();
        Signing.Dispose();
        Dispose();
    }
}

/// <summary>One county with a store in a folder, and its engine.</summary>
sealed class TestMember(CountyFolder folder, HttpClient http, Clocks clocks, Func<IMemberStore, IMemberStore>? around) : IAsyncDisposable
{
    readonly string place = Directory.CreateTempSubdirectory("exchangehub-member").FullName;

    public CountyFolder Folder { get; private set; } = folder;

    public DirectoryStore Store { get; private set; } = null!;

    public Member Member { get; private set; } = null!;

    public async Task StartAsync()
    {
        Store = DirectoryStore.Open(place, clocks.Business);
        Member = new Member(Folder, around?.Invoke(Store) ?? Store, clocks, http);
        Member.Start();
        await Member.WhenReadyAsync();
    }

    /// <summary>Ends the engine and begins again from what is on the disk.</summary>
    /// <param name="fromFolder">Also the keys are read again.</param>
    public async Task RestartAsync(bool fromFolder = false)
    {
        await Member.DisposeAsync();
        Store.Dispose();
        if (fromFolder)
        {
            Folder.Dispose();
            Folder = CountyFolder.Open(Folder.Path);
        }
        await StartAsync();
    }

    public Task<OutgoingMessage> AskAsync(string to, CancellationToken ct) => Member.SendAsync(Member.NewHeader(Kinds.CertificateVerificationRequest, to), "{}"u8.ToArray(), ct);

    public async Task<Incoming> NextAsync(CancellationToken ct)
    {
        var (id, item) = await Store.NextAsync(ct);
        await Store.HandledAsync(id, ct);
        return item;
    }

    public async Task ToldAsync(string code, CancellationToken ct) =>
        await Member.WhenAsync(_ => Store.Notices.Any(n => n.Code == code), ct);

    public async ValueTask DisposeAsync()
    {
        await Member.DisposeAsync();
        Store.Dispose();
        Folder.Dispose();
        http.Dispose();
        Directory.Delete(place, recursive: true);
    }
}
