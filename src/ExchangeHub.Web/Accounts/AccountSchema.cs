using Npgsql;

namespace ExchangeHub.Web.Accounts;

/// <summary>The tables of people: accounts, tokens, audit, cookie keys; schema <c>people</c>, in the hub's database and in the node's.</summary>
public static class AccountSchema
{
    /// <summary>The statements that make the tables; safe to repeat.</summary>
    public static string Ddl { get; } = Read();

    /// <summary>Makes the tables where they are missing. An explicit step of an operator, never done by a starting process.</summary>
    public static async Task ApplyAsync(NpgsqlDataSource source, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(Ddl);
        await command.ExecuteNonQueryAsync(ct);
    }

    static string Read()
    {
        using var stream = typeof(AccountSchema).Assembly.GetManifestResourceStream("people.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
