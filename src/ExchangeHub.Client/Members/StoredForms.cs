using System.Text;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>One transaction of a <see cref="DirectoryStore"/> as it lies in its journal.</summary>
sealed record StoredTransaction
{
    public StoredOutgoing? Outgoing { get; init; }
    public IReadOnlyList<StoredItem>? Applied { get; init; }
    public IReadOnlyList<StoredPlace>? Places { get; init; }
    public string? Cursor { get; init; }
    public string? OwnCursor { get; init; }
    public IReadOnlyDictionary<Guid, string>? Recovered { get; init; }
    public Guid? Read { get; init; }
    public OperatorNotice? Notice { get; init; }
}

/// <summary>An own message. Its header is read from its body.</summary>
sealed record StoredOutgoing(string Body, string Content, string? TraceParent)
{
    public static StoredOutgoing Of(OutgoingMessage message) =>
        new(Encoding.ASCII.GetString(message.Body), Encoding.UTF8.GetString(message.Content), message.TraceParent);

    public OutgoingMessage Restore()
    {
        var body = Encoding.ASCII.GetBytes(Body);
        var submission = Submission.Read(body, out _) ?? throw new InvalidDataException("A stored message cannot be read.");
        return new OutgoingMessage(submission.Header, body, submission.Digest, Encoding.UTF8.GetBytes(Content)) { TraceParent = TraceParent };
    }
}

/// <summary>Something applied; statement and leaf hash are read from its stamp.</summary>
/// <param name="Id">Ours: names the item when the program has handled it.</param>
sealed record StoredItem(Guid Id, string What, Stamp Stamp, string? Body, string? Content, string? Reason, string? Detail, StoredOutgoing? Answer, string? TraceParent)
{
    public static StoredItem Of(Incoming item) => item switch
    {
        Incoming.Receipt r => new(Guid.NewGuid(), "receipt", r.Stamp, null, null, null, null, null, null),
        Incoming.Recovered r => new(Guid.NewGuid(), "recovered", r.Stamp, r.Body is null ? null : Encoding.UTF8.GetString(r.Body), null, null, null, null, null),
        Incoming.Event e => new(Guid.NewGuid(), "event", e.Stamp, null, null, null, null, null, null),
        Incoming.Message m => new(Guid.NewGuid(), "message", m.Stamp, Encoding.ASCII.GetString(m.Body), Encoding.UTF8.GetString(m.Content), null, null, null, m.TraceParent),
        Incoming.PutAside p => new(Guid.NewGuid(), "aside", p.Stamp, p.Body is null ? null : Encoding.UTF8.GetString(p.Body), null, p.Reason, p.Detail,
            p.Answer is null ? null : StoredOutgoing.Of(p.Answer), null),
        _ => throw new ArgumentException("No such item.", nameof(item)),
    };

    public Incoming Restore()
    {
        var leaf = B64u.TryDecode(Stamp.Leaf, out var bytes) ? bytes : throw Damaged();
        var (statement, hash) = (Statement.Read(leaf), B64u.Encode(MerkleTree.HashLeaf(leaf)));
        return (What, statement) switch
        {
            ("receipt", AcceptedStatement s) => new Incoming.Receipt(s.MessageId, s, Stamp),
            ("receipt", AcceptedReportStatement s) => new Incoming.Receipt(s.MessageId, s, Stamp),
            ("receipt", RefusedStatement s) => new Incoming.Receipt(s.MessageId, s, Stamp),
            ("receipt", HeldStatement s) => new Incoming.Receipt(s.MessageId, s, Stamp),
            ("event", EventStatement s) => new Incoming.Event(s, Stamp, hash),
            ("recovered", AcceptedStatement s) => new Incoming.Recovered(HeaderOf(Body) ?? OwnReceipts.HeaderOf(s), Body is null ? null : Encoding.UTF8.GetBytes(Body), s, Stamp),
            ("message", AcceptedStatement s) => Message(s, hash),
            ("aside", AcceptedStatement s) => new Incoming.PutAside(s, Stamp, hash, Body is null ? null : Encoding.UTF8.GetBytes(Body), Reason ?? "", Detail ?? "",
                Answer?.Restore())
            { Header = HeaderOf(Body) },
            _ => throw Damaged(),
        };
    }

    Incoming.Message Message(AcceptedStatement accepted, string hash)
    {
        var body = Encoding.ASCII.GetBytes(Body ?? throw Damaged());
        return new Incoming.Message(TravelledBody.HeaderOf(body) ?? throw Damaged(), Encoding.UTF8.GetBytes(Content ?? throw Damaged()), body, accepted, Stamp, hash)
        {
            TraceParent = TraceParent,
        };
    }

    static Header? HeaderOf(string? body) => body is null ? null : TravelledBody.HeaderOf(Encoding.UTF8.GetBytes(body));

    static InvalidDataException Damaged() => new("A stored item cannot be read.");
}

/// <summary>What stays of an item that was handled: its place and ids, to know it again.</summary>
sealed record StoredPlace(Guid ExchangeId, int Seq, string LeafHash, string? From, Guid? MessageId, DateTimeOffset At);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredTransaction))]
sealed partial class StoredJson : JsonSerializerContext;
