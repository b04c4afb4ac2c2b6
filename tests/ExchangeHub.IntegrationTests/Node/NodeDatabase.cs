using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Incoming;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Register;
using ExchangeHub.Node.Schema;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>A node's database of its own, with the classes that work on it and a business clock that stands still; no broker and no hub.</summary>
public sealed class NodeDatabase : IAsyncDisposable
{
    public const string Hub = "hub.test", Asker = "330109", Receiver = "340221";

    readonly string admin;
    readonly string name;
    readonly RegisterAnswers answers;

    NodeDatabase(string admin, string name, string connectionString)
    {
        (this.admin, this.name) = (admin, name);
        Source = Database.Open(connectionString, "exchangehub-node");
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero));
        Clocks = new Clocks(Clock, Clock);
        var durable = new DurableWrite();
        var counties = new Lazy<HostedCounties>(() =>
            new HostedCounties(Source, Microsoft.Extensions.Options.Options.Create(new ExchangeHub.Node.NodeOptions()), Clocks, Work!, durable, null!, NullLoggerFactory.Instance));
        answers = new RegisterAnswers(Source, Clocks, counties, NullLogger<RegisterAnswers>.Instance);
        Register = new RegisterTable(Source, Clocks, new OpenQuestions(Source, answers, counties, durable, NullLogger<OpenQuestions>.Instance), durable);
        Exchanges = new ExchangeQueries(Source, Accounts = new PeopleAccounts(Source, Clock), Clocks);
        Worklist = new WorklistQueries(Source, Clocks);
        Work = new IncomingWork(Source, Clocks, answers, durable, NullLogger<IncomingWork>.Instance);
    }

    public NpgsqlDataSource Source { get; }
    public FakeTimeProvider Clock { get; }
    public Clocks Clocks { get; }
    public RegisterTable Register { get; }
    public ExchangeQueries Exchanges { get; }
    public WorklistQueries Worklist { get; }
    public PeopleAccounts Accounts { get; }
    public IncomingWork Work { get; }

    public static async Task<NodeDatabase> CreateAsync(TestServers servers)
    {
        var made = $"node_{Guid.NewGuid():n}";
        await ExecuteAsync(servers.Addresses.Postgres, $"create database {made}");
        var connectionString = servers.Addresses.Database(made);
        await NodeSchema.ApplyAsync(connectionString, TestContext.Current.CancellationToken);
        return new NodeDatabase(servers.Addresses.Postgres, made, connectionString);
    }

    public IMemberStore StoreOf(string county) => new MemberStore(Source, county, Clocks, Work, new DurableWrite());

    public async ValueTask DisposeAsync()
    {
        answers.Dispose();
        await Source.DisposeAsync();
        await ExecuteAsync(admin, $"drop database {name} with (force)");
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A question as the engine hands it over after its checks; invented person, valid check digit.</summary>
    public Incoming.Message AQuestion(string holder = "王小明", string number = "RP-1", int dueInDays = 9, string receiver = Receiver, Guid? exchangeId = null)
    {
        var header = new Header(1, Hub, Guid.NewGuid(), exchangeId ?? Guid.NewGuid(), Kinds.CertificateVerificationRequest, 1, Asker, receiver, Clocks.Now);
        var content = Contents.Write(new CertificateVerificationRequest("ResidencePermit", number, holder, "420581199003070018",
            "ResidenceRegistration", "NationalRegulation"));
        var dueOn = WireTime.DayOf(Clocks.Now).AddDays(dueInDays);
        return Stamped(header, content, seq: 1, s => s with { DueOn = dueOn, DueAt = WireTime.StartOf(dueOn.AddDays(1)) });
    }

    /// <summary>A message of the asker in an exchange that is there.</summary>
    public Incoming.Message AWithdrawalOf(Incoming.Message question) => Stamped(
        new Header(1, Hub, Guid.NewGuid(), question.Header.ExchangeId, Kinds.Withdrawal, 1, Asker, question.Header.To, Clocks.Now),
        Contents.Write(new NoteContent()), seq: 2, s => s);

    /// <summary>An own message as it is stored before it is sent.</summary>
    public OutgoingMessage AnAcknowledgementOf(Incoming.Message question)
    {
        var header = new Header(1, Hub, Guid.NewGuid(), question.Header.ExchangeId, Kinds.Acknowledgement, 1, question.Header.To, Asker, Clocks.Now)
        {
            InReplyTo = question.Header.MessageId,
        };
        var body = Submission.Write(header.Write(), "sealed");
        return new OutgoingMessage(header, body, B64u.Hash(body), Contents.Write(new NoteContent()));
    }

    /// <summary>The hub's receipt of an own message.</summary>
    public Incoming.Receipt AReceiptOf(OutgoingMessage message)
    {
        var h = message.Header;
        var accepted = new AcceptedStatement(Hub, h.From, h.To, h.MessageId, h.ExchangeId, h.Kind, 1, message.Digest, 2, 1, Clocks.Now);
        return new(h.MessageId, accepted, StampOf(accepted));
    }

    /// <summary>The hub's refusal of an own message.</summary>
    public Incoming.Receipt ARefusalOf(OutgoingMessage message)
    {
        var refused = new RefusedStatement(Hub, message.Header.From, message.Header.MessageId, message.Digest, Clocks.Now, [RefusalCodes.SealedMalformed], ["/signed"]);
        return new(message.Header.MessageId, refused, StampOf(refused));
    }

    static Incoming.Message Stamped(Header header, byte[] content, int seq, Func<AcceptedStatement, AcceptedStatement> with)
    {
        var body = Submission.Write(header.Write(), "sealed");
        var accepted = with(new AcceptedStatement(Hub, header.From, header.To, header.MessageId, header.ExchangeId, header.Kind, 1, B64u.Hash(body), seq, seq, header.SentAt));
        return new(header, content, body, accepted, StampOf(accepted), B64u.Encode(MerkleTree.HashLeaf(accepted.Write())));
    }

    static Stamp StampOf(Statement statement) => new(B64u.Encode(statement.Write()), 0, [], "root");
}
