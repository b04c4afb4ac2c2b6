using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace ExchangeHub.Cli.Worlds;

/// <summary>Where PostgreSQL and RabbitMQ answer, with administrators' credentials. The one place that reads the three environment variables.</summary>
/// <param name="Postgres">Npgsql connection string of a role that may create databases.</param>
/// <param name="RabbitMq"><c>amqp://user:password@host:port</c> of an administrator.</param>
/// <param name="RabbitMqManagement"><c>http://user:password@host:port</c> of the management API.</param>
public sealed record ServerAddresses(string Postgres, Uri RabbitMq, Uri RabbitMqManagement)
{
    public const string PostgresVariable = "EXCHANGEHUB_POSTGRES";
    public const string RabbitMqVariable = "EXCHANGEHUB_RABBITMQ";
    public const string RabbitMqManagementVariable = "EXCHANGEHUB_RABBITMQ_MANAGEMENT";

    /// <summary>The addresses, or the variables that are missing or unreadable.</summary>
    public static ServerAddresses? TryFromEnvironment(out IReadOnlyList<string> missing)
    {
        var postgres = Environment.GetEnvironmentVariable(PostgresVariable);
        var amqp = UriOf(RabbitMqVariable, "amqp", "amqps");
        var management = UriOf(RabbitMqManagementVariable, "http", "https");
        missing =
        [
            .. string.IsNullOrWhiteSpace(postgres) ? [PostgresVariable] : Array.Empty<string>(),
            .. amqp is null ? [RabbitMqVariable] : Array.Empty<string>(),
            .. management is null ? [RabbitMqManagementVariable] : Array.Empty<string>(),
        ];
        return missing.Count == 0 ? new ServerAddresses(postgres!, amqp!, management!) : null;
    }

    /// <exception cref="InvalidOperationException">A variable is missing; the message names it.</exception>
    public static ServerAddresses FromEnvironment() => TryFromEnvironment(out var missing)
        ?? throw new InvalidOperationException($"No servers: set {string.Join(", ", missing)} (./run.sh and ./test.sh do).");

    /// <summary>Where the node host's database lies on a server of its own, apart from the hub's; default: beside it.</summary>
    public string NodePostgres { get => field ?? Postgres; init; }

    /// <summary>The same servers as a node host sees them.</summary>
    public ServerAddresses OfNode => this with { Postgres = NodePostgres };

    /// <summary>The connection string of one database on this server.</summary>
    public string Database(string name) => new NpgsqlConnectionStringBuilder(Postgres) { Database = name, MaxPoolSize = 30 }.ConnectionString;

    /// <summary>The broker's address for one user in one virtual host.</summary>
    public Uri Amqp(string user, string password, string vhost) =>
        new UriBuilder(RabbitMq) { UserName = Uri.EscapeDataString(user), Password = Uri.EscapeDataString(password), Path = "/" + Uri.EscapeDataString(vhost) }.Uri;

    /// <summary>A virtual host's address without a user: what invitations name.</summary>
    public Uri Amqp(string vhost) => new UriBuilder(RabbitMq) { UserName = "", Password = "", Path = "/" + Uri.EscapeDataString(vhost) }.Uri;

    /// <summary>
    /// A broker user's password where one installation holds many virtual hosts: users are the server's, so every world on it must agree.
    /// Derived from the administrator's credential; in production the operator hands out random ones.
    /// </summary>
    public string SharedPasswordOf(string user) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(RabbitMqManagement.UserInfo), Encoding.UTF8.GetBytes("exchangehub broker user " + user)))[..32];

    static Uri? UriOf(string variable, params string[] schemes) =>
        Uri.TryCreate(Environment.GetEnvironmentVariable(variable), UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme) ? uri : null;
}
