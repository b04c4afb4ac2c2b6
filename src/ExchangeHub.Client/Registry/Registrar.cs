using System.Text;
using System.Text.Json;
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

/// <summary>The state beside the registrar's key: <c>registrar.json</c> in its folder.</summary>
sealed record RegistrarState(string Hub, int Number, string Snapshot, IReadOnlyList<RegistryEntry> Entries, IReadOnlyList<IssuedCode> Codes);

sealed record IssuedCode(string Party, string Code, string ExpiresAt, bool Used);

/// <summary>
/// The registrar's tool: its key and its book, in a folder the hub cannot read. It hands out one-time codes, signs key records and
/// the numbered snapshot, and never talks to the hub itself: what it returns is published by whoever may reach the hub.
/// </summary>
public sealed class Registrar : IDisposable
{
    const string StateFile = "registrar.json";

    /// <summary>How long a key record holds unless it is revoked or replaced.</summary>
    static readonly TimeSpan keyLife = TimeSpan.FromDays(2 * 365);
    /// <summary>Ended records stay in the entry this long: signatures of their time are still judged.</summary>
    static readonly TimeSpan endedKept = TimeSpan.FromDays(400);

    readonly string folder;
    readonly Clocks clocks;
    SigningKey key;
    RegistrarState state;

    Registrar(string folder, SigningKey key, RegistrarState state, Clocks clocks) =>
        (this.folder, this.key, this.state, this.clocks) = (folder, key, state, clocks);

    public string Hub => state.Hub;

    /// <summary>The public key that nodes and the hub pin.</summary>
    public Jwk Public => key.Public;

    public int Number => state.Number;

    /// <summary>Opens the folder, or makes it with a new key for this hub.</summary>
    /// <exception cref="InvalidDataException">The folder belongs to another hub, or cannot be read.</exception>
    public static Registrar OpenOrCreate(string folder, string hub, Clocks clocks)
    {
        PrivateFile.CreateFolder(folder);
        var file = Path.Combine(folder, StateFile);
        var book = File.Exists(file)
            ? RegistryJson.Read(File.ReadAllBytes(file), RegistryFiles.Default.RegistrarState) ?? throw new InvalidDataException($"{file} cannot be read.")
            : new RegistrarState(hub, 0, "", [], []);
        if (book.Hub != hub)
            throw new InvalidDataException($"{folder} is the registrar of {book.Hub}, not of {hub}.");
        return new Registrar(folder, SigningKey.LoadOrCreate(Path.Combine(folder, "registrar.pem")), book, clocks);
    }

    /// <summary>Makes a county's invitation with a one-time code, valid at most 14 days. It reaches the county outside the hub.</summary>
    public EnrolmentInvitation Invite(string party, string http, string amqp)
    {
        if (!Party.IsCounty(party))
            throw new ArgumentException("A county's code has six digits.", nameof(party));
        var issued = new IssuedCode(party, EnrolmentCode.Create(), WireTime.Format(clocks.Now + Limits.EnrolmentCodeMax), Used: false);
        Save(state with { Codes = [.. state.Codes, issued] });
        return new EnrolmentInvitation(Hub, party, Public, issued.Code, issued.ExpiresAt, http, amqp);
    }

    /// <summary>Checks one enrolment and signs its records, the entry and the next snapshot.</summary>
    /// <returns>The update to publish, or none with the reason.</returns>
    public RegistryUpdate? Accept(Enrolment enrolment, out EnrolmentFailure failure)
    {
        var update = AcceptAll([enrolment], out var failures);
        failure = failures[0];
        return update;
    }

    /// <summary>The same for many at once, with one snapshot for all that hold.</summary>
    /// <returns>The update to publish, or none where no enrolment held; the outcome of each stands at its place.</returns>
    public RegistryUpdate? AcceptAll(IReadOnlyList<Enrolment> enrolments, out IReadOnlyList<EnrolmentFailure> failures)
    {
        var (next, changed, outcomes) = (state, new HashSet<string>(StringComparer.Ordinal), new List<EnrolmentFailure>());
        foreach (var enrolment in enrolments)
        {
            outcomes.Add(Judge(next, enrolment, out var request, out var used));
            if (request is null)
                continue;
            next = next with
            {
                Codes = [.. next.Codes.Select(c => c == used ? c with { Used = true } : c)],
                Entries = WithKeys(next.Entries, request, revokeOld: used is not null),
            };
            changed.Add(request.Party);
        }
        failures = outcomes;
        return changed.Count == 0 ? null : Publish(next, changed);
    }

    /// <summary>Registers the hub's signing key.</summary>
    public RegistryUpdate AddHub(Jwk signing) =>
        Publish(state with { Entries = WithRecord(state.Entries, Hub, Roles.Hub, RegisteredKey.Signing, signing, clocks.Now) }, [Hub]);

    /// <summary>Signs a key's record anew with <c>revokedAt</c>.</summary>
    /// <exception cref="ArgumentException">No such key.</exception>
    public RegistryUpdate Revoke(string party, string kid)
    {
        var entry = state.Entries.FirstOrDefault(e => e.Party == party);
        if (entry is null || entry.Records.All(r => Read(r).Kid != kid))
            throw new ArgumentException("The registry has no such key.", nameof(kid));
        var revoked = entry with { Records = [.. entry.Records.Select(r => Read(r).Kid == kid ? Ended(r, revokedAt: clocks.Now) : r)] };
        return Publish(state with { Entries = Replace(state.Entries, revoked) }, [party]);
    }

    /// <summary>The next snapshot over the same entries: at least every 14 days, or nodes begin to warn.</summary>
    public RegistryUpdate Reissue() => Publish(state, []);

    /// <summary>
    /// A new registrar key: its record is signed by the present one, so nodes that pinned that one follow. All other records and
    /// the snapshot are signed anew by the new key, so that nodes which pin only that one read them, too.
    /// </summary>
    public RegistryUpdate RollOver()
    {
        var made = SigningKey.Create();
        var entries = WithRecord(state.Entries, Party.Registrar, Roles.Registrar, RegisteredKey.Signing, made.Public, clocks.Now);
        PrivateFile.Write(Path.Combine(folder, $"registrar-{key.Kid}.pem"), key.ToPem());
        PrivateFile.Write(Path.Combine(folder, "registrar.pem"), made.ToPem());
        key.Dispose();
        key = made;
        return Publish(state with { Entries = entries.ConvertAll(e => e.Party == Party.Registrar ? e : e with { Records = [.. e.Records.Select(r => Ended(r))] }) },
            [.. entries.Select(e => e.Party)]);
    }

    /// <summary>Everything, for a hub that has nothing yet: all entries and the present snapshot.</summary>
    public RegistryUpdate Whole() => new([.. state.Entries.Select(Bytes)], state.Snapshot);

    public void Dispose() => key.Dispose();

    EnrolmentFailure Judge(RegistrarState book, Enrolment enrolment, out EnrolmentRequest? request, out IssuedCode? used)
    {
        (request, used) = (null, null);
        if (CompactJws.PeekPayload(enrolment.Request) is not { } payload
            || RegistryJson.Read(payload, ContractsJson.Default.EnrolmentRequest) is not { } asked
            || !PublicJwk.TryImport(asked.Sig, out _) || !PublicJwk.TryImport(asked.Enc, out _)
            || !CompactJws.TryVerify(enrolment.Request, JoseTypes.Enrol, kid => kid == PublicJwk.Kid(asked.Sig) ? asked.Sig : null, out _))
            return EnrolmentFailure.RequestMalformed;
        if (asked.Hub != Hub || asked.Suite != Suites.P256 || !Party.IsCounty(asked.Party))
            return EnrolmentFailure.WrongHub;
        var (sigKid, encKid) = (PublicJwk.Kid(asked.Sig), PublicJwk.Kid(asked.Enc));
        if (sigKid == encKid || book.Entries.SelectMany(e => e.Records).Any(r => Read(r).Kid is var kid && (kid == sigKid || kid == encKid)))
            return EnrolmentFailure.KeyInUse;
        if (enrolment is { Endorsement: { } endorsement, Mac: null })
        {
            if (!IsEndorsed(book, asked.Party, enrolment.Request, endorsement))
                return EnrolmentFailure.NotAuthorised;
        }
        else if (book.Codes.FirstOrDefault(c => c.Party == asked.Party && EnrolmentCode.Verify(c.Code, enrolment.Request, enrolment.Mac)) is { } code)
        {
            if (code.Used)
                return EnrolmentFailure.CodeUsed;
            if (!WireTime.TryParse(code.ExpiresAt, out var expiresAt) || expiresAt <= clocks.Now)
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

    bool IsEndorsed(RegistrarState book, string party, string request, string endorsement)
    {
        var current = book.Entries.FirstOrDefault(e => e.Party == party)?.Records.Select(Read)
            .Where(k => k.Use == RegisteredKey.Signing && k.ValidAt(clocks.Now)).ToDictionary(k => k.Kid, k => k.Jwk, StringComparer.Ordinal);
        return current is not null
            && CompactJws.TryVerify(endorsement, JoseTypes.Endorse, current.GetValueOrDefault, out var verified)
            && StrictJson.TryParseObject(verified.Payload, depthMax: 2, out var document)
            && document.RootElement.GetPropertyCount() == 1
            && TokenParts.Is(document.RootElement, "request", B64u.Hash(Encoding.ASCII.GetBytes(request)));
    }

    // After a rotation the old keys end once the overlap is over; after a new code (a lost disk) they end at once.
    List<RegistryEntry> WithKeys(IReadOnlyList<RegistryEntry> entries, EnrolmentRequest request, bool revokeOld)
    {
        var now = clocks.Now;
        var old = entries.FirstOrDefault(e => e.Party == request.Party);
        if (old is not null)
            entries = Replace(entries, old with
            {
                Records = [.. old.Records.Select(r => !Read(r).ValidAt(now) ? r : revokeOld ? Ended(r, revokedAt: now) : Ended(r, until: now + Limits.KeyOverlap))],
            });
        entries = WithRecord(entries, request.Party, Roles.County, RegisteredKey.Signing, request.Sig, now);
        return WithRecord(entries, request.Party, Roles.County, RegisteredKey.Encryption, request.Enc, now);
    }

    List<RegistryEntry> WithRecord(IReadOnlyList<RegistryEntry> entries, string party, string role, string use, Jwk jwk, DateTimeOffset now)
    {
        var record = RegistryWriter.Sign(key, new KeyRecord(Hub, party, role, use, Suites.P256, jwk, WireTime.Format(now), WireTime.Format(now + keyLife)));
        var old = entries.FirstOrDefault(e => e.Party == party)?.Records ?? [];
        return Replace(entries, new RegistryEntry(party, [.. old.Where(r => Read(r) is var k && (k.RevokedAt ?? k.Until) > now - endedKept), record]));
    }

    string Ended(string record, DateTimeOffset? until = null, DateTimeOffset? revokedAt = null)
    {
        var k = Read(record);
        var end = until is { } u && u < k.Until ? u : k.Until;
        return RegistryWriter.Sign(key, new KeyRecord(Hub, k.Party, k.Role, k.Use, Suites.P256, k.Jwk, WireTime.Format(k.From), WireTime.Format(end),
            (revokedAt ?? k.RevokedAt) is { } at ? WireTime.Format(at) : null));
    }

    static List<RegistryEntry> Replace(IReadOnlyList<RegistryEntry> entries, RegistryEntry entry) =>
        [.. entries.Where(e => e.Party != entry.Party).Append(entry).OrderBy(e => e.Party, StringComparer.Ordinal)];

    // The book is the registrar's own: what it signed itself is read, not verified again.
    static RegisteredKey Read(string token)
    {
        var record = RegistryJson.Read(CompactJws.PeekPayload(token)!, ContractsJson.Default.KeyRecord)!;
        return new RegisteredKey(record.Party, record.Role, record.Use, record.Jwk, PublicJwk.Kid(record.Jwk), At(record.From), At(record.Until),
            record.RevokedAt is { } revoked ? At(revoked) : null, token);
    }

    static DateTimeOffset At(string text) => WireTime.TryParse(text, out var at) ? at : throw new InvalidDataException("The registrar's book holds no time.");

    static string Bytes(RegistryEntry entry) => B64u.Encode(RegistryWriter.EntryBytes(entry));

    RegistryUpdate Publish(RegistrarState next, IReadOnlyCollection<string> changed)
    {
        var hashes = next.Entries.Select(e => MerkleTree.HashLeaf(RegistryWriter.EntryBytes(e))).ToArray();
        var snapshot = RegistryWriter.Sign(key, new RegistrySnapshot(Hub, next.Number + 1, hashes.Length, B64u.Encode(MerkleTree.Root(hashes)),
            WireTime.Format(clocks.Now)));
        Save(next with { Number = next.Number + 1, Snapshot = snapshot });
        return new RegistryUpdate([.. state.Entries.Where(e => changed.Contains(e.Party)).Select(Bytes)], snapshot);
    }

    // Saved before it is handed out: a number, once signed, is never signed again over something else.
    void Save(RegistrarState next)
    {
        PrivateFile.Write(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(next, RegistryFiles.Default.RegistrarState));
        state = next;
    }
}
