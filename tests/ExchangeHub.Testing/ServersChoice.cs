namespace ExchangeHub.Testing;

/// <summary>Where the tests' PostgreSQL and RabbitMQ come from.</summary>
public enum ServersSource
{
    /// <summary>Existing ones, named by the three environment variables.</summary>
    Existing,

    /// <summary>Testcontainers.</summary>
    Containers,

    /// <summary>Private processes on loopback, by <c>deploy/servers.sh</c>.</summary>
    Private,
}

/// <summary>The choice of servers, apart from how its answers are found out.</summary>
public static class ServersChoice
{
    /// <param name="variablesSet">How many of the three variables are set.</param>
    /// <param name="engineAnswers">Whether a Docker engine answers; asked only when it matters, since it takes a process.</param>
    /// <exception cref="InvalidOperationException">Some variables are set and some are not: half a pair would mix two worlds.</exception>
    public static ServersSource Choose(int variablesSet, Func<bool> engineAnswers) => variablesSet switch
    {
        3 => ServersSource.Existing,
        0 => engineAnswers() ? ServersSource.Containers : ServersSource.Private,
        _ => throw new InvalidOperationException(
            "Set all of EXCHANGEHUB_POSTGRES, EXCHANGEHUB_RABBITMQ, EXCHANGEHUB_RABBITMQ_MANAGEMENT, or none of them."),
    };
}
