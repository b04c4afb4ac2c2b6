using System.Security.Cryptography;
using ExchangeHub.Contracts;

namespace ExchangeHub.Client.Jose;

/// <summary>A private P-256 key for signatures. Parsed once, used from any thread.</summary>
public sealed class SigningKey : IDisposable
{
    readonly ECDsa key;

    SigningKey(ECDsa key)
    {
        this.key = key;
        Public = PublicJwk.Of(key.ExportParameters(false));
        Kid = PublicJwk.Kid(Public);
    }

    public Jwk Public { get; }

    public string Kid { get; }

    internal ECDsa Key => key;

    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PKCS#8 PEM.</summary>
    /// <exception cref="CryptographicException">No P-256 private key.</exception>
    public static SigningKey FromPem(string pem) => new(Pem.Import(ECDsa.Create(), pem));

    /// <summary>Loads the key from a file, or makes it there (mode 0600) where none is.</summary>
    public static SigningKey LoadOrCreate(string path)
    {
        if (File.Exists(path))
            return FromPem(File.ReadAllText(path));
        var made = Create();
        PrivateFile.Write(path, made.ToPem());
        return made;
    }

    public string ToPem() => key.ExportPkcs8PrivateKeyPem();

    public void Dispose() => key.Dispose();
}

/// <summary>A private P-256 key that opens what was sealed to it.</summary>
public sealed class EncryptionKey : IDisposable
{
    readonly ECDiffieHellman key;

    EncryptionKey(ECDiffieHellman key)
    {
        this.key = key;
        Public = PublicJwk.Of(key.ExportParameters(false));
        Kid = PublicJwk.Kid(Public);
    }

    public Jwk Public { get; }

    public string Kid { get; }

    internal ECDiffieHellman Key => key;

    public static EncryptionKey Create() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PKCS#8 PEM.</summary>
    /// <exception cref="CryptographicException">No P-256 private key.</exception>
    public static EncryptionKey FromPem(string pem) => new(Pem.Import(ECDiffieHellman.Create(), pem));

    public string ToPem() => key.ExportPkcs8PrivateKeyPem();

    public void Dispose() => key.Dispose();
}

static class Pem
{
    public static T Import<T>(T key, string pem) where T : ECAlgorithm
    {
        key.ImportFromPem(pem);
        if (key.KeySize != 256 || key.ExportParameters(false).Curve.Oid.Value != "1.2.840.10045.3.1.7")
            throw new CryptographicException("The key is not on the curve P-256.");
        return key;
    }
}
