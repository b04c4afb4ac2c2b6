using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>An arrival whose stamp, names and digest held: checks (a) and (b). It knows its place in an exchange.</summary>
sealed record Stamped(Arrival Arrival, VerifiedStamp Verified)
{
    public (Guid Exchange, int Seq)? Place => Verified.Statement switch
    {
        AcceptedStatement accepted => (accepted.ExchangeId, accepted.Seq),
        EventStatement { ExchangeId: { } exchange, Seq: { } seq } => (exchange, seq),
        _ => null,
    };
}

/// <summary>The checks of the wire's section 4 that need no memory: (a), (b) for a stamp, (d) for what was sealed.</summary>
sealed class Reading(string party, StampVerifier stamps, MemberRegistry registry, CountyFolder folder, Func<OperatorNotice, CancellationToken, Task> tell)
{
    /// <summary>Checks (a) and (b).</summary>
    /// <returns>None where the hub is at fault: nothing is applied, it is fetched again.</returns>
    public async Task<Stamped?> StampAsync(Arrival arrival, CancellationToken ct)
    {
        if (await stamps.VerifyAsync(arrival.Stamp, ct) is not { } verified)
            return null;
        var holds = verified.Statement switch
        {
            AcceptedStatement accepted when arrival.IsReceipt => accepted.From == party,
            AcceptedReportStatement report => arrival.IsReceipt && report.From == party,
            RefusedStatement refused => arrival.IsReceipt && refused.From == party,
            HeldStatement held => arrival.IsReceipt && held.From == party,
            EventStatement told => !arrival.IsReceipt && told.To == party && (told.ExchangeId is null) == (told.Seq is null),
            AcceptedStatement accepted => accepted.To == party && (arrival.Body is null || BodyHolds(arrival.Body, accepted)),
            _ => false,
        };
        return holds ? new Stamped(arrival, verified) : null;
    }

    /// <summary>Check (d), for a message whose <c>seq</c> has come.</summary>
    /// <param name="unreadable">Makes the automatic answer to a message that cannot be opened, or none.</param>
    public async Task<Incoming> OpenAsync(Stamped stamped, Func<Header, CancellationToken, Task<OutgoingMessage?>> unreadable, CancellationToken ct)
    {
        if (stamped.Verified.Statement is EventStatement told)
            return new Incoming.Event(told, stamped.Verified.Stamp, stamped.Verified.LeafHash);
        var accepted = (AcceptedStatement)stamped.Verified.Statement;
        if (stamped.Arrival.Body is not { } bytes)
            return Aside(NoticeCodes.BodyGone, nameof(NoticeCodes.BodyGone), answer: null);
        using var span = Tracing.Process(BrokerNames.QueueOf(party), accepted.ExchangeId, accepted.MessageId, stamped.Arrival.TraceParent);
        if (!TravelledBody.TryRead(bytes, out var body))
            return Aside(NoticeCodes.KindUnknown, RefusalCodes.BodyMalformed, answer: null);
        using (body)
        {
            await registry.EntryAsync(accepted.From, ct);
            var (failure, opened) = Open(body, accepted);
            if (failure == OpenFailure.SignerUnknown || (failure == OpenFailure.KeyNotOurs && !IsOwn(body)))
            {
                await registry.RefreshAsync(ct);
                await registry.EntryAsync(accepted.From, ct);
                (failure, opened) = Open(body, accepted);
            }
            await BlameNobodyForOursAsync(failure, body, accepted.From, ct);
            var header = body.Known();
            if (opened is null)
                return Aside(NoticeCodes.Unreadable, failure.ToString(), header is null ? null : await unreadable(header, ct)) with { Header = header };
            return header is null
                ? Aside(NoticeCodes.KindUnknown, RefusalCodes.KindUnknown, answer: null)
                : new Incoming.Message(header, opened.Content, bytes, accepted, stamped.Verified.Stamp, stamped.Verified.LeafHash)
                {
                    TraceParent = span?.Id ?? stamped.Arrival.TraceParent,
                };
        }

        Incoming.PutAside Aside(string reason, string detail, OutgoingMessage? answer) =>
            new(accepted, stamped.Verified.Stamp, stamped.Verified.LeafHash, stamped.Arrival.Body, reason, detail, answer);
    }

    // The sender did as the registry says; what is missing is missing here or at the hub. So it waits, as for a hub that is away.
    async Task BlameNobodyForOursAsync(OpenFailure failure, TravelledBody body, string sender, CancellationToken ct)
    {
        if (failure == OpenFailure.KeyNotOurs && IsOwn(body))
        {
            await tell(new(NoticeCodes.OwnKeyMissing, KidOf(body)), ct);
            throw new InvalidOperationException("A private key of the own registry entry is not in this county's folder.");
        }
        if (failure == OpenFailure.SignerUnknown && !registry.IsNewestOf(sender))
            throw new InvalidOperationException("The hub shows no valid registry that is as new as what it delivers.");
    }

    // A revoked key may be gone for good: what was sealed to it is put aside.
    bool IsOwn(TravelledBody body) =>
        registry.Ring.KeysOf(party).Any(k => k.Use == RegisteredKey.Encryption && k.Kid == KidOf(body) && k.RevokedAt is null);

    static string KidOf(TravelledBody body) => SealedToken.TryReadKid(body.Sealed, out var kid) ? kid : "";

    (OpenFailure, OpenedMessage?) Open(TravelledBody body, AcceptedStatement accepted)
    {
        var failure = Opener.TryOpen(body.HeaderElement, body.Sealed, accepted.AcceptedAt, folder.EncryptionKeyOf,
            kid => registry.Ring.SigningKey(accepted.From, kid), out var opened);
        return (failure, opened);
    }

    /// <summary>Check (b) for a body: these are the bytes that the statement speaks of.</summary>
    public static bool BodyHolds(byte[] bytes, AcceptedStatement accepted)
    {
        if (B64u.Hash(bytes) != accepted.Digest || !TravelledBody.TryRead(bytes, out var body))
            return false;
        using (body)
            return body.Agrees(accepted);
    }
}
