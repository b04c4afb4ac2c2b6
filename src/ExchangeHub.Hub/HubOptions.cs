using System.ComponentModel.DataAnnotations;

namespace ExchangeHub.Hub;

/// <summary>Where this hub finds its servers and keys; section <c>Hub</c> of the configuration (environment: <c>Hub__Database</c>).</summary>
public sealed class HubOptions
{
    public const string Section = "Hub";

    /// <summary>The hub's party id, <c>hub.</c> and 1 to 32 of <c>a-z0-9-</c>. Signed into every root.</summary>
    [Required] public string Id { get; set; } = "";

    /// <summary>Npgsql connection string of the hub's own database; the schema is applied by <see cref="Schema.HubSchema.ApplyAsync"/>, never at start.</summary>
    [Required] public string Database { get; set; } = "";

    /// <summary>AMQP URI with user, password and virtual host of the hub's own broker user.</summary>
    [Required] public string Broker { get; set; } = "";

    /// <summary>The hub's signing key in <see cref="KeyDirectory"/>, PKCS#8 PEM.</summary>
    public const string KeyFile = "hub.pem";

    /// <summary>The hub's signing key lies here; only the hub's operating-system user may read it.</summary>
    [Required] public string KeyDirectory { get; set; } = "";

    /// <summary>File with the registrar's public key (JWK): the only one that may change the registry.</summary>
    [Required] public string RegistrarKey { get; set; } = "";

    /// <summary>The business clock is the system's plus the offset stored in <c>hub.clock</c>; for demonstrations only.</summary>
    public bool DemoClock { get; set; }
}
