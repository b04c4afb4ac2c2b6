using ExchangeHub.Client;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Clock;

/// <summary>Compares this machine's clock with the database's: a hub that is off by more than two seconds would stamp wrongly and takes nothing.</summary>
public sealed class ClockSkew(NpgsqlDataSource database, Clocks clocks)
{
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(2);

    /// <summary>How far this clock is ahead of the database's, give or take half of the query's way.</summary>
    public async Task<TimeSpan> MeasureAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = connection.Command(null, "select clock_timestamp()");
        var before = clocks.System.GetUtcNow();
        var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(ct))!, TimeSpan.Zero);
        var after = clocks.System.GetUtcNow();
        // A slow answer says nothing against the clock: only what lies outside the time it took counts.
        return theirs < before ? before - theirs : theirs > after ? after - theirs : TimeSpan.Zero;
    }

    public async Task<bool> IsSmallAsync(CancellationToken ct) => (await MeasureAsync(ct)).Duration() <= Max;
}
