using System.Diagnostics;

namespace ExchangeHub.Client;

/// <summary>The spans of messages that travel together: each in its own trace, none inside another, all ended together.</summary>
public sealed class Spans : IDisposable
{
    readonly List<Activity> started = [];
    readonly Activity? outside = Activity.Current;

    /// <param name="start">Starts one span each; enumerated once.</param>
    public Spans(IEnumerable<Activity?> start)
    {
        using var each = start.GetEnumerator();
        Activity.Current = null;
        while (each.MoveNext())
        {
            if (each.Current is { } span)
                started.Add(span);
            Activity.Current = null; // one after the other, not one inside the other
        }
        Activity.Current = started.FirstOrDefault(); // what is done for all of them shows under the first
    }

    public void Dispose()
    {
        foreach (var span in started)
            span.Dispose();
        Activity.Current = outside;
    }
}
