using Npgsql;

namespace ExchangeHub.Hub.Intake;

/// <summary>Tells a database that is away from a statement that fails: the first is waited for, the second is somebody's poison.</summary>
static class DatabaseFaults
{
    public static bool IsAway(Exception e) => e switch
    {
        PostgresException p => p.InvariantSeverity is "FATAL" or "PANIC" // the connection itself is refused or ended
            || p.SqlState[..2] is "08" or "57" or "53" or "58" // connection, operator's shutdown, resources, system
            || p.SqlState is "25006", // a standby: read only
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException => true,
        { InnerException: { } inner } => IsAway(inner),
        _ => false,
    };
}
