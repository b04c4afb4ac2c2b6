using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Intake;

/// <summary>How far intake is behind: the time since its queue was last seen empty while it was taking.</summary>
public sealed class IntakeLag(BrokerConnection broker, IntakeState state, Clocks clocks)
{
    static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    /// <returns><c>null</c>: not known, because intake takes nothing, or has not caught up since it began.</returns>
    public async Task<TimeSpan?> MeasureAsync(CancellationToken ct)
    {
        if (state.StoppedBy is not null)
            return null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(AnswerMax);
            var connection = await broker.OpenAsync(limit.Token);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: limit.Token);
            if ((await channel.QueueDeclarePassiveAsync(BrokerNames.Intake, limit.Token)).MessageCount == 0 && state.StoppedBy is null)
                state.CaughtUp(clocks.System.GetUtcNow());
        }
        catch (Exception e) when (BrokerConnection.IsBrokerFault(e) && !ct.IsCancellationRequested)
        {
            // The broker is away: the lag grows from when it was last seen.
        }
        return state.CaughtUpAt is { } at ? clocks.System.GetUtcNow() - at : null;
    }
}
