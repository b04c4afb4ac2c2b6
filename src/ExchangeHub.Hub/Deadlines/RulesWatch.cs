using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>Divisions, calendar and policies in this process's memory, read again when an operator has changed them.</summary>
public sealed class RulesWatch(NpgsqlDataSource database) : IDisposable
{
    readonly SemaphoreSlim one = new(1);

    /// <summary>Rises with every change; -1 before the first reading.</summary>
    public long Version { get; private set; } = -1;

    /// <exception cref="InvalidOperationException">Before the first <see cref="RefreshAsync"/>.</exception>
    public DeadlineRules Current { get => field ?? throw new InvalidOperationException("The rules have not been read yet."); private set; }

    /// <summary>Reads the rules again if their version has risen.</summary>
    /// <returns>Whether it had.</returns>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            await using var command = database.Command("select number from hub.versions where what = 'rules'");
            var newest = (long)(await command.ExecuteScalarAsync(ct))!;
            if (newest == Version)
                return false;
            Current = await RulesTables.LoadAsync(database, ct);
            Version = newest; // read before the tables: what changed meanwhile is read again
            return true;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();
}
