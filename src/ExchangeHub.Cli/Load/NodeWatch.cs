using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Cli.Load;

/// <summary>Sees what an office would see: rows in the worklists and answers at the askers, read from the node's tables every few milliseconds.</summary>
sealed class NodeWatch(NpgsqlDataSource node) : IAsyncDisposable
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    readonly ConcurrentDictionary<Guid, TaskCompletionSource> toAppear = new();
    readonly ConcurrentDictionary<Guid, TaskCompletionSource> toEnd = new();
    readonly CancellationTokenSource stopping = new();
    Task watching = Task.CompletedTask;

    public void Start() => watching = WatchAsync();

    /// <summary>Completes when the question stands in the receiver's worklist.</summary>
    public Task AppearedAsync(Guid exchange) => toAppear.GetOrAdd(exchange, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Completes when the asker has the answer or the return.</summary>
    public Task EndedAsync(Guid exchange) => toEnd.GetOrAdd(exchange, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(LookEvery);
            do
            {
                await LookAsync(toAppear, "side = 'Receiver' and owed");
                await LookAsync(toEnd, "side = 'Asker' and phase in ('Answered', 'Returned')");
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

    async Task LookAsync(ConcurrentDictionary<Guid, TaskCompletionSource> waiting, string condition)
    {
        if (waiting.IsEmpty)
            return;
        await using var command = node.CreateCommand($"select id from node.exchanges where id = any($1) and {condition}");
        command.Parameters.Add(new() { Value = waiting.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var rows = await command.ExecuteReaderAsync(stopping.Token);
        while (await rows.ReadAsync(stopping.Token))
            if (waiting.TryRemove(rows.GetGuid(0), out var seen))
                seen.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }
}
