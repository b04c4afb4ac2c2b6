using System.Globalization;
using Npgsql;

namespace ExchangeHub.Cli.Worlds;

/// <summary>What is still under way between a hub and its node host.</summary>
/// <param name="WithoutReceipt">Messages of counties that the hub has not answered.</param>
/// <param name="Unconfirmed">What the hub has decided and the broker not yet confirmed.</param>
/// <param name="NotApplied">Deliveries and events that their county has not taken.</param>
public sealed record UnderWay(long WithoutReceipt, long Unconfirmed, long NotApplied)
{
    public bool IsQuiet => WithoutReceipt == 0 && Unconfirmed == 0 && NotApplied == 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{WithoutReceipt} messages without a receipt, {Unconfirmed} not confirmed by the broker, {NotApplied} deliveries not applied");
}

/// <summary>Reads from the two databases whether anything is under way; nothing inside the running hub and node is asked.</summary>
public sealed class QuietCheck(NpgsqlDataSource hub, NpgsqlDataSource node)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    const string Delivered = "select count(*) from hub.deliveries where exchange_id is not null and addressee = any($1)";

    /// <summary>Waits until nothing is under way.</summary>
    /// <exception cref="TimeoutException">Says what is not quiet.</exception>
    public async Task WaitAsync(IReadOnlyList<string> counties, TimeSpan timeout, TimeProvider system, CancellationToken cancel)
    {
        var started = system.GetTimestamp();
        while (true)
        {
            var found = await LookAsync(counties, cancel);
            if (found.IsQuiet)
                return;
            if (system.GetElapsedTime(started) > timeout)
                throw new TimeoutException($"Not quiet after {timeout.TotalSeconds:0} s: {found}.");
            await Task.Delay(LookEvery, system, cancel);
        }
    }

    /// <summary>One look. The hub is asked before and after the node: what it decides in between is not missed.</summary>
    public async Task<UnderWay> LookAsync(IReadOnlyList<string> counties, CancellationToken cancel)
    {
        var pending = await CountAsync(hub, "select count(*) from hub.pending where addressee = any($1)", counties, cancel);
        var (waiting, applied) = await NodeAsync(counties, cancel);
        var delivered = await CountAsync(hub, Delivered, counties, cancel);
        return new UnderWay(waiting, pending, Math.Max(0, delivered - applied));
    }

    // One statement, one snapshot: an automatic answer is stored in the transaction that applies its question.
    async Task<(long Waiting, long Applied)> NodeAsync(IReadOnlyList<string> counties, CancellationToken cancel)
    {
        await using var command = node.CreateCommand("""
            select (select count(*) from node.outgoing where county = any($1) and state = 'waiting'),
                (select count(*) from (
                    select county, exchange_id, seq from node.incoming where county = any($1)
                    union select county, exchange_id, seq from node.put_aside where county = any($1) and seq is not null) as taken)
            """);
        command.Parameters.Add(new() { Value = counties.ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    static async Task<long> CountAsync(NpgsqlDataSource source, string sql, IReadOnlyList<string> counties, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = counties.ToArray() });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
