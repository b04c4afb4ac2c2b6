using System.Collections.Concurrent;
using Npgsql;

namespace ExchangeHub.Cli.Load;

/// <summary>Sees what an office would see: rows in the worklists and answers at the askers, read from the node's tables some times a second.</summary>
sealed class NodeWatch(NpgsqlDataSource node) : IAsyncDisposable
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    readonly ConcurrentDictionary<(string County, Guid Exchange), TaskCompletionSource> toAppear = new();
    readonly ConcurrentDictionary<(string County, Guid Exchange), TaskCompletionSource> toEnd = new();
    readonly CancellationTokenSource stopping = new();
    Task watching = Task.CompletedTask;

    public void Start() => watching = WatchAsync();

    /// <summary>Completes when the question stands in the receiver's worklist.</summary>
    public Task AppearedAsync(string receiver, Guid exchange) => toAppear.GetOrAdd((receiver, exchange), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Completes when the asker has the answer or the return.</summary>
    public Task EndedAsync(string asker, Guid exchange) => toEnd.GetOrAdd((asker, exchange), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(LookEvery);
            do
            {
                await LookAsync(toAppear, "e.side = 'Receiver' and e.owed");
                await LookAsync(toEnd, "e.side = 'Asker' and e.phase in ('Answered', 'Returned')");
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (NpgsqlException e)
        {
            foreach (var waiting in toAppear.Values.Concat(toEnd.Values))
                waiting.TrySetException(new InvalidOperationException("The node's database could not be read.", e));
        }
    }

    async Task LookAsync(ConcurrentDictionary<(string County, Guid Exchange), TaskCompletionSource> waiting, string condition)
    {
        if (waiting.IsEmpty)
            return;
        // Row by row by its key, as a page would: a look that reads whole tables would be the load itself.
        await using var command = node.CreateCommand($"""
            select w.county, w.id from unnest($1, $2) as w (county, id)
            cross join lateral (select from node.exchanges e where e.county = w.county and e.id = w.id and {condition} offset 0) as seen
            """);
        var keys = waiting.Keys.ToList();
        command.Parameters.Add(new() { Value = keys.Select(k => k.County).ToArray() });
        command.Parameters.Add(new() { Value = keys.Select(k => k.Exchange).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(stopping.Token);
        while (await rows.ReadAsync(stopping.Token))
            if (waiting.TryRemove((rows.GetString(0), rows.GetGuid(1)), out var seen))
                seen.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }
}
