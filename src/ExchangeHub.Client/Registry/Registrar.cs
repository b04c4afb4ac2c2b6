using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>Another process has the registrar's book open: two at once would sign one number twice.</summary>
public sealed class RegistrarBusyException(string folder) : IOException($"Another command is using the registrar's book in {folder}.");

/// <summary>
/// The registrar's tool: its key and its book, in a folder the hub cannot read. It hands out one-time codes, signs key records and
/// the numbered snapshot, and never talks to the hub itself: what it returns is published by whoever may reach the hub. One at a time: the book
/// is locked until this is disposed, which comes after the hub has what was signed. What the book holds already is not signed again: it is
/// returned as it was signed, so that any step can be repeated after a crash.
/// </summary>
public sealed class Registrar : IDisposable
{
    const string StateFile = "registrar.json";
    const string FirstKeyFile = "registrar.pem";
    const string LockFile = "registrar.lock";

    /// <summary>How long a key record holds unless it is revoked or replaced.</summary>
    static readonly TimeSpan keyLife = TimeSpan.FromDays(2 * 365);
    /// <summary>Ended records stay in the entry this long: signatures of their time are still judged.</summary>
    static readonly TimeSpan endedKept = TimeSpan.FromDays(400);

    readonly string folder;
    readonly Clocks clocks;
    readonly FileStream held;
    SigningKey key;
    RegistrarBook state;

    Registrar(string folder, FileStream held, SigningKey key, RegistrarBook state, Clocks clocks) =>
        (this.folder, this.held, this.key, this.state, this.clocks) = (folder, held, key, state, clocks);

    public string Hub => state.Hub;

    /// <summary>The public key that nodes and the hub pin.</summary>
    public Jwk Public => key.Public;

    public int Number => state.Number;

    /// <summary>Opens the folder, or makes it with a new key for this hub.</summary>
    /// <exception cref="InvalidDataException">The folder belongs to another hub, or cannot be read.</exception>
    /// <exception cref="RegistrarBusyException">Somebody else has it open.</exception>
    public static Registrar OpenOrCreate(string folder, string hub, Clocks clocks)
    {
        PrivateFile.CreateFolder(folder);
        var mine = PrivateFile.TryLock(Path.Combine(folder, LockFile)) ?? throw new RegistrarBusyException(folder);
        try
        {
            var file = Path.Combine(folder, StateFile);
            var book = File.Exists(file)
                ? RegistryJson.Read(File.ReadAllBytes(file), RegistryFiles.Default.RegistrarBook) ?? throw new InvalidDataException($"{file} cannot be read.")
                : new RegistrarBook(hub, 0, "", [], []);
            if (book.Hub != hub)
                throw new InvalidDataException($"{folder} is the registrar of {book.Hub}, not of {hub}.");
            var signing = book.Key is null
                ? SigningKey.LoadOrCreate(Path.Combine(folder, FirstKeyFile))
                : SigningKey.FromPem(File.ReadAllText(Path.Combine(folder, KeyFile(book.Key))));
            return new Registrar(folder, mine, signing, book, clocks);
        }
        catch
        {
            mine.Dispose();
            throw;
        }
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

    /// <summary>The same for many at once, with one snapshot for all that hold. One whose keys the book has signed already holds and changes nothing.</summary>
    /// <returns>The update to publish, or none where no enrolment held; the outcome of each stands at its place.</returns>
    public RegistryUpdate? AcceptAll(IReadOnlyList<Enrolment> enrolments, out IReadOnlyList<EnrolmentFailure> failures)
    {
        var (next, named, outcomes) = (state, new HashSet<string>(StringComparer.Ordinal), new List<EnrolmentFailure>());
        foreach (var enrolment in enrolments)
        {
            outcomes.Add(next.Judge(enrolment, clocks.Now, out var request, out var used));
            if (request is null)
                continue;
            named.Add(request.Party);
            if (next.HasSigned(request, clocks.Now))
                continue;
            next = next with
            {
                Codes = [.. next.Codes.Select(c => c == used ? c with { Used = true } : c)],
                Entries = WithKeys(next.Entries, request, revokeOld: used is not null),
            };
        }
        failures = outcomes;
        return named.Count == 0 ? null : next == state ? Again(named) : Publish(next, named);
    }

    /// <summary>Registers the hub's signing key.</summary>
    public RegistryUpdate AddHub(Jwk signing) => state.KeysOf(Hub).Any(k => k.Kid == PublicJwk.Kid(signing))
        ? Again([Hub])
        : Publish(state with { Entries = WithRecord(state.Entries, Hub, Roles.Hub, RegisteredKey.Signing, signing, clocks.Now) }, [Hub]);

    /// <summary>Signs a key's record anew with <c>revokedAt</c>.</summary>
    /// <exception cref="InvalidOperationException">No such key.</exception>
    public RegistryUpdate Revoke(string party, string kid)
    {
        var entry = state.Entries.FirstOrDefault(e => e.Party == party);
        if (entry is null || state.KeysOf(party).FirstOrDefault(k => k.Kid == kid) is not { } known)
            throw new InvalidOperationException($"{party} has no key {kid} in the registry.");
        if (known.RevokedAt is not null)
            return Again([party]);
        var revoked = entry with { Records = [.. entry.Records.Select(r => RegistrarBook.Read(r).Kid == kid ? Ended(r, revokedAt: clocks.Now) : r)] };
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
        // A crash from here to the book leaves a file that nothing names.
        PrivateFile.Write(Path.Combine(folder, KeyFile(made.Kid)), made.ToPem());
        var before = key;
        key = made;
        try
        {
            var update = Publish(state with
            {
                Key = made.Kid,
                Entries = entries.ConvertAll(e => e.Party == Party.Registrar ? e : e with { Records = [.. e.Records.Select(r => Ended(r))] }),
            }, [.. entries.Select(e => e.Party)]);
            before.Dispose();
            return update;
        }
        catch
        {
            key = before;
            made.Dispose();
            throw;
        }
    }

    /// <summary>Everything, for a hub that has nothing yet or missed something: all entries and the present snapshot.</summary>
    public RegistryUpdate Whole() => new([.. state.Entries.Select(Bytes)], state.Snapshot);

    /// <summary>What the hub lacks by the snapshot it serves: nothing, or the whole book after an update that never reached it.</summary>
    /// <param name="served">The hub's newest snapshot; absent before its first.</param>
    /// <exception cref="InvalidDataException">The hub has a snapshot that is not in this book: the book is an old copy, and would sign a number twice.</exception>
    public RegistryUpdate? Missing(string? served)
    {
        if ((served ?? "") == state.Snapshot)
            return null;
        var number = served is null ? 0
            : CompactJws.PeekPayload(served) is { } payload && RegistryJson.Read(payload, ContractsJson.Default.RegistrySnapshot) is { } snapshot ? snapshot.Number : int.MaxValue;
        return number < state.Number
            ? Whole()
            : throw new InvalidDataException($"The hub serves a snapshot that the book in {folder} does not know (number {number}, the book's is {state.Number}): this is an old copy of the book.");
    }

    public void Dispose()
    {
        key.Dispose();
        held.Dispose();
    }

    // After a rotation the old keys end once the overlap is over; after a new code (a lost disk) they end at once.
    List<RegistryEntry> WithKeys(IReadOnlyList<RegistryEntry> entries, EnrolmentRequest request, bool revokeOld)
    {
        var now = clocks.Now;
        var old = entries.FirstOrDefault(e => e.Party == request.Party);
        if (old is not null)
            entries = Replace(entries, old with
            {
                Records = [.. old.Records.Select(r => !RegistrarBook.Read(r).ValidAt(now) ? r : revokeOld ? Ended(r, revokedAt: now) : Ended(r, until: now + Limits.KeyOverlap))],
            });
        entries = WithRecord(entries, request.Party, Roles.County, RegisteredKey.Signing, request.Sig, now);
        return WithRecord(entries, request.Party, Roles.County, RegisteredKey.Encryption, request.Enc, now);
    }

    List<RegistryEntry> WithRecord(IReadOnlyList<RegistryEntry> entries, string party, string role, string use, Jwk jwk, DateTimeOffset now)
    {
        var record = RegistryWriter.Sign(key, new KeyRecord(Hub, party, role, use, Suites.P256, jwk, WireTime.Format(now), WireTime.Format(now + keyLife)));
        var old = entries.FirstOrDefault(e => e.Party == party)?.Records ?? [];
        return Replace(entries, new RegistryEntry(party, [.. old.Where(r => RegistrarBook.Read(r) is var k && (k.RevokedAt ?? k.Until) > now - endedKept), record]));
    }

    string Ended(string record, DateTimeOffset? until = null, DateTimeOffset? revokedAt = null)
    {
        var k = RegistrarBook.Read(record);
        var end = until is { } u && u < k.Until ? u : k.Until;
        return RegistryWriter.Sign(key, new KeyRecord(Hub, k.Party, k.Role, k.Use, Suites.P256, k.Jwk, WireTime.Format(k.From), WireTime.Format(end),
            (revokedAt ?? k.RevokedAt) is { } at ? WireTime.Format(at) : null));
    }

    static List<RegistryEntry> Replace(IReadOnlyList<RegistryEntry> entries, RegistryEntry entry) =>
        [.. entries.Where(e => e.Party != entry.Party).Append(entry).OrderBy(e => e.Party, StringComparer.Ordinal)];

    static string KeyFile(string kid) => $"registrar-{kid}.pem";

    static string Bytes(RegistryEntry entry) => B64u.Encode(RegistryWriter.EntryBytes(entry));

    RegistryUpdate Publish(RegistrarBook next, IReadOnlyCollection<string> changed)
    {
        var hashes = next.Entries.Select(e => MerkleTree.HashLeaf(RegistryWriter.EntryBytes(e))).ToArray();
        var snapshot = RegistryWriter.Sign(key, new RegistrySnapshot(Hub, next.Number + 1, hashes.Length, B64u.Encode(MerkleTree.Root(hashes)),
            WireTime.Format(clocks.Now)));
        Save(next with { Number = next.Number + 1, Snapshot = snapshot });
        return Again(changed);
    }

    // As it was signed, to the byte.
    RegistryUpdate Again(IReadOnlyCollection<string> parties) => new([.. state.Entries.Where(e => parties.Contains(e.Party)).Select(Bytes)], state.Snapshot);

    // Saved before it is handed out: a number, once signed, is never signed again over something else. A crash from here on is mended by
    // handing the whole book over again.
    void Save(RegistrarBook next)
    {
        PrivateFile.Write(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(next, RegistryFiles.Default.RegistrarBook));
        state = next;
    }
}
