namespace ExchangeHub.Client.Jose;

/// <summary>Every signed thing has its own <c>typ</c>, so that a signature made for one purpose is worth nothing for another.</summary>
public static class TokenTypes
{
    /// <summary>A message of a county to a county, inside its sealing.</summary>
    public const string Message = "eh-message+jwt";
    /// <summary>The root of a batch, by the hub.</summary>
    public const string Root = "eh-root+jwt";
    /// <summary>A key record, by the registrar.</summary>
    public const string Key = "eh-key+jwt";
    /// <summary>A numbered snapshot of the registry, by the registrar.</summary>
    public const string Registry = "eh-registry+jwt";
    /// <summary>A request for enrolment, by the new key itself.</summary>
    public const string Enrol = "eh-enrol+jwt";
    /// <summary>A current key's word for a new one.</summary>
    public const string Endorse = "eh-endorse+jwt";
    /// <summary>A node's bearer token.</summary>
    public const string Http = "eh-http+jwt";

    /// <summary>The suite of this page: P-256 for signing and sealing, A256GCM, SHA-256.</summary>
    public const string Suite = "P256";
}
