using System.Diagnostics;
using System.Globalization;

namespace ExchangeHub.Client;

/// <summary>
/// Places at which a fault test ends the process at once, as a power cut would: nothing is flushed, nothing is disposed.
/// <c>EXCHANGEHUB_CRASH_AT="name"</c> dies at the first visit, <c>"name#3"</c> at the third. Unset, a visit costs one comparison.
/// </summary>
public static class CrashPoint
{
    public const string Variable = "EXCHANGEHUB_CRASH_AT";

    static readonly (string? Name, int Visit) armed = Parse(Environment.GetEnvironmentVariable(Variable));
    static int visits;

    public static void Reach(string name)
    {
        if (armed.Name is null || !string.Equals(name, armed.Name, StringComparison.Ordinal))
            return;
        if (Interlocked.Increment(ref visits) < armed.Visit)
            return;
        // Later visits end here as well: another thread must not pass while the signal is under way.
        using var self = Process.GetCurrentProcess();
        self.Kill(); // SIGKILL: no finally block runs
        Thread.Sleep(Timeout.Infinite); // the signal is under way; nothing after this line may happen
    }

    internal static (string? Name, int Visit) Parse(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return (null, 0);
        var parts = value.Split('#', 2);
        return (parts[0], parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }
}
