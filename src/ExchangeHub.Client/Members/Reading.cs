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
sealed class Reading(string party, StampVerifier stamps, MemberRegistry registry, CountyFolder folder)
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
            RefusedStatement refused => arrival.IsReceipt && refused.From == party,
            HeldStatement held => arrival.IsReceipt && held.From == party,
            EventStatement told => !arrival.IsReceipt && told.To == party && (told.ExchangeId is null) == (told.Seq is null),
            AcceptedStatement accepted => accepted.To == party && (arrival.Body is null || BodyHolds(arrival.Body, accepted)),
            _ => false,
        };
        return holds ? new Stamped(arrival, verified) : null;
    }

    /// <summary>Check (d), for a message whose <c>seq</c> has come.</summary>
    /// <param name="unreadable">Makes the automatic answer to an opening message that cannot be opened, or none.</param>
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
            if (failure == OpenFailure.SignerUnknown)
            {
                await registry.RefreshAsync(ct);
                await registry.EntryAsync(accepted.From, ct);
                (failure, opened) = Open(body, accepted);
            }
            var header = body.Known();
            if (opened is null)
                return Aside(NoticeCodes.Unreadable, failure.ToString(),
                    header is not null && Kinds.Submitted[header.Kind].Opens ? await unreadable(header, ct) : null);
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

    (OpenFailure, OpenedMessage?) Open(TravelledBody body, AcceptedStatement accepted)
    {
        var failure = Opener.TryOpen(body.HeaderElement, body.Sealed, accepted.AcceptedAt, folder.EncryptionKeyOf,
            kid => registry.Ring.SigningKey(accepted.From, kid), out var opened);
        return (failure, opened);
    }

    static bool BodyHolds(byte[] bytes, AcceptedStatement accepted)
    {
        if (B64u.Hash(bytes) != accepted.Digest || !TravelledBody.TryRead(bytes, out var body))
            return false;
        using (body)
            return body.Agrees(accepted);
    }
}
