using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client.Members;

/// <summary>
/// Publishes what the store holds, one message per exchange at a time, until the hub's receipt came: the same bytes again after
/// 60 s, then at doubling intervals up to 15 minutes.
/// </summary>
sealed class Sending(string party, IMemberStore store, Publisher publisher, TimeProvider system, ILogger log)
{
    /// <summary>As many as one round keeps in hand; the rest waits in the store.</summary>
    const int RoundMax = 200;
    // New messages and receipts wake the loop; this only bounds the wait for one whose next try came.
    static readonly TimeSpan lookAgain = TimeSpan.FromSeconds(5);
    static readonly TimeSpan retryFirst = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan retryMax = TimeSpan.FromSeconds(15);

    readonly Signal work = new();

    /// <summary>Something may be due.</summary>
    public void Wake() => work.Set();

    public async Task RunAsync(CancellationToken stop)
    {
        var wait = retryFirst;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var (due, confirmed) = await RunOnceAsync(stop);
                if (confirmed == due)
                {
                    wait = retryFirst;
                    if (due == 0)
                        await work.WaitAsync(lookAgain, system, stop);
                    continue;
                }
                log.NotConfirmed(party, due - confirmed, due, wait.TotalSeconds);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                log.SendingWaits(e, party, wait.TotalSeconds);
            }
            await Pause.ForAsync(wait, system, stop);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, retryMax.Ticks));
        }
    }

    /// <summary>Publishes what is due now.</summary>
    /// <returns>How many were due and how many the broker confirmed.</returns>
    public async Task<(int Due, int Confirmed)> RunOnceAsync(CancellationToken ct)
    {
        var due = await store.DueAsync(system.GetUtcNow(), RoundMax, ct);
        if (due.Count == 0)
            return (0, 0);
        CrashPoint.Reach("node:before-publish");
        IReadOnlyList<PublishOutcome> outcomes;
        using (new Spans(due.Select(m => Tracing.Publish(BrokerNames.Submit, m.Header.ExchangeId, m.Header.MessageId, m.TraceParent))))
            outcomes = await publisher.PublishManyAsync([.. due.Select(Outbound)], ct);
        // Published. A crash from here on costs a second publish of the same bytes, which the hub answers with the same receipt.
        CrashPoint.Reach("node:after-publish");
        var now = system.GetUtcNow();
        var confirmed = due.Where((_, i) => outcomes[i] == PublishOutcome.Confirmed)
            .Select(m => new PublishedMessage(m.Header.MessageId, m.Tries + 1, now + NextAfter(m.Tries))).ToList();
        if (confirmed.Count > 0)
            await store.PublishedAsync(confirmed, ct);
        return (due.Count, confirmed.Count);
    }

    /// <summary>60 s after the first publish, doubling, at most 15 minutes.</summary>
    internal static TimeSpan NextAfter(int triesBefore) =>
        TimeSpan.FromTicks(Math.Min(Limits.ResendFirst.Ticks << Math.Min(triesBefore, 10), Limits.ResendMax.Ticks));

    static OutboundMessage Outbound(OutgoingMessage message)
    {
        var header = message.Header;
        return new OutboundMessage(BrokerNames.Submit, BrokerNames.RoutingKey(header.Kind, header.Version, header.From),
            Kinds.TypeOf(header.Kind, header.Version), message.Body)
        {
            MessageId = header.MessageId.ToString("D"),
            CorrelationId = header.ExchangeId == Guid.Empty ? null : header.ExchangeId.ToString("D"),
            UserId = header.From,
            TraceParent = message.TraceParent ?? Tracing.ParentOf(header.ExchangeId, header.MessageId),
        };
    }
}
