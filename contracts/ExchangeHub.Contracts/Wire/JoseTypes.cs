namespace ExchangeHub.Contracts.Wire;

/// <summary>
/// The <c>typ</c> of every signed thing. A verifier compares it, so that a signature made for one purpose is worth
/// nothing for another.
/// </summary>
public static class JoseTypes
{
    /// <summary>A message's claims, inside the JWE; signed by the sending county.</summary>
    public const string Message = "eh-message+jwt";
    /// <summary>A batch's root; signed by the hub.</summary>
    public const string Root = "eh-root+jwt";
    /// <summary>A key record; signed by the registrar.</summary>
    public const string Key = "eh-key+jwt";
    /// <summary>The registry's snapshot; signed by the registrar.</summary>
    public const string Registry = "eh-registry+jwt";
    /// <summary>A request to enrol or rotate; signed by the new signing key.</summary>
    public const string Enrol = "eh-enrol+jwt";
    /// <summary>A current key's word for a rotation.</summary>
    public const string Endorse = "eh-endorse+jwt";
    /// <summary>A node's bearer token; signed by its signing key.</summary>
    public const string Http = "eh-http+jwt";
    /// <summary>The directory of counties; signed by the hub.</summary>
    public const string Directory = "eh-directory+jwt";

    public static IReadOnlyList<string> All { get; } = [Message, Root, Key, Registry, Enrol, Endorse, Http, Directory];
}

/// <summary>The algorithm suite of a key: exact headers and hash together. One so far.</summary>
public static class Suites
{
    /// <summary>ES256; ECDH-ES with A256GCM; SHA-256; curve P-256.</summary>
    public const string P256 = "P256";
}
