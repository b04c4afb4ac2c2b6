using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using Npgsql;

namespace ExchangeHub.Node.Register;

/// <summary>What came of a file. Good rows are stored whatever else the file holds.</summary>
/// <param name="Rows">Lines under the head.</param>
/// <param name="Stored">Rows stored: new ones, and those that replace the certificate's earlier row.</param>
/// <param name="BadRows">Rows left out.</param>
/// <param name="Answered">Open questions that agree with the register now and were answered by it.</param>
/// <param name="Errors">The first <see cref="RegisterTable.NotesMax"/> faults, by line, column and code.</param>
public sealed record RegisterImport(int Rows, int Stored, int BadRows, int Answered, IReadOnlyList<RowNote> Errors, IReadOnlyList<RowNote> Warnings);

/// <summary>The county's register: filled from a file, asked by every question that comes in.</summary>
public sealed class RegisterTable(NpgsqlDataSource source, Clocks clocks, OpenQuestions open, DurableWrite durable)
{
    public const int NotesMax = 1_000;
    /// <summary>A file of one county: 20 MiB are some 200,000 certificates.</summary>
    public const int FileBytesMax = 20 * 1024 * 1024;
    const int RowsPerStatement = 1_000;

    /// <summary>
    /// Reads a file and stores its good rows in one transaction; a row of the same type and number replaces the earlier one. Then open questions
    /// are compared with it. A caller who got no answer sends the file again: that changes nothing twice.
    /// </summary>
    public async Task<RegisterImport> ImportAsync(string county, byte[] file, CancellationToken ct = default)
    {
        var missing = RegisterCsv.MissingColumns(RegisterCsv.Decode(file), out var csv);
        using var _ = csv;
        if (missing.Count > 0)
            return new(0, 0, 0, 0, missing, []);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        List<RowNote> errors = [], warnings = [];
        int rows = 0, stored = 0;
        foreach (var chunk in RegisterCsv.Lines(csv).Chunk(RowsPerStatement))
        {
            rows += chunk.Length;
            errors.AddRange(chunk.SelectMany(l => l.Errors).Take(NotesMax - errors.Count));
            warnings.AddRange(chunk.SelectMany(l => l.Warnings).Take(NotesMax - warnings.Count));
            stored += await StoreAsync(connection, county, [.. chunk.Select(l => l.Entry).OfType<RegisterEntry>()], ct);
        }
        await durable.DoAsync(NodeWrites.Register, () => transaction.CommitAsync(ct));
        return new(rows, stored, rows - stored, await open.CompareAgainAsync(county, ct), errors, warnings);
    }

    /// <summary>How many certificates the register holds.</summary>
    public async Task<long> CountAsync(string county, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("select count(*) from node.register where county = $1");
        command.Parameters.Add(new() { Value = county });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Entries with an asked number, or of an asked person, for all questions at once.</summary>
    internal static async Task<IReadOnlyList<RegisterEntry>> CandidatesAsync(NpgsqlDataSource source, string county,
        IReadOnlyList<Matter> asked, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select certificate_type, certificate_number, holder_name, holder_id, issued_on, valid_until, status
            from node.register where county = $1 and certificate_type = any($2) and number_key = any($3)
            union
            select certificate_type, certificate_number, holder_name, holder_id, issued_on, valid_until, status
            from node.register where county = $1 and id_key = any($4)
            """);
        object[] values =
        [
            county, Codes.CertificateTypes.ToArray(),
            asked.Select(a => a.Question).OfType<CertificateVerificationRequest>().Select(q => RegisterEntry.KeyOf(q.CertificateNumber)).Distinct().ToArray(),
            asked.Select(a => a.Subject).OfType<Subject>().Select(s => RegisterEntry.KeyOf(s.Id)).Distinct().ToArray(),
        ];
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        var found = new List<RegisterEntry>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : await reader.GetFieldValueAsync<DateOnly>(4, ct),
                reader.IsDBNull(5) ? null : await reader.GetFieldValueAsync<DateOnly>(5, ct), reader.GetString(6)));
        return found;
    }

    async Task<int> StoreAsync(NpgsqlConnection connection, string county, RegisterEntry[] entries, CancellationToken ct)
    {
        if (entries.Length == 0)
            return 0;
        await using var command = new NpgsqlCommand("""
            insert into node.register (county, certificate_type, number_key, certificate_number, holder_name, holder_id, id_key,
                issued_on, valid_until, status, imported_at)
            select $1, t, nk, n, h, i, ik, issued, until, s, $2
            from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) as r(t, nk, n, h, i, ik, issued, until, s)
            on conflict (county, certificate_type, number_key) do update set certificate_number = excluded.certificate_number,
                holder_name = excluded.holder_name, holder_id = excluded.holder_id, id_key = excluded.id_key, issued_on = excluded.issued_on,
                valid_until = excluded.valid_until, status = excluded.status, imported_at = excluded.imported_at
            """, connection);
        object[] values =
        [
            county, clocks.Now, entries.Select(e => e.CertificateType).ToArray(), entries.Select(e => e.NumberKey).ToArray(),
            entries.Select(e => e.CertificateNumber).ToArray(), entries.Select(e => e.HolderName).ToArray(), entries.Select(e => e.HolderId).ToArray(),
            entries.Select(e => e.IdKey).ToArray(), entries.Select(e => e.IssuedOn).ToArray(), entries.Select(e => e.ValidUntil).ToArray(),
            entries.Select(e => e.Status).ToArray(),
        ];
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
