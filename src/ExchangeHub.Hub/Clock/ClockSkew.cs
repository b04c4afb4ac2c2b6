using ExchangeHub.Client;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Clock;

/// <summary>Compares this machine's clock with the database's: a hub that is off by more than two seconds would stamp wrongly and takes nothing.</summary>
public sealed class ClockSkew(NpgsqlDataSource database, Clocks clocks)
{
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(2);

    /// <summary>SQL for the database's clock: read in the round trip of what is about to be stamped, and compared with, never taken.</summary>
    internal const string Theirs = "clock_timestamp()";

    /// <summary>What is about to be stamped or judged by this machine's clock is not, where the clock is off: it may have been set since the last look.</summary>
    /// <param name="before">System clock before the database was asked, and <paramref name="after"/> it had answered.</param>
    /// <exception cref="ClockSkewException">It is off by more than <see cref="Max"/>.</exception>
    internal static void Check(DateTimeOffset before, DateTimeOffset theirs, DateTimeOffset after)
    {
        if (Between(before, theirs, after).Duration() > Max)
            throw new ClockSkewException();
    }

    /// <summary>How far this clock is ahead of the database's, give or take half of the query's way.</summary>
    public async Task<TimeSpan> MeasureAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = connection.Command(null, $"select {Theirs}");
        var before = clocks.System.GetUtcNow();
        var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(ct))!, TimeSpan.Zero);
        return Between(before, theirs, clocks.System.GetUtcNow());
    }

    // A slow answer says nothing against the clock: only what lies outside the time it took counts.
    static TimeSpan Between(DateTimeOffset before, DateTimeOffset theirs, DateTimeOffset after) =>
        theirs < before ? before - theirs : theirs > after ? after - theirs : TimeSpan.Zero;

    public async Task<bool> IsSmallAsync(CancellationToken ct) => (await MeasureAsync(ct)).Duration() <= Max;
}

/// <summary>This machine's clock is off: nothing is stamped by it. Nobody's fault but the machine's; what was in hand waits.</summary>
public sealed class ClockSkewException() : Exception($"This clock is off the database's by more than {ClockSkew.Max.TotalSeconds} s.");
