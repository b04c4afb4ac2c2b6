using System.Security.Cryptography;
using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>
/// One county's folder: <c>county.json</c>, its private keys (<c>keys/KID.sig.pem</c>, <c>keys/KID.enc.pem</c>, mode 0600) and
/// <c>registry.json</c>, the registry as it last saw it, with <c>registry.fetched</c>, the entries asked for since, and <c>directory.jws</c>. Who reads this
/// folder can read and write in the county's name. Keys that another process makes here (a rotation) are found while this one runs.
/// </summary>
public sealed class CountyFolder : IDisposable
{
    const string SettingsFile = "county.json";
    const string RingFile = "registry.json";
    const string FetchedFile = "registry.fetched";
    const string DirectoryFile = "directory.jws";
    const string NewestFile = "newest";
    const string SigningFile = ".sig.pem";
    const string EncryptionFile = ".enc.pem";

    readonly Dictionary<string, SigningKey> signing = new(StringComparer.Ordinal);
    readonly Dictionary<string, EncryptionKey> encryption = new(StringComparer.Ordinal);
    readonly Lock sync = new();

    CountyFolder(string path, CountySettings settings) => (Path, Settings) = (path, settings);

    public string Path { get; }

    public CountySettings Settings { get; }

    string Keys => System.IO.Path.Combine(Path, "keys");

    /// <summary>Opens a folder made by <see cref="Create"/>.</summary>
    /// <exception cref="InvalidDataException">No readable <c>county.json</c> or a key that is none.</exception>
    public static CountyFolder Open(string path)
    {
        var file = System.IO.Path.Combine(path, SettingsFile);
        try
        {
            var settings = JsonSerializer.Deserialize(File.ReadAllBytes(file), RegistryFiles.Default.CountySettings);
            if (settings is null || !Party.IsCounty(settings.Party) || !Party.IsHub(settings.Hub) || !PublicJwk.HasForm(settings.Registrar))
                throw new InvalidDataException($"{file} is not a county's settings.");
            var folder = new CountyFolder(path, settings);
            folder.LoadKeys();
            return folder;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException or CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not a county's folder: {e.GetType().Name}.", e);
        }
    }

    /// <summary>Makes a county's folder from the registrar's invitation and the broker password that came the same way. Keys are made at <see cref="Enrol"/>.</summary>
    public static CountyFolder Create(string path, EnrolmentInvitation invitation, string brokerPassword)
    {
        PrivateFile.CreateFolder(path);
        var settings = new CountySettings(invitation.Hub, invitation.Party, invitation.Registrar, invitation.Http, invitation.Amqp, brokerPassword);
        PrivateFile.Write(System.IO.Path.Combine(path, SettingsFile), JsonSerializer.SerializeToUtf8Bytes(settings, RegistryFiles.Default.CountySettings));
        return Open(path);
    }

    /// <summary>
    /// The enrolment to post: two new keys, signed by the new signing key, with the code's MAC so that a hub in between can put no
    /// other keys there. Asked again before it was answered, it uses the same keys.
    /// </summary>
    public Enrolment Enrol(string code, DateTimeOffset now)
    {
        var (sig, enc) = Newest() ?? MakeKeys();
        var request = Request(sig, enc, now);
        return new Enrolment(request, EnrolmentCode.Mac(code, request));
    }

    /// <summary>The same with new keys, endorsed by a current signing key. Keys that were made before and never reached the registry are used again.</summary>
    public Enrolment Rotate(SigningKey current, KeyRing ring, DateTimeOffset now)
    {
        var (sig, enc) = Newest() is { } unanswered && ring.SigningKey(Settings.Party, unanswered.Sig.Kid) is null ? unanswered : MakeKeys();
        var request = Request(sig, enc, now);
        return new Enrolment(request, Mac: null, Endorsement.Sign(current, request));
    }

    /// <summary>The key to sign with at an instant: of the own valid records the one with the latest <c>from</c> whose private key is here.</summary>
    public SigningKey? SigningKeyAt(KeyRing ring, DateTimeOffset at) =>
        ring.KeysOf(Settings.Party).Where(k => k.Use == RegisteredKey.Signing && k.ValidAt(at)).OrderByDescending(k => k.From)
            .Select(k => SigningKeyOf(k.Kid)).FirstOrDefault(k => k is not null);

    public EncryptionKey? EncryptionKeyOf(string kid) => Find(encryption, kid, EncryptionFile, EncryptionKey.FromPem);

    /// <summary>
    /// Whether the own entry holds a valid key of each use and no key, valid now or later, that is not ours. Otherwise somebody
    /// answers in our name, or will: nothing is sealed.
    /// </summary>
    public bool OwnEntryHolds(KeyRing ring, DateTimeOffset at)
    {
        var records = ring.KeysOf(Settings.Party).Where(k => k.Until > at && (k.RevokedAt is null || k.RevokedAt > at)).ToList();
        return records.TrueForAll(k => k.Use == RegisteredKey.Signing ? SigningKeyOf(k.Kid) is not null : EncryptionKeyOf(k.Kid) is not null)
            && records.Exists(k => k.Use == RegisteredKey.Signing && k.ValidAt(at))
            && records.Exists(k => k.Use == RegisteredKey.Encryption && k.ValidAt(at));
    }

    /// <summary>The registry as it was last saved, verified anew from the pinned registrar on; empty where nothing holds.</summary>
    internal (KeyRing Ring, bool Fraud) LoadRing()
    {
        var empty = KeyRing.Pinned(Settings.Hub, Settings.Registrar);
        var file = System.IO.Path.Combine(Path, RingFile);
        if (!File.Exists(file) || RegistryJson.Read(File.ReadAllBytes(file), RegistryFiles.Default.StoredRing) is not { } stored)
            return (empty, false);
        // The file lies in the county's own folder: registrars that a pinned one signed were checked before they were written.
        var ring = KeyRing.Pinned(Settings.Hub, [Settings.Registrar, .. stored.Registrars]).Accept(stored.View).Ring;
        var fetched = System.IO.Path.Combine(Path, FetchedFile);
        IEnumerable<string> entries = File.Exists(fetched) ? [.. stored.Entries, .. File.ReadAllLines(fetched)] : stored.Entries;
        return (entries.Aggregate(ring, (r, entry) => r.AcceptHeld(entry)), stored.Fraud);
    }

    internal void SaveRing(KeyRing ring, bool fraud)
    {
        var stored = new StoredRing([.. ring.Registrars], ring.View(), ring.Entries(), fraud);
        PrivateFile.Write(System.IO.Path.Combine(Path, RingFile), JsonSerializer.SerializeToUtf8Bytes(stored, RegistryFiles.Default.StoredRing));
        File.Delete(System.IO.Path.Combine(Path, FetchedFile));
    }

    internal string? LoadDirectory()
    {
        var file = System.IO.Path.Combine(Path, DirectoryFile);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }

    internal void SaveDirectory(string token) => PrivateFile.Write(System.IO.Path.Combine(Path, DirectoryFile), System.Text.Encoding.ASCII.GetBytes(token));

    /// <summary>Keeps an entry that was fetched since the ring was saved, for the price of one line: the whole ring of a large network is megabytes.
    /// Not forced to the disk, and each line stands by itself: what a fallen machine or a full disk leaves out is fetched again.</summary>
    internal void KeepFetched(string entry)
    {
        try
        {
            File.AppendAllText(System.IO.Path.Combine(Path, FetchedFile), "\n" + entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in memory: sealing goes on.
        }
    }

    public void Dispose()
    {
        foreach (var key in signing.Values)
            key.Dispose();
        foreach (var key in encryption.Values)
            key.Dispose();
    }

    string Request(SigningKey sig, EncryptionKey enc, DateTimeOffset now) => CompactJws.Sign(sig, JoseTypes.Enrol,
        JsonSerializer.SerializeToUtf8Bytes(new EnrolmentRequest(Settings.Hub, Settings.Party, Suites.P256, sig.Public, enc.Public, WireTime.Format(now)),
            ContractsJson.Default.EnrolmentRequest));

    (SigningKey Sig, EncryptionKey Enc) MakeKeys()
    {
        PrivateFile.CreateFolder(Keys);
        var (sig, enc) = (SigningKey.Create(), EncryptionKey.Create());
        PrivateFile.Write(KeyFile(sig.Kid, SigningFile), sig.ToPem());
        PrivateFile.Write(KeyFile(enc.Kid, EncryptionFile), enc.ToPem());
        PrivateFile.Write(System.IO.Path.Combine(Keys, NewestFile), $"{sig.Kid}\n{enc.Kid}\n");
        lock (sync)
            (signing[sig.Kid], encryption[enc.Kid]) = (sig, enc);
        return (sig, enc);
    }

    (SigningKey Sig, EncryptionKey Enc)? Newest()
    {
        var file = System.IO.Path.Combine(Keys, NewestFile);
        return File.Exists(file) && File.ReadAllLines(file) is [var sig, var enc, ..] && SigningKeyOf(sig) is { } s && EncryptionKeyOf(enc) is { } e ? (s, e) : null;
    }

    SigningKey? SigningKeyOf(string kid) => Find(signing, kid, SigningFile, SigningKey.FromPem);

    // Another process may have made it since we looked. The kid may come from a stranger: only the form of a thumbprint names a file.
    T? Find<T>(Dictionary<string, T> known, string kid, string ending, Func<string, T> read) where T : class
    {
        lock (sync)
        {
            if (known.TryGetValue(kid, out var key))
                return key;
            try
            {
                return B64u.IsHash(kid) && File.Exists(KeyFile(kid, ending)) ? known[kid] = read(File.ReadAllText(KeyFile(kid, ending))) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                return null; // as good as not here: what needs it says so
            }
        }
    }

    string KeyFile(string kid, string ending) => System.IO.Path.Combine(Keys, kid + ending);

    void LoadKeys()
    {
        if (!Directory.Exists(Keys))
            return;
        foreach (var file in Directory.EnumerateFiles(Keys, "*" + SigningFile))
        {
            var key = SigningKey.FromPem(File.ReadAllText(file));
            signing[key.Kid] = key;
        }
        foreach (var file in Directory.EnumerateFiles(Keys, "*" + EncryptionFile))
        {
            var key = EncryptionKey.FromPem(File.ReadAllText(file));
            encryption[key.Kid] = key;
        }
    }
}
