using ExchangeHub.Client;
using ExchangeHub.IntegrationTests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>A hub whose next durable write of a name fails on demand.</summary>
public sealed class FaultyHub(TestServers servers) : IAsyncLifetime
{
    HubWorld? world;

    public HubWorld World => world ?? throw new InvalidOperationException("The hub is not started.");

    public FaultyWrite Write { get; } = new();

    public async ValueTask InitializeAsync() => world = await HubWorld.CreateAsync(servers, b => b.Services.AddSingleton<DurableWrite>(Write));

    public async ValueTask DisposeAsync()
    {
        if (world is not null)
            await world.DisposeAsync();
    }
}
