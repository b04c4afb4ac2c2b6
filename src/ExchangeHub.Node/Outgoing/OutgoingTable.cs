using System.Text;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Node.Outgoing;

/// <summary>What this county sends: stored in the transaction that decided it, kept as its own copy ever after.</summary>
static class OutgoingTable
{
    /// <summary>The statement that stores a sealed message to be sent: its bytes go out as they are every time.</summary>
    /// <param name="actor">Who wrote it, for the timeline; <c>null</c> where no person did.</param>
    public static NpgsqlBatchCommand Add(OutgoingMessage message, string? actor)
    {
        var header = message.Header;
        return new("""
            insert into node.outgoing (county, message_id, exchange_id, kind, receiver, header, body, digest, content, account, stored_at, traceparent)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """)
        {
            Parameters =
            {
                new() { Value = header.From }, new() { Value = header.MessageId }, new() { Value = header.ExchangeId }, new() { Value = header.Kind },
                new() { Value = header.To }, new() { Value = Encoding.UTF8.GetString(header.Write()), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = message.Body }, new() { Value = message.Digest },
                new() { Value = Encoding.UTF8.GetString(message.Content), NpgsqlDbType = NpgsqlDbType.Jsonb }, Text(actor),
                new() { Value = header.SentAt }, Text(message.TraceParent),
            },
        };
    }

    /// <summary>The statement that stores an own message of which only the hub knew: it was taken, and nothing is sent.</summary>
    public static NpgsqlBatchCommand Recover(Client.Members.Incoming.Recovered message, NpgsqlParameter receipt)
    {
        var header = message.Header;
        return new("""
            insert into node.outgoing (county, message_id, exchange_id, kind, receiver, header, body, digest, content, stored_at, state, tries, receipt, receipt_at, recovered)
            values ($1, $2, $3, $4, $5, $6, $7, $8, '{}', $9, 'accepted', 1, $10, $11, true) on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = header.From }, new() { Value = header.MessageId }, new() { Value = header.ExchangeId }, new() { Value = header.Kind },
                new() { Value = header.To }, new() { Value = Encoding.UTF8.GetString(header.Write()), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = message.Body ?? [] }, new() { Value = message.Accepted.Digest }, new() { Value = header.SentAt },
                receipt, new() { Value = message.Accepted.AcceptedAt },
            },
        };
    }

    /// <summary>Reads a header kept as jsonb: the members are the wire's, their order is the database's.</summary>
    public static Header ReadHeader(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return Header.Read(document.RootElement, out _) ?? throw new InvalidDataException("A stored header is not readable.");
    }

    static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
