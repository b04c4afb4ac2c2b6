using System.Collections.Concurrent;
using ExchangeHub.Client;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>Lets the next write of a name fail, before or after it was done, or wait.</summary>
public sealed class FaultyWrite : DurableWrite
{
    readonly ConcurrentDictionary<string, Func<Func<Task>, Task>> next = new(StringComparer.Ordinal);

    /// <summary>The next write fails.</summary>
    /// <param name="done">It was done all the same.</param>
    /// <returns>Completes when that happened.</returns>
    public Task Next(string name, bool done)
    {
        var happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        next[name] = async write =>
        {
            if (done)
                await write();
            happened.TrySetResult();
            throw new IOException($"{name} is said to have failed.");
        };
        return happened.Task;
    }

    /// <summary>Every write of the name fails, whoever does it.</summary>
    /// <returns>Ends it.</returns>
    public Action Every(string name)
    {
        var on = true;
        next[name] = Fail;
        return () =>
        {
            on = false;
            next.TryRemove(name, out _);
        };

        Task Fail(Func<Task> write)
        {
            if (!on)
                return write();
            next[name] = Fail;
            return Task.FromException(new IOException($"{name} is said to have failed."));
        }
    }

    /// <summary>The next write waits before it is done.</summary>
    /// <returns>Completes when it waits; what lets it go on.</returns>
    public (Task Waits, TaskCompletionSource GoOn) Hold(string name)
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        next[name] = async write =>
        {
            waits.TrySetResult();
            await goOn.Task;
            await write();
        };
        return (waits.Task, goOn);
    }

    public override Task DoAsync(string name, Func<Task> write) => next.TryRemove(name, out var fault) ? fault(write) : write();
}
