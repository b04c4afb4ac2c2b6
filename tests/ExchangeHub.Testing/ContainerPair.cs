using System.ComponentModel;
using System.Diagnostics;
using ExchangeHub.Cli.Worlds;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace ExchangeHub.Testing;

/// <summary>A pair of containers of the images that <c>deploy/images.env</c> names.</summary>
sealed class ContainerPair : IServerPair
{
    const ushort ManagementPort = 15672;

    readonly PostgreSqlContainer postgres = new PostgreSqlBuilder(Image("EXCHANGEHUB_POSTGRES_IMAGE")).WithCommand("-c", "max_connections=500").Build();
    readonly RabbitMqContainer rabbitmq = new RabbitMqBuilder(Image("EXCHANGEHUB_RABBITMQ_IMAGE")).WithPortBinding(ManagementPort, assignRandomHostPort: true)
        .WithResourceMapping(File.ReadAllBytes(Repository.PathOf("deploy/rabbitmq.conf")), "/etc/rabbitmq/conf.d/20-exchangehub.conf").Build();

    /// <summary>Whether a Docker engine answers. An installed client alone proves nothing.</summary>
    public static bool EngineAnswers()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", ["info"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            docker.OutputDataReceived += (_, _) => { };
            docker.ErrorDataReceived += (_, _) => { };
            docker.BeginOutputReadLine();
            docker.BeginErrorReadLine();
            if (docker.WaitForExit(TimeSpan.FromSeconds(10)))
                return docker.ExitCode == 0;
            docker.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            return false; // no client either
        }
    }

    public async Task<ServerAddresses> StartAsync()
    {
        await Task.WhenAll(postgres.StartAsync(), rabbitmq.StartAsync());
        var amqp = new Uri(rabbitmq.GetConnectionString());
        var management = new UriBuilder("http", rabbitmq.Hostname, rabbitmq.GetMappedPublicPort(ManagementPort));
        var credential = amqp.UserInfo.Split(':');
        (management.UserName, management.Password) = (credential[0], credential[1]);
        return new(postgres.GetConnectionString(), amqp, management.Uri);
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await rabbitmq.DisposeAsync();
    }

    internal static string Image(string name) => File.ReadLines(Repository.PathOf("deploy/images.env"))
        .Select(line => line.Split('=', 2))
        .Single(pair => pair[0] == name)[1];
}
