namespace ExchangeHub.Node;

/// <summary>Configuration section <c>Node</c>.</summary>
public sealed class NodeOptions
{
    public const string Section = "Node";

    /// <summary>Npgsql connection string of the node's own database.</summary>
    public string Database { get; set; } = "";

    /// <summary>One folder per county, named by its code: settings, keys, pinned registry state. Readable by the node's user alone.</summary>
    public string KeyDirectory { get; set; } = "";

    /// <summary>Whether business time is the hub's (system time plus an offset learnt from <c>GET /time</c>): for a demonstration whose hub runs
    /// on another date. Off in production: there both clocks are the system's.</summary>
    public bool FollowHubClock { get; set; }

    /// <summary>How often, in system time, the key directory is looked through for new counties.</summary>
    public TimeSpan LookForCounties { get; set; } = TimeSpan.FromSeconds(5);
}
