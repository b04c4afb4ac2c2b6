using System.Text.Json;
using ExchangeHub.Hub.Exchanges;
using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;

namespace ExchangeHub.Hub.Schema;

/// <summary>The event store: schema <c>events</c>, one stream per exchange.</summary>
public static class EventStore
{
    public const string SchemaName = "events";

    /// <summary>The store as the hub uses it: it writes events and never changes tables.</summary>
    public static DocumentStore Open(NpgsqlDataSource database) => Open(database, AutoCreate.None);

    internal static DocumentStore Open(NpgsqlDataSource database, AutoCreate autoCreate) => DocumentStore.For(o =>
    {
        o.Connection(database);
        o.DisableNpgsqlLogging = true; // failed commands would be logged with their parameters
        o.AutoCreateSchemaObjects = autoCreate;
        o.DatabaseSchemaName = SchemaName;
        o.Events.DatabaseSchemaName = SchemaName;
        o.Events.StreamIdentity = StreamIdentity.AsGuid;
        o.Events.AppendMode = EventAppendMode.Quick; // the rows are locked: no expected version
        foreach (var (type, name) in ExchangeEvent.Stored)
            o.Events.MapEventType(type, name);
        o.UseSystemTextJsonForSerialization(new JsonSerializerOptions(JsonSerializerDefaults.Web));
    });
}
