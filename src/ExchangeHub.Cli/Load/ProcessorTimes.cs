using System.Globalization;

namespace ExchangeHub.Cli.Load;

/// <summary>CPU of the processes that share the work: hubs, node host (this process), and the servers where they run on this machine (Linux).</summary>
sealed class ProcessorTimes(int[] hubs)
{
    readonly Dictionary<string, TimeSpan> before = Read(hubs);

    public IReadOnlyList<CpuTime> Since(int exchanges) =>
        [.. Read(hubs).Where(now => now.Value > TimeSpan.Zero).Select(now => (now.Key, Spent: (now.Value - before.GetValueOrDefault(now.Key)).TotalSeconds))
            .Select(p => new CpuTime(p.Key, p.Spent, exchanges == 0 ? 0 : p.Spent * 1000 / exchanges))];

    static Dictionary<string, TimeSpan> Read(int[] hubs) => new()
    {
        ["hub"] = Of(hubs),
        ["node host with its clerks"] = Of([Environment.ProcessId]),
        ["RabbitMQ"] = Of(Named("beam.smp")),
        ["PostgreSQL"] = Of(Named("postgres")),
    };

    // By the program's own name: PostgreSQL rewrites its sessions' command lines.
    static int[] Named(string name) => !Directory.Exists("/proc") ? [] :
        [.. Directory.EnumerateDirectories("/proc").Select(d => Path.GetFileName(d)).Where(d => d.All(char.IsAsciiDigit) && CommOf(d) == name).Select(d => int.Parse(d, CultureInfo.InvariantCulture))];

    static string? CommOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return null; // it ended just now
        }
    }

    static TimeSpan Of(int[] processes) => TimeSpan.FromSeconds(processes.Sum(Seconds));

    // utime, stime, and those of children that ended: a database session that closes must not take its time with it.
    static double Seconds(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // it ended just now, or this is no Linux
        }
    }

    // Linux tells every program 100, whatever the kernel counts in.
    const double TicksPerSecond = 100;
}
