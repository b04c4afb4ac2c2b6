using System.Collections.Concurrent;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>Whether steps were taken or refused as they should: at once by the county's own node, or by the hub once the message reached it.</summary>
sealed class Verdicts(World world)
{
    readonly ConcurrentDictionary<Guid, (string Path, string? Refused)> sent = new();

    /// <summary>What the node said.</summary>
    /// <param name="refused">The code it must be refused with; <c>null</c>: it must be taken.</param>
    /// <param name="stored">The message that was stored, where nothing was wrong.</param>
    public void Note(string path, string? refused, Guid stored, IReadOnlyList<Refusal> errors)
    {
        if (errors.Count == 0)
            sent[stored] = (path, refused);
        else
            Compare(path, refused, [.. errors.Select(e => e.Code)]);
    }

    /// <summary>What the hub said of all that the node took since. Every message has its receipt.</summary>
    public async Task JudgeAsync(CancellationToken cancel)
    {
        await using var command = world.Node.Services.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand("select message_id, codes from node.outgoing where message_id = any($1) and state = 'refused'");
        command.Parameters.Add(new() { Value = sent.Keys.ToArray() });
        await using (var row = await command.ExecuteReaderAsync(cancel))
            while (await row.ReadAsync(cancel))
            {
                sent.Remove(row.GetGuid(0), out var refused);
                Compare(refused.Path, refused.Refused, row.GetFieldValue<string[]>(1));
            }
        foreach (var (path, refused) in sent.Values)
            Compare(path, refused, []);
        sent.Clear();
    }

    /// <param name="expected">The code it must be refused with; <c>null</c>: it must be taken.</param>
    /// <param name="codes">What it was refused with; none: it was taken.</param>
    public static void Compare(string path, string? expected, IReadOnlyList<string> codes)
    {
        if (expected is null ? codes.Count > 0 : !codes.Contains(expected))
            throw new ScenarioFailedException($"{path}: was to be {Said(expected is null ? [] : [expected])} and was {Said(codes)}");
    }

    static string Said(IReadOnlyList<string> codes) => codes.Count == 0 ? "taken" : "refused with " + string.Join(", ", codes);
}
