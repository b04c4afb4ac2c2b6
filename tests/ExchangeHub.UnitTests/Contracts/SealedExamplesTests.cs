using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>What another language sealed, signed and proved, our code opens and verifies.</summary>
public sealed class SealedExamplesTests
{
    static readonly DateTimeOffset acceptedAt = new(2026, 11, 26, 2, 31, 0, TimeSpan.Zero);

    public static TheoryData<string> ValidSubmissions =>
        [.. ContractFiles.Examples.Where(e => e.Refusals is { Count: 0 } && !IsReport(e)).Select(e => e.File)];

    public static TheoryData<string> ValidReports =>
        [.. ContractFiles.Examples.Where(e => e.Refusals is { Count: 0 } && IsReport(e)).Select(e => e.File)];

    public static TheoryData<string> MalformedSeals => [.. ContractFiles.Examples.Where(e => e.SealRefusals is not null).Select(e => e.File)];

    public static TheoryData<string> UnreadableSeals => [.. ContractFiles.Examples.Where(e => e.OpenFails is not null && !IsReport(e)).Select(e => e.File)];

    public static TheoryData<string> WronglySigned => [.. ContractFiles.Examples.Where(e => e.OpenFails is not null && IsReport(e)).Select(e => e.File)];

    static bool IsReport(Example example) => Kinds.Submitted[Submission.Read(ContractFiles.Bytes(example.File), out _)!.Header.Kind].ToHub;

    [Theory]
    [MemberData(nameof(ValidSubmissions))]
    public void A_seal_from_another_language_opens_to_its_content(string file)
    {
        Open(file, out var opened).ShouldBe(OpenFailure.None);
        var expected = ContractFiles.Examples.Single(e => e.File == file).Content!.Value;
        using var content = JsonDocument.Parse(opened!.Content);
        JsonElement.DeepEquals(content.RootElement, expected).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(ValidReports))]
    public void A_report_from_another_language_is_read_by_the_hub_and_names_no_exchange(string file)
    {
        ReadSigned(file, out var read).ShouldBe(OpenFailure.None);
        using var content = JsonDocument.Parse(read!.Content);
        JsonElement.DeepEquals(content.RootElement, ContractFiles.Examples.Single(e => e.File == file).Content!.Value).ShouldBeTrue();
        var token = Submission.Read(ContractFiles.Bytes(file), out _)!.Sealed;
        using var claims = JsonDocument.Parse(Decoded(token.Split('.')[1]));
        claims.RootElement.EnumerateObject().Select(c => c.Name).ShouldBe(["iss", "aud", "jti", "iat", "hdr", "content", "pad"]);
        (Decoded(token.Split('.')[1]).Length % Limits.PadToBytes).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(WronglySigned))]
    public void A_report_that_is_signed_otherwise_is_refused_by_name(string file)
    {
        ReadSigned(file, out var read).ToString().ShouldBe(ContractFiles.Examples.Single(e => e.File == file).OpenFails);
        read.ShouldBeNull();
    }

    static OpenFailure ReadSigned(string file, out OpenedMessage? read)
    {
        var body = ContractFiles.Bytes(file);
        var report = Submission.Read(body, out _)!;
        using var document = JsonDocument.Parse(body);
        using var sender = SigningKey.FromPem(Pem($"{report.Header.From}.sig"));
        return Opener.TryReadSigned(document.RootElement.GetProperty("header"), report.Sealed, acceptedAt, k => k == sender.Kid ? Record(sender) : null, out read);
    }

    [Theory]
    [MemberData(nameof(MalformedSeals))]
    public void A_seal_in_another_form_is_seen_without_any_key(string file)
    {
        Submission.Read(ContractFiles.Bytes(file), out var refusals).ShouldNotBeNull();
        refusals.ShouldBeEmpty();
        SealedToken.TryReadKid(Submission.Read(ContractFiles.Bytes(file), out _)!.Sealed, out _).ShouldBeFalse();
        Open(file, out var opened).ShouldBe(OpenFailure.SealedMalformed);
        opened.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(UnreadableSeals))]
    public void What_the_hub_cannot_see_the_receiver_refuses_by_name(string file)
    {
        SealedToken.TryReadKid(Submission.Read(ContractFiles.Bytes(file), out _)!.Sealed, out _).ShouldBeTrue();
        Open(file, out var opened).ToString().ShouldBe(ContractFiles.Examples.Single(e => e.File == file).OpenFails);
        opened.ShouldBeNull();
    }

    static OpenFailure Open(string file, out OpenedMessage? opened)
    {
        var body = ContractFiles.Bytes(file);
        var submission = Submission.Read(body, out _)!;
        using var document = JsonDocument.Parse(body);
        using var receiver = EncryptionKey.FromPem(Pem($"{submission.Header.To}.enc"));
        using var sender = SigningKey.FromPem(Pem($"{submission.Header.From}.sig"));
        return Opener.TryOpen(document.RootElement.GetProperty("header"), submission.Sealed, acceptedAt,
            k => k == receiver.Kid ? receiver : null, k => k == sender.Kid ? Record(sender) : null, out opened);
    }

    [Fact]
    public void A_stamp_proves_its_leaf_under_the_hubs_signed_root()
    {
        foreach (var stamp in (Stamp[])[Read("hub/delivery.json", ContractsJson.Default.Delivery).Stamp,
            Read("hub/event.json", ContractsJson.Default.Delivery).Stamp, .. Read("hub/receipts-page.json", ContractsJson.Default.ReceiptsPage).Items])
        {
            using var hub = SigningKey.FromPem(Pem("hub"));
            CompactJws.TryVerify(stamp.Root, JoseTypes.Root, k => k == hub.Kid ? hub.Public : null, out var verified).ShouldBeTrue();
            var root = JsonSerializer.Deserialize(verified.Payload, ContractsJson.Default.BatchRoot)!;
            Proves(stamp.Leaf, stamp.Index, root.Size, stamp.Path, root.Root).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_delivered_body_hashes_to_the_digest_in_its_stamp_and_the_receipt_is_the_same_leaf()
    {
        var delivery = Read("hub/delivery.json", ContractsJson.Default.Delivery);
        var receipts = Read("hub/receipts.json", ContractsJson.Default.ReceiptsMessage);
        B64u.TryDecode(delivery.Stamp.Leaf, out var leaf).ShouldBeTrue();
        Statement.Read(leaf).ShouldBeOfType<AcceptedStatement>().Digest.ShouldBe(B64u.Hash(Encoding.ASCII.GetBytes(delivery.Body!)));
        receipts.Receipts.Single().Leaf.ShouldBe(delivery.Stamp.Leaf);
    }

    [Fact]
    public void An_entry_stands_in_the_snapshot_that_the_registrar_signed()
    {
        using var registrar = SigningKey.FromPem(Pem("registrar"));
        var view = Read("registry/view.json", ContractsJson.Default.RegistryView);
        var entry = Read("registry/entry-view.json", ContractsJson.Default.EntryView);
        CompactJws.TryVerify(view.Snapshot, JoseTypes.Registry, k => k == registrar.Kid ? registrar.Public : null, out var verified).ShouldBeTrue();
        var snapshot = JsonSerializer.Deserialize(verified.Payload, ContractsJson.Default.RegistrySnapshot)!;
        entry.Root.ShouldBe(view.Snapshot);
        Proves(entry.Leaf, entry.Index, snapshot.Size, entry.Path, snapshot.Root).ShouldBeTrue();
        B64u.Encode(MerkleTree.Root([.. view.Leaves.Select(Decoded)])).ShouldBe(snapshot.Root);
        var records = JsonSerializer.Deserialize(Decoded(entry.Leaf), ContractsJson.Default.RegistryEntry)!.Records;
        foreach (var record in records)
            CompactJws.TryVerify(record, JoseTypes.Key, k => k == registrar.Kid ? registrar.Public : null, out _).ShouldBeTrue();
    }

    [Fact]
    public void An_enrolment_carries_the_codes_mac_over_the_request()
    {
        var invitation = Read("enrolment/invitation.json", ContractsJson.Default.EnrolmentInvitation);
        var enrolment = Read("enrolment/post.json", ContractsJson.Default.Enrolment);
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(invitation.Code), Encoding.ASCII.GetBytes(enrolment.Request));
        B64u.Encode(mac).ShouldBe(enrolment.Mac);
        using var key = SigningKey.FromPem(Pem("330109.sig"));
        CompactJws.TryVerify(enrolment.Request, JoseTypes.Enrol, k => k == key.Kid ? key.Public : null, out _).ShouldBeTrue();
        CompactJws.TryVerify(enrolment.Request, JoseTypes.Http, k => k == key.Kid ? key.Public : null, out _).ShouldBeFalse();
    }

    static bool Proves(string leaf, int index, int size, IReadOnlyList<string> path, string root) =>
        MerkleTree.Verify(MerkleTree.HashLeaf(Decoded(leaf)), index, size, [.. path.Select(Decoded)], Decoded(root));

    static byte[] Decoded(string text) => B64u.TryDecode(text, out var bytes) ? bytes : throw new FormatException();

    static T Read<T>(string example, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(ContractFiles.Bytes(example), type)!;

    static RegisteredKey Record(SigningKey key) => new("330109", Roles.County, RegisteredKey.Signing, key.Public, key.Kid,
        acceptedAt.AddYears(-1), acceptedAt.AddYears(1), null, "");

    static string Pem(string name)
    {
        using var jwk = JsonDocument.Parse(ContractFiles.Bytes($"keys/{name}.json"));
        byte[] Member(string member) => Decoded(jwk.RootElement.GetProperty(member).GetString()!);
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Member("d"),
            Q = new() { X = Member("x"), Y = Member("y") },
        });
        return key.ExportPkcs8PrivateKeyPem();
    }
}
