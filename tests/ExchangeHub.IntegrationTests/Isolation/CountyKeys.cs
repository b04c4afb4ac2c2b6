using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;

namespace ExchangeHub.IntegrationTests.Isolation;

/// <summary>A county's real keys, in the hands of a program that does what a node would not.</summary>
public sealed class CountyKeys(World world, string county) : IDisposable
{
    readonly EncryptionKey encryption = EncryptionKey.FromPem(Pem(world, county, "enc"));

    public string Code => county;

    public SigningKey Signing { get; } = SigningKey.FromPem(Pem(world, county, "sig"));

    /// <summary>A header from this county, or from whom it claims to be.</summary>
    public Header Header(string kind, string to, Guid? exchangeId = null, string? from = null) =>
        new(1, world.Installation.HubId, Guid.NewGuid(), exchangeId ?? Guid.NewGuid(), kind, 1, from ?? county, to, world.Clocks.Now);

    /// <summary>A well-formed body, sealed to the receiver and signed with this county's key, whatever its header says.</summary>
    public byte[] Seal(Header header, CountyKeys receiver) => Sealer.Seal(header, header.Kind == Kinds.CertificateVerificationRequest
        ? Contents.Write(InventedPerson.Of(header.To, 1).Ask()) : Contents.Write(new NoteContent(null)), Signing, receiver.encryption.Public);

    public void Dispose()
    {
        Signing.Dispose();
        encryption.Dispose();
    }

    static string Pem(World world, string county, string use) =>
        File.ReadAllText(Directory.GetFiles(Path.Combine(world.Installation.CountiesFolder, county, "keys"), $"*.{use}.pem").Single());
}
