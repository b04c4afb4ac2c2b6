using System.Globalization;
using ExchangeHub.Contracts.Wire;
using Npgsql;

namespace ExchangeHub.Node.Exchanges;

/// <summary>The asker's own number of an exchange, <c>420581-20261124-0418</c>: a label for people, never a key.</summary>
public static class CaseNumber
{
    /// <summary>Six digits are the wire's most: a county's millionth request of one day goes without a number.</summary>
    const int CounterMax = 999_999;

    /// <param name="at">When it was written; the day is that of Asia/Shanghai.</param>
    /// <param name="counter">1, 2, 3 … within county and day.</param>
    public static string? Of(string county, DateTimeOffset at, int counter) => counter > CounterMax ? null
        : string.Create(CultureInfo.InvariantCulture, $"{county}-{WireTime.DayOf(at):yyyyMMdd}-{counter:D4}");

    /// <summary>The statement that lets no number be given out again which the county gave before its database was restored from a copy; <c>null</c> where it is
    /// not a number of ours.</summary>
    public static NpgsqlBatchCommand? Given(string county, string? number)
    {
        if (number?.Split('-') is not [var of, var day, var counter] || of != county || !int.TryParse(counter, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || !DateOnly.TryParseExact(day, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on))
            return null;
        return new("""
            insert into node.case_numbers as c (county, day, last) values ($1, $2, $3)
            on conflict (county, day) do update set last = greatest(c.last, excluded.last)
            """) { Parameters = { new() { Value = county }, new() { Value = on }, new() { Value = last } } };
    }

    /// <summary>The next number of a county's day. One that is then not used leaves a hole: sealing takes its time, and nobody else waits for it.</summary>
    public static async Task<string?> NextAsync(NpgsqlDataSource source, string county, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            insert into node.case_numbers as c (county, day, last) values ($1, $2, 1)
            on conflict (county, day) do update set last = c.last + 1
            returning last
            """);
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = WireTime.DayOf(at) });
        return Of(county, at, (int)(await command.ExecuteScalarAsync(ct))!);
    }
}
