using ExchangeHub.Contracts;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client.Members;

/// <summary>Follows the hub: registry and directory at the start, every ten minutes, and as soon as the hub says that they changed.</summary>
sealed class Following(string party, HubApi api, MemberRegistry registry, MemberDirectory directory, TimeProvider system, Action changed, ILogger log) : IDisposable
{
    static readonly TimeSpan every = TimeSpan.FromMinutes(10);
    static readonly TimeSpan retryFirst = TimeSpan.FromMilliseconds(500);
    // Somebody may wait for a county to be enrolled; one that works needs the hub less than the hub, coming back, needs its rest.
    static readonly TimeSpan retryMaxAtStart = TimeSpan.FromSeconds(5);
    static readonly TimeSpan retryMax = TimeSpan.FromSeconds(30);

    readonly Signal news = new();
    readonly SemaphoreSlim one = new(1, 1);
    bool toldTakes;
    bool upToDate;
    TimeSpan wait = retryFirst;

    /// <summary>The hub says that something changed: it is fetched without delay, beside the receiving.</summary>
    public void Wake() => news.Set();

    /// <summary>Fetches what is newer.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            await registry.RefreshAsync(ct);
            if (!toldTakes)
            {
                await api.PutTakesAsync([.. Kinds.Submitted.Values.SelectMany(k => k.Types)], ct);
                toldTakes = true;
            }
            await directory.RefreshAsync(ct);
        }
        finally
        {
            one.Release();
        }
        changed();
    }

    /// <summary>Looks once, or until there is something to work with: a county whose own keys and registry lie in its folder begins without the hub.</summary>
    public async Task BeginAsync(CancellationToken stop)
    {
        while (!await LookAsync(stop) && !registry.CanWork)
            await NextAsync(stop);
    }

    public async Task WatchAsync(CancellationToken stop)
    {
        while (true)
        {
            await NextAsync(stop);
            await LookAsync(stop);
        }
    }

    Task NextAsync(CancellationToken stop) => news.WaitAsync(upToDate ? every : wait, system, stop);

    async Task<bool> LookAsync(CancellationToken stop)
    {
        try
        {
            await RefreshAsync(stop);
            (upToDate, wait) = (true, retryFirst);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is not OutOfMemoryException)
        {
            log.RegistryWaits(party, e.Message, wait.TotalSeconds); // hub, store or folder away: the next look finds them
            (upToDate, wait) = (false, TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, (registry.CanWork ? retryMax : retryMaxAtStart).Ticks)));
        }
        return upToDate;
    }

    public void Dispose() => one.Dispose();
}
