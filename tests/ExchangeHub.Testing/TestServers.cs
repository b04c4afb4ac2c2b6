using ExchangeHub.Cli.Worlds;
using Xunit;

namespace ExchangeHub.Testing;

/// <summary>
/// One PostgreSQL and one RabbitMQ for all tests of an assembly. Tests make their own databases and virtual hosts on them.
/// Ends what it started: at the end, and also when the test process is killed (the containers' reaper, or the watcher of servers.sh).
/// </summary>
public sealed class TestServers : IAsyncLifetime
{
    IServerPair? pair;
    ServerAddresses? addresses;

    /// <summary>Where the servers answer, with administrators' credentials.</summary>
    public ServerAddresses Addresses => addresses ?? throw new InvalidOperationException("The servers are not started: use TestServers as an assembly fixture.");

    public async ValueTask InitializeAsync()
    {
        var existing = ServerAddresses.TryFromEnvironment(out var missing);
        pair = ServersChoice.Choose(variablesSet: 3 - missing.Count, ContainerPair.EngineAnswers) switch
        {
            ServersSource.Existing => new ExistingPair(existing!),
            ServersSource.Containers => new ContainerPair(),
            _ => new PrivatePair(),
        };
        addresses = await pair.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (pair is not null)
            await pair.DisposeAsync();
    }
}

/// <summary>A PostgreSQL and a RabbitMQ that live as long as this object.</summary>
public interface IServerPair : IAsyncDisposable
{
    Task<ServerAddresses> StartAsync();
}

sealed class ExistingPair(ServerAddresses addresses) : IServerPair
{
    public Task<ServerAddresses> StartAsync() => Task.FromResult(addresses);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
