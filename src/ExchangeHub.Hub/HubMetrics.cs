using System.Diagnostics.Metrics;
using ExchangeHub.Web.Telemetry;

namespace ExchangeHub.Hub;

/// <summary>What the hub counts and traces. Names follow OpenTelemetry's conventions; attributes are closed codes, never a county's message or a person.</summary>
public sealed class HubMetrics : IDisposable
{
    readonly Meter meter;
    readonly Counter<long> accepted, refused, quarantined, repeated, overdue;
    readonly Histogram<int> batchSize;
    readonly Histogram<double> batchDuration;
    double intakeLag;
    long outgoing, due;

    public HubMetrics(IMeterFactory meters)
    {
        meter = meters.Create(TelemetrySetUp.SourceName);
        accepted = meter.CreateCounter<long>("exchangehub.messages.accepted", "{message}", "Messages accepted, by kind.");
        refused = meter.CreateCounter<long>("exchangehub.messages.refused", "{message}", "Messages refused, by code.");
        repeated = meter.CreateCounter<long>("exchangehub.messages.repeated", "{message}", "Messages seen before, answered from the store.");
        quarantined = meter.CreateCounter<long>("exchangehub.messages.quarantined", "{message}", "Messages put into quarantine, by reason.");
        overdue = meter.CreateCounter<long>("exchangehub.obligations.overdue", "{obligation}", "Obligations told as overdue, by duty.");
        batchSize = meter.CreateHistogram<int>("exchangehub.batch.size", "{message}", "Messages in one batch.");
        batchDuration = meter.CreateHistogram<double>("exchangehub.batch.duration", "s", "From the first look-up to the commit of one batch.");
        meter.CreateObservableGauge("exchangehub.intake.lag", () => Volatile.Read(ref intakeLag), "s", "Time since intake last had nothing waiting.");
        meter.CreateObservableGauge("exchangehub.outgoing.rows", () => Interlocked.Read(ref outgoing), "{row}", "Outgoing rows that the broker has not confirmed.");
        meter.CreateObservableGauge("exchangehub.obligations.due", () => Interlocked.Read(ref due), "{obligation}", "Open obligations past their due time.");
    }

    public void Accepted(string kind) => accepted.Add(1, new KeyValuePair<string, object?>("exchangehub.message.kind", kind));

    public void Refused(IEnumerable<string> codes)
    {
        foreach (var code in codes)
            refused.Add(1, new KeyValuePair<string, object?>("error.type", code));
    }

    public void Repeated() => repeated.Add(1);

    public void Quarantined(string reason) => quarantined.Add(1, new KeyValuePair<string, object?>("error.type", reason));

    public void Overdue(string duty) => overdue.Add(1, new KeyValuePair<string, object?>("exchangehub.duty", duty));

    public void Batch(int size, TimeSpan took)
    {
        batchSize.Record(size);
        batchDuration.Record(took.TotalSeconds);
    }

    /// <summary>What the periodic look at the tables found.</summary>
    public void Seen(TimeSpan lag, long outgoingRows, long dueRows)
    {
        Volatile.Write(ref intakeLag, lag.TotalSeconds);
        Interlocked.Exchange(ref outgoing, outgoingRows);
        Interlocked.Exchange(ref due, dueRows);
    }

    public void Dispose() => meter.Dispose();
}
