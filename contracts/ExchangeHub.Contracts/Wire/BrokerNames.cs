namespace ExchangeHub.Contracts.Wire;

/// <summary>Exchanges and queues of the wire, as they are named in every hub's virtual host.</summary>
public static class BrokerNames
{
    /// <summary>Topic exchange that nodes publish to; routing key <c>kind.vN.from</c>.</summary>
    public const string Submit = "hub.submit";
    /// <summary>Quorum queue of the hub, bound to <see cref="Submit"/> with <c>#</c>.</summary>
    public const string Intake = "hub.intake";
    /// <summary>Direct exchange that the hub publishes to; routing key is the county's code.</summary>
    public const string Deliver = "node.deliver";
    /// <summary>Fanout exchange of dead letters, and the quorum queue behind it, which the hub reads.</summary>
    public const string Dead = "hub.dead";

    /// <summary>A county's own quorum queue, bound to <see cref="Deliver"/>.</summary>
    public static string QueueOf(string county) => $"node.{county}";

    /// <summary><c>kind.vN.from</c>, compared whole by the hub.</summary>
    public static string RoutingKey(string kind, int version, string from) => $"{Kinds.TypeOf(kind, version)}.{from}";
}
