using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Blindness;

/// <summary>Everything a database holds: every row of every table as text (what is compressed on disk is plain there), and its server's files.</summary>
static class DatabaseContents
{
    public static async Task<IReadOnlyList<(string Place, string Text)>> RowsAsync(string connectionString, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var tables = await ListAsync(source, """
            select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
            """, cancel);
        var contents = new List<(string, string)>();
        foreach (var table in tables)
            contents.Add((table, string.Join('\n', await ListAsync(source, $"select t::text from {table} t", cancel))));
        return contents;
    }

    /// <summary>The wanted files of the server's data directory, by their path in it, its write-ahead log included, after all that is in memory was written.</summary>
    public static async IAsyncEnumerable<(string Path, byte[] Bytes)> FilesAsync(string connectionString, Func<string, bool> wanted,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using (var checkpoint = source.CreateCommand("checkpoint"))
            await checkpoint.ExecuteNonQueryAsync(cancel);
        var paths = await ListAsync(source, """
            with recursive entry(path, is_folder) as (
                select name, (pg_stat_file(name, true)).isdir from pg_ls_dir('.') name
                union all
                select path || '/' || name, (pg_stat_file(path || '/' || name, true)).isdir from entry, pg_ls_dir(path, true, false) name where is_folder)
            select path from entry where not is_folder
            """, cancel);
        foreach (var path in paths.Where(wanted))
        {
            await using var read = source.CreateCommand("select pg_read_binary_file($1, 0, 512 * 1024 * 1024, true)");
            read.Parameters.Add(new() { Value = path });
            if (await read.ExecuteScalarAsync(cancel) is byte[] bytes)
                yield return (path, bytes);
        }
    }

    static async Task<List<string>> ListAsync(NpgsqlDataSource source, string sql, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var list = new List<string>();
        while (await rows.ReadAsync(cancel))
            list.Add(rows.GetString(0));
        return list;
    }
}

/// <summary>Keeps every line that hub and node log, on every level, with its values and its exceptions.</summary>
sealed class CapturedLogs : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Sink(categoryName, Lines);

    public void Dispose()
    {
    }

    sealed class Sink(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            lines.Enqueue($"{category} scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}")) : "";
            lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {values} {exception}");
        }
    }
}

/// <summary>Spans as text, with all they carry.</summary>
static class SpanText
{
    public static string Of(Activity span)
    {
        var text = new StringBuilder().Append(span.Source.Name).Append(' ').Append(span.DisplayName).Append(' ').Append(span.StatusDescription).Append(' ').Append(span.TraceStateString);
        foreach (var (name, value) in span.TagObjects.Concat(span.Events.SelectMany(e => e.Tags)).Concat(span.Links.SelectMany(l => l.Tags ?? [])))
            text.Append(' ').Append(name).Append('=').Append(value);
        foreach (var (name, value) in span.Baggage)
            text.Append(' ').Append(name).Append('=').Append(value);
        return text.ToString();
    }
}
