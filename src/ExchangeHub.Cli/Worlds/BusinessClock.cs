using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Worlds;

/// <summary>The business clock of a running hub: in production the system's, in a demonstration another date.</summary>
public static class BusinessClock
{
    /// <summary>Asks the hub; a tool that signs keys or stamps for it must use its time.</summary>
    /// <exception cref="HttpRequestException">The hub does not answer.</exception>
    public static Task<Clocks> OfAsync(Installation installation, CancellationToken cancel = default) => OfAsync(installation.HubUrl, installation.HubId, cancel);

    /// <inheritdoc cref="OfAsync(Installation, CancellationToken)"/>
    public static async Task<Clocks> OfAsync(Uri hub, string hubId, CancellationToken cancel = default)
    {
        using var http = new HttpClient { BaseAddress = hub };
        var hubNow = await new HubApi(http, hubId, Party.Registrar, () => null, Clocks.Real).GetTimeAsync(cancel);
        return new Clocks(new Offset(hubNow - TimeProvider.System.GetUtcNow()), TimeProvider.System);
    }

    /// <summary>The system's time moved by a fixed offset.</summary>
    sealed class Offset(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
