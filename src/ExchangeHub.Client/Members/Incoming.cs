using ExchangeHub.Contracts;

namespace ExchangeHub.Client.Members;

/// <summary>Something that came from the hub and passed every check that concerns it. Applied in order, once.</summary>
public abstract record Incoming
{
    Incoming() { }

    /// <summary>The hub's statement about an own message: accepted, refused or held. The first accepted or refused one is final.</summary>
    /// <param name="Stamp">The statement with its proof, to be kept.</param>
    public sealed record Receipt(Guid MessageId, Statement Statement, Stamp Stamp) : Incoming;

    /// <summary>An own message of which the store knew nothing: the store is a copy older than the message. What travelled in clear is known again,
    /// its content is not: a sender cannot open what it sealed.</summary>
    /// <param name="Header">As it was sent; where the hub no longer keeps the message, with what its statement says alone.</param>
    public sealed record Recovered(Header Header, byte[]? Body, AcceptedStatement Accepted, Stamp Stamp) : Incoming;

    /// <summary>A message of another county, opened and verified.</summary>
    /// <param name="Content">UTF-8 JSON as it was sealed, unknown members included.</param>
    /// <param name="Body">The submission's bytes, as proof.</param>
    /// <param name="LeafHash">Hash of the statement, b64u; kept with (exchange, seq) to notice a second leaf.</param>
    public sealed record Message(Header Header, byte[] Content, byte[] Body, AcceptedStatement Accepted, Stamp Stamp, string LeafHash) : Incoming
    {
        public string? TraceParent { get; init; }
    }

    /// <summary>What the hub itself tells: a reminder, a due date that moved, a closure, a ruling, or a kind this release does not know, which is stored all the same.</summary>
    public sealed record Event(EventStatement Statement, Stamp Stamp, string LeafHash) : Incoming;

    /// <summary>A message that could not be read or used: kept, never applied, <c>seq</c> goes on.</summary>
    /// <param name="Body">Absent where the hub no longer keeps it.</param>
    /// <param name="Reason">One of <see cref="NoticeCodes"/>.</param>
    /// <param name="Detail">What failed, by code; never content.</param>
    /// <param name="Answer">The automatic answer, to be stored as outgoing in the same transaction: the <c>return</c> <c>Unreadable</c> of an opening, the
    /// <c>dispute</c> <c>Unreadable</c> of a reply (only where the phase allows it, which the owner knows).</param>
    public sealed record PutAside(AcceptedStatement Accepted, Stamp Stamp, string LeafHash, byte[]? Body, string Reason, string Detail,
        OutgoingMessage? Answer) : Incoming
    {
        /// <summary>What travelled readable beside the sealed rest: accepted by the hub, bound to nothing that the sender signed. None where it is not known here.</summary>
        public Header? Header { get; init; }
    }
}

/// <summary>What a store remembers of exchanges and messages that are about to be applied.</summary>
/// <param name="LastSeq">The last applied <c>seq</c> per exchange; absent is 0.</param>
/// <param name="Applied">Those of the asked (issuer, <c>jti</c>) that were applied before.</param>
/// <param name="Here">Those of the asked exchanges that the store knows.</param>
public sealed record Remembered(IReadOnlyDictionary<Guid, int> LastSeq, IReadOnlySet<(string From, Guid MessageId)> Applied, IReadOnlySet<Guid> Here);

/// <summary>An own message as a store knows it.</summary>
/// <param name="Digest">SHA-256 of its bytes, b64u.</param>
/// <param name="Settled">It has its final receipt.</param>
public sealed record OwnMessage(string Digest, bool Settled);
