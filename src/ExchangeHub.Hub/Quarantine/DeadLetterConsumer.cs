using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub.Quarantine;

/// <summary>Puts what the broker could not deliver into quarantine, where people look.</summary>
public sealed partial class DeadLetterConsumer(BrokerConnection broker, QuarantineDesk desk, Clocks clocks, ILoggerFactory logs) : BackgroundService
{
    // Dead letters are rare: a handful at a time keeps memory small.
    const ushort Prefetch = 20;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    readonly ILogger log = logs.CreateLogger<DeadLetterConsumer>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var consumer = new Consumer(broker, BrokerNames.Dead, Prefetch, clocks.System, logs.CreateLogger<Consumer>());
        consumer.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            var received = await consumer.ReadAsync(Prefetch, stoppingToken);
            try
            {
                foreach (var message in received)
                {
                    await desk.KeepAsync(Incoming.Of(message), QuarantineDesk.DeadLettered, stoppingToken);
                    await consumer.AckAsync([message], stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Later(log, e);
                await consumer.PauseAsync();
                await Task.Delay(Pause, clocks.System, stoppingToken);
                consumer.Resume();
            }
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "Dead letters wait")]
    static partial void Later(ILogger log, Exception error);
}
