using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>A world with a hub and three counties at the bare wire: 330106 (Hangzhou), 510104 (Chengdu), 420581 (Yidu).</summary>
public sealed class HubWorld : IAsyncDisposable
{
    readonly List<WebApplication> more = [];
    BrokerConnection? admin;

    HubWorld(World world, WireCounty asker, WireCounty receiver, WireCounty third) =>
        (World, Asker, Receiver, Third) = (world, asker, receiver, third);

    public World World { get; }
    public WireCounty Asker { get; }
    public WireCounty Receiver { get; }
    public WireCounty Third { get; }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<HubWorld> CreateAsync(TestServers servers, Action<WebApplicationBuilder>? hub = null, DateTimeOffset? startAt = null) =>
        CreateAsync(servers.Addresses, hub, startAt);

    public static async Task<HubWorld> CreateAsync(ServerAddresses servers, Action<WebApplicationBuilder>? hub = null, DateTimeOffset? startAt = null)
    {
        var options = new WorldOptions { Name = "hubtest", StartNode = false, ConfigureHub = hub };
        var world = await World.CreateAsync(servers, startAt is { } at ? options with { StartAt = at } : options, Stop);
        return new(world, await WireCounty.OpenAsync(world, "330106"), await WireCounty.OpenAsync(world, "510104"), await WireCounty.OpenAsync(world, "420581"));
    }

    public T Service<T>() where T : notnull => World.Hub.Services.GetRequiredService<T>();

    /// <summary>A second process of the same hub, as far as database and broker can tell.</summary>
    /// <param name="clocks">Default: the world's.</param>
    public async Task<WebApplication> StartAnotherHubAsync(Clocks? clocks = null)
    {
        var settings = (World.Installation with { HubUrl = new Uri($"http://127.0.0.1:{Ports.Free()}/") }).HubSettings(World.Servers);
        var app = HubApp.Build([.. settings.Select(s => $"--{s.Key}={s.Value}")], b => b.Services.AddSingleton(clocks ?? World.Clocks));
        await app.StartAsync(Stop);
        more.Add(app);
        return app;
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var database = NpgsqlDataSource.Create(World.Servers.Database(World.Installation.HubDatabase));
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(Stop))!;
    }

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var database = NpgsqlDataSource.Create(World.Servers.Database(World.Installation.HubDatabase));
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(Stop);
    }

    /// <summary>A channel of the broker's administrator in this world's virtual host.</summary>
    public async Task<RabbitMQ.Client.IChannel> AdminChannelAsync()
    {
        admin ??= new BrokerConnection(new UriBuilder(World.Servers.RabbitMq) { Path = "/" + Uri.EscapeDataString(World.Installation.VirtualHost) }.Uri, "test administrator");
        return await (await admin.OpenAsync(Stop)).CreateChannelAsync(cancellationToken: Stop);
    }

    /// <summary>Asks, and waits until the question is delivered and the hub knows it: a clock moved before that would make the delivery late.</summary>
    public async Task<Header> AskAsync()
    {
        var question = Asker.Ask(Receiver.Code);
        await Asker.SendAsync(question);
        await Receiver.DeliveryAsync(question.MessageId);
        await Eventually(() => ScalarAsync<bool>("select confirmed_at is not null from hub.deliveries where message_id = $1", question.MessageId));
        return question;
    }

    /// <summary>Waits until a look at the tables finds what must come about.</summary>
    public static async Task Eventually(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20), Clocks.Real.System);
        while (!await holds())
            await look.WaitForNextTickAsync(limit.Token);
    }

    public static DateTimeOffset Shanghai(int year, int month, int day, int hour = 0, int minute = 0) =>
        WireTime.At(new DateOnly(year, month, day), new TimeOnly(hour, minute));

    public async ValueTask DisposeAsync()
    {
        foreach (var app in more)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
        if (admin is not null)
            await admin.DisposeAsync();
        await Asker.DisposeAsync();
        await Receiver.DisposeAsync();
        await Third.DisposeAsync();
        await World.DisposeAsync();
    }
}

/// <summary>One hub for all tests of a class that speak only of their own exchanges.</summary>
public sealed class SharedHub(TestServers servers) : IAsyncLifetime
{
    HubWorld? world;

    public HubWorld World => world ?? throw new InvalidOperationException("The hub is not started.");

    public async ValueTask InitializeAsync() => world = await HubWorld.CreateAsync(servers);

    public async ValueTask DisposeAsync()
    {
        if (world is not null)
            await world.DisposeAsync();
    }
}
