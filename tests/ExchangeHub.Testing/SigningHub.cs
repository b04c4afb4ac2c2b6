using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Testing;

/// <summary>
/// A hub's hand and its registrar's, for tests of the other side: real keys, real records, real stamps over any statements.
/// What is to be wrong, the test breaks itself.
/// </summary>
public sealed class SigningHub : IDisposable
{
    public const string Id = "hub.test";

    readonly string folder;
    SigningKey key = SigningKey.Create();

    public SigningHub(Clocks clocks)
    {
        Clocks = clocks;
        folder = System.IO.Directory.CreateTempSubdirectory("exchangehub-signing").FullName;
        Registrar = Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Id, clocks);
        Ring = KeyRing.Pinned(Id, Registrar.Public);
        Publish(Registrar.AddHub(key.Public));
    }

    public Clocks Clocks { get; }

    public Registrar Registrar { get; }

    /// <summary>The registry as this hub serves it.</summary>
    public KeyRing Ring { get; set; }

    public void Publish(RegistryUpdate? update)
    {
        var change = Ring.Accept(update ?? throw new InvalidOperationException("The registrar signed nothing."));
        Ring = change.Ok ? change.Ring : throw new InvalidOperationException($"The ring says {change.Verdict}.");
    }

    /// <summary>A county's folder with keys that the registrar has signed.</summary>
    public CountyFolder Enrol(string party, string http = "http://127.0.0.1:1", string amqp = "amqp://127.0.0.1:1/none", string password = "none")
    {
        var invitation = Registrar.Invite(party, http, amqp);
        var county = CountyFolder.Create(Path.Combine(folder, $"{party}-{Guid.NewGuid():N}"), invitation, password);
        Publish(Registrar.Accept(county.Enrol(invitation.Code, Clocks.Now), out _));
        return county;
    }

    /// <summary>From now on signs with a new key, which the registrar has signed.</summary>
    public void ChangeKey()
    {
        key = SigningKey.Create();
        Publish(Registrar.AddHub(key.Public));
    }

    /// <summary>
    /// What a faithless registrar could do: the same number signed again over other leaves. Made from a copy of its book, led
    /// elsewhere until it reaches the number.
    /// </summary>
    public RegistryView SignAgain(int number)
    {
        var copy = Path.Combine(folder, $"copy-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory(copy);
        File.Copy(Path.Combine(folder, "registrar", "registrar.pem"), Path.Combine(copy, "registrar.pem"));
        using var twin = Registrar.OpenOrCreate(copy, Id, Clocks);
        using var other = SigningKey.Create();
        var update = twin.AddHub(other.Public);
        while (twin.Number < number)
            update = twin.Reissue();
        return KeyRing.Pinned(Id, twin.Public).Accept(new RegistryUpdate(twin.Whole().Entries, update.Snapshot)).Ring.View();
    }

    /// <summary>A batch of these statements: one stamp each.</summary>
    public IReadOnlyList<Stamp> Stamp(params IReadOnlyList<Statement> statements)
    {
        var leaves = statements.Select(s => s.Write()).ToList();
        var tree = MerkleTree.Of([.. leaves.Select(l => MerkleTree.HashLeaf(l))]);
        var root = CompactJws.Sign(key, JoseTypes.Root, JsonSerializer.SerializeToUtf8Bytes(
            new BatchRoot(Id, 1, Guid.NewGuid(), leaves.Count, B64u.Encode(tree.RootHash), WireTime.Format(Clocks.Now)), ContractsJson.Default.BatchRoot));
        return [.. leaves.Select((leaf, i) => new Stamp(B64u.Encode(leaf), i, [.. tree.PathOf(i).Select(h => B64u.Encode(h))], root))];
    }

    /// <summary>A directory of these counties, signed as <c>GET /directory</c> answers it.</summary>
    /// <param name="by">Default: this hub's key.</param>
    public string Directory(int version, IReadOnlyList<DirectoryCounty>? counties = null, int epoch = 1, SigningKey? by = null, string typ = JoseTypes.Directory) =>
        CompactJws.Sign(by ?? key, typ, JsonSerializer.SerializeToUtf8Bytes(
            new CountyDirectory(Id, epoch, version, WireTime.Format(Clocks.Now), Ring.Number, counties ?? [], [], []), ContractsJson.Compact.CountyDirectory));

    /// <summary>The statement of acceptance of a body, as it stands.</summary>
    public AcceptedStatement Accept(byte[] body, int seq)
    {
        var header = (Submission.Read(body, out _) ?? throw new ArgumentException("Not a submission.", nameof(body))).Header;
        return new AcceptedStatement(Id, header.From, header.To, header.MessageId, header.ExchangeId, header.Kind, header.Version, B64u.Hash(body), seq, seq, Clocks.Now)
        {
            Test = header.Test,
        };
    }

    public void Dispose()
    {
        key.Dispose();
        Registrar.Dispose();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
