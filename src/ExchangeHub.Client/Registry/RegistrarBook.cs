using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>Why the registrar's tool did not sign an enrolment.</summary>
public enum EnrolmentFailure
{
    None,
    /// <summary>The request is no JWS by the wire's form, or not signed by the key it asks for.</summary>
    RequestMalformed,
    /// <summary>For another hub, or in another suite.</summary>
    WrongHub,
    /// <summary>Neither a valid MAC of an open code of this party nor a valid endorsement.</summary>
    NotAuthorised,
    CodeExpired,
    CodeUsed,
    /// <summary>One key, one party, one use.</summary>
    KeyInUse,
}

sealed record IssuedCode(string Party, string Code, string ExpiresAt, bool Used);

/// <summary>What lies beside the registrar's keys as <c>registrar.json</c>, and what can be judged by it alone.</summary>
/// <param name="Number">The newest snapshot's; 0 before the first.</param>
/// <param name="Key">The key that signs now, by its <c>kid</c>; absent: the first one. So a new key and all that it signed count from one write on.</param>
sealed record RegistrarBook(string Hub, int Number, string Snapshot, IReadOnlyList<RegistryEntry> Entries, IReadOnlyList<IssuedCode> Codes, string? Key = null)
{
    public IEnumerable<RegisteredKey> KeysOf(string party) => Entries.FirstOrDefault(e => e.Party == party)?.Records.Select(Read) ?? [];

    /// <summary>Reads a record without verifying it: the book is the registrar's own, what lies in it was signed here.</summary>
    public static RegisteredKey Read(string token)
    {
        var record = RegistryJson.Read(CompactJws.PeekPayload(token)!, ContractsJson.Default.KeyRecord)!;
        return new RegisteredKey(record.Party, record.Role, record.Use, record.Jwk, PublicJwk.Kid(record.Jwk), At(record.From), At(record.Until),
            record.RevokedAt is { } revoked ? At(revoked) : null, token);
    }

    /// <summary>Judges an enrolment: its form, its keys, and who allowed them.</summary>
    /// <param name="request">What is asked for, where it holds.</param>
    /// <param name="used">The code that it uses up, where it brings one.</param>
    public EnrolmentFailure Judge(Enrolment enrolment, DateTimeOffset now, out EnrolmentRequest? request, out IssuedCode? used)
    {
        (request, used) = (null, null);
        if (CompactJws.PeekPayload(enrolment.Request) is not { } payload
            || RegistryJson.Read(payload, ContractsJson.Default.EnrolmentRequest) is not { } asked
            || !PublicJwk.TryImport(asked.Sig, out _) || !PublicJwk.TryImport(asked.Enc, out _)
            || !CompactJws.TryVerify(enrolment.Request, JoseTypes.Enrol, kid => kid == PublicJwk.Kid(asked.Sig) ? asked.Sig : null, out _))
            return EnrolmentFailure.RequestMalformed;
        if (asked.Hub != Hub || asked.Suite != Suites.P256 || !Party.IsCounty(asked.Party))
            return EnrolmentFailure.WrongHub;
        if (HasSigned(asked, now))
        {
            request = asked;
            return EnrolmentFailure.None;
        }
        var (sigKid, encKid) = (PublicJwk.Kid(asked.Sig), PublicJwk.Kid(asked.Enc));
        if (sigKid == encKid || Entries.SelectMany(e => e.Records).Any(r => Read(r).Kid is var kid && (kid == sigKid || kid == encKid)))
            return EnrolmentFailure.KeyInUse;
        if (enrolment is { Endorsement: { } endorsement, Mac: null })
        {
            if (!IsEndorsed(asked.Party, enrolment.Request, endorsement, now))
                return EnrolmentFailure.NotAuthorised;
        }
        else if (Codes.FirstOrDefault(c => c.Party == asked.Party && EnrolmentCode.Verify(c.Code, enrolment.Request, enrolment.Mac)) is { } code)
        {
            if (code.Used)
                return EnrolmentFailure.CodeUsed;
            if (At(code.ExpiresAt) <= now)
                return EnrolmentFailure.CodeExpired;
            used = code;
        }
        else
        {
            return EnrolmentFailure.NotAuthorised;
        }
        request = asked;
        return EnrolmentFailure.None;
    }

    /// <summary>
    /// Whether the very keys that are asked for hold already. The request's own signature, checked before, is the proof that the same county asks
    /// again.
    /// </summary>
    public bool HasSigned(EnrolmentRequest asked, DateTimeOffset now)
    {
        var valid = KeysOf(asked.Party).Where(k => k.ValidAt(now)).ToList();
        return valid.Exists(k => k.Use == RegisteredKey.Signing && k.Jwk == asked.Sig) && valid.Exists(k => k.Use == RegisteredKey.Encryption && k.Jwk == asked.Enc);
    }

    bool IsEndorsed(string party, string request, string endorsement, DateTimeOffset now)
    {
        var current = KeysOf(party).Where(k => k.Use == RegisteredKey.Signing && k.ValidAt(now)).ToDictionary(k => k.Kid, k => k.Jwk, StringComparer.Ordinal);
        return Endorsement.Holds(endorsement, request, current.GetValueOrDefault);
    }

    static DateTimeOffset At(string text) => WireTime.TryParse(text, out var at) ? at : throw new InvalidDataException("The registrar's book holds no time.");
}
