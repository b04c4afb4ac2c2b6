using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>What hubs of this process count from here on; each hub's counts apart.</summary>
sealed class Counted : IDisposable
{
    readonly MeterListener listener = new();
    readonly ConcurrentBag<(object? Hub, string Code, long Count)> measured = [];

    /// <param name="counter">A counter whose only attribute is a code.</param>
    public Counted(string counter)
    {
        listener.InstrumentPublished = (instrument, on) =>
        {
            if (instrument.Name == counter)
                on.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, attributes, _) => measured.Add((instrument.Meter.Scope, (string)attributes[0].Value!, count)));
        listener.Start();
    }

    /// <summary>How often each code was counted by the hub that runs now.</summary>
    public Dictionary<string, long> By(HubWorld hub)
    {
        var own = hub.Service<IMeterFactory>();
        return measured.Where(m => m.Hub == own).GroupBy(m => m.Code).ToDictionary(g => g.Key, g => g.Sum(m => m.Count));
    }

    public void Dispose() => listener.Dispose();
}
