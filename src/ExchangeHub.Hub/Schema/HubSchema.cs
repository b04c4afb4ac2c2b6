namespace ExchangeHub.Hub.Schema;

/// <summary>Makes and fills the hub's database. An explicit step of an operator (<c>exchangehub up</c>), never done by a starting hub.</summary>
public static partial class HubSchema
{
    /// <summary>Applies the numbered SQL files that this database has not seen, the event store's tables and the accounts' tables. Safe to repeat.</summary>
    /// <returns>How many files were applied now.</returns>
    public static Task<int> ApplyAsync(string connectionString, CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>Loads the holidays and make-up working days of whole years (columns <c>date,kind,occasion</c>); a year's rows replace the ones loaded before.
    /// Pending due dates of the year are set by the running hub's deadline clock.</summary>
    /// <param name="province">Two-digit province code for a province's own table; <c>null</c> for the national one.</param>
    /// <returns>The years loaded.</returns>
    /// <exception cref="FormatException">A row is not as it must be; its line number is in the message. Nothing is loaded.</exception>
    public static Task<IReadOnlyList<int>> ImportCalendarAsync(string connectionString, TextReader csv, string? province = null, CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>Loads the division table (columns <c>code,name,level,parent</c>), replacing it.</summary>
    /// <returns>How many divisions it now holds.</returns>
    /// <exception cref="FormatException">A row is not as it must be; its line number is in the message. Nothing is loaded.</exception>
    public static Task<int> ImportDivisionsAsync(string connectionString, TextReader csv, CancellationToken ct = default) => throw new NotSupportedException();
}
