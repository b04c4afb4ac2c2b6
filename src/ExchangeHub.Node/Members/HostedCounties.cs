using System.Collections.Concurrent;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Incoming;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Node.Members;

/// <summary>One county of this node: its engine, with its own broker user and connection.</summary>
public sealed class HostedCounty(CountyFolder folder, Member member) : IAsyncDisposable
{
    public string Code => folder.Settings.Party;

    public Member Member => member;

    public async ValueTask DisposeAsync()
    {
        await member.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>
/// The counties of this process: one engine per folder of the key directory. A folder that appears later is picked up while running; its name is
/// the county's code. A county's trouble stops no other county.
/// </summary>
public sealed class HostedCounties(NpgsqlDataSource source, IOptions<NodeOptions> options, Clocks clocks, IncomingWork work, DurableWrite durable, IHttpClientFactory http,
    ILoggerFactory loggers) : BackgroundService
{
    /// <summary>Name of the HTTP client that talks to the hub.</summary>
    public const string HubClient = "hub";

    readonly ConcurrentDictionary<string, HostedCounty> running = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> toldUnreadable = new(StringComparer.Ordinal);
    readonly SemaphoreSlim looking = new(1, 1);
    readonly DirectoryCopies copies = new();
    readonly ILogger log = loggers.CreateLogger<HostedCounties>();

    /// <summary>The counties that run here, in code order.</summary>
    public IReadOnlyList<HostedCounty> All => [.. running.Values.OrderBy(c => c.Code, StringComparer.Ordinal)];

    public HostedCounty? Find(string county) => running.GetValueOrDefault(county);

    /// <summary>Looks through the key directory and starts what is new.</summary>
    /// <returns>How many counties joined now.</returns>
    public async Task<int> RefreshAsync(CancellationToken ct = default)
    {
        await looking.WaitAsync(ct);
        try
        {
            var directory = options.Value.KeyDirectory;
            if (!Directory.Exists(directory))
                return 0;
            var joined = 0;
            foreach (var path in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
                if (Path.GetFileName(path) is var name && Party.IsCounty(name) && !running.ContainsKey(name) && Start(path, name))
                    joined++;
            return joined;
        }
        finally
        {
            looking.Release();
        }
    }

    /// <summary>A node that listens has its counties: the first look comes before the first request.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await RefreshAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell(options.Value.KeyDirectory, e.GetType().Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.LookForCounties, clocks.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(running.Values.Select(c => c.DisposeAsync().AsTask()));
        running.Clear();
    }

    public override void Dispose()
    {
        looking.Dispose();
        base.Dispose();
    }

    bool Start(string path, string county)
    {
        CountyFolder? folder = null;
        try
        {
            folder = CountyFolder.Open(path);
            if (folder.Settings.Party != county)
                throw new InvalidDataException("it holds another county's keys");
            var client = http.CreateClient(HubClient);
            client.BaseAddress = new Uri(folder.Settings.Http.TrimEnd('/') + "/");
            var member = new Member(folder, new MemberStore(source, county, clocks, work, durable), clocks, client, loggers, copies);
            running[county] = new(folder, member);
            member.Start();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or UriFormatException)
        {
            // Perhaps it is being written just now: the next look tries again.
            Tell(path, e is InvalidDataException ? e.Message : e.GetType().Name);
            folder?.Dispose();
            return false;
        }
        toldUnreadable.TryRemove(path, out _);
        MemberLog.Joined(log, county);
        return true;
    }

    /// <summary>Says what is wrong with a folder once, not at every look.</summary>
    void Tell(string path, string reason)
    {
        if (!toldUnreadable.TryGetValue(path, out var told) || told != reason)
            MemberLog.FolderNotReadable(log, path, reason);
        toldUnreadable[path] = reason;
    }
}
