using System.Collections.Concurrent;
using ExchangeHub.Client;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.Hub.Ledger;

/// <summary>
/// The hub's own duties to exchanges, in batches. An exchange to which one cannot be done, because its state cannot be read, is told in the log,
/// rests a while and is tried again: it keeps no other from its due, nor the hub from starting.
/// </summary>
public sealed partial class DutyLedger(BatchLedger ledger, Clocks clocks, ILogger<DutyLedger> log)
{
    /// <summary>Long enough to cost nothing, short enough that a mended exchange is not forgotten.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(15);

    readonly ConcurrentDictionary<Guid, DateTimeOffset> until = new();

    /// <summary>Exchanges that rest now: whoever looks for the oldest due leaves them out, or they would fill the window.</summary>
    public Guid[] Resting()
    {
        var now = clocks.System.GetUtcNow();
        foreach (var (exchange, rests) in until)
            if (rests <= now)
                until.TryRemove(exchange, out _);
        return [.. until.Keys];
    }

    /// <summary>Does a duty to at most <see cref="Intake.IntakeConsumer.BatchMax"/> exchanges.</summary>
    /// <param name="handOver">Takes each part once it is committed.</param>
    /// <returns>How many facts it made, and the exchanges it was not done to.</returns>
    /// <exception cref="CommitUncertainException">A part may have been committed or not.</exception>
    public async Task<(int Facts, IReadOnlyList<Guid> PassedOver)> DoAsync(IReadOnlyList<Guid> exchanges, HubCommand command, Func<Committed, Task> handOver, CancellationToken ct)
    {
        var (facts, passedOver) = (0, new List<Guid>());
        await Halves.DoAsync(exchanges, CommitAsync, (e, count) => Halving(log, e, count), PassOver);
        return (facts, passedOver);

        async Task CommitAsync(IReadOnlyList<Guid> part)
        {
            var committed = await ledger.CommitAsync([.. part.Select(e => new Work.Duty(e, command))], ct);
            facts += committed.Facts;
            await handOver(committed);
        }

        Task PassOver(Guid exchange, Exception e)
        {
            PassedOver(log, e, exchange, command.GetType().Name);
            until[exchange] = clocks.System.GetUtcNow() + Rest;
            passedOver.Add(exchange);
            return Task.CompletedTask;
        }
    }

    [LoggerMessage(2011, LogLevel.Warning, "A batch of {Count} duties failed and is halved")]
    static partial void Halving(ILogger log, Exception error, int count);

    [LoggerMessage(2012, LogLevel.Error, "Exchange {ExchangeId} is passed over: {Command} cannot be done to it")]
    static partial void PassedOver(ILogger log, Exception error, Guid exchangeId, string command);
}
