using ExchangeHub.Client;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts.Wire;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Node.Members;

/// <summary>Keeps the business clock on the hub's: once before anything else starts, then every few seconds of system time.</summary>
sealed class HubClockFollower(HubClock clock, Clocks clocks, NpgsqlDataSource source, IOptions<NodeOptions> options, IHttpClientFactory http,
    ILogger<HubClockFollower> log) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(5);
    string? told;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await clock.LoadAsync(source, cancellationToken);
        await RunOnceAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Asks the hub once; where it is away, the clock goes on from what it knows.</summary>
    public async Task RunOnceAsync(CancellationToken ct)
    {
        if (HubAddress() is not { } folder)
            return;
        try
        {
            using var client = http.CreateClient(HostedCounties.HubClient);
            client.BaseAddress = new Uri(folder.Settings.Http.TrimEnd('/') + "/");
            var api = new HubApi(client, folder.Settings.Hub, folder.Settings.Party, () => null, clocks);
            await clock.LearnAsync(source, await api.GetTimeAsync(ct), ct);
            told = null;
        }
        catch (Exception e) when (e is HttpRequestException or HubApiException or NpgsqlException)
        {
            if (told != e.GetType().Name)
                MemberLog.ClockNotRead(log, told = e.GetType().Name);
        }
        finally
        {
            folder.Dispose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clocks.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RunOnceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Any county's folder says where the hub is.</summary>
    CountyFolder? HubAddress()
    {
        if (!Directory.Exists(options.Value.KeyDirectory))
            return null;
        foreach (var path in Directory.EnumerateDirectories(options.Value.KeyDirectory).Where(p => Party.IsCounty(Path.GetFileName(p))))
            try
            {
                return CountyFolder.Open(path);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                // Told by the counties' own start.
            }
        return null;
    }
}
