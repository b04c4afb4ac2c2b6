using System.Text.Json;
using System.Threading.Channels;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ExchangeHub.IntegrationTests.Isolation;

/// <summary>A broker user's own connection, by hand: what a program with these credentials can do and what it gets.</summary>
public sealed class CountyAtBroker : IAsyncDisposable
{
    // A broker on two busy cores; only a message that never comes takes this long.
    static readonly TimeSpan ComesWithin = TimeSpan.FromMinutes(1);

    readonly IConnection connection;
    readonly string queue;
    readonly Channel<BasicDeliverEventArgs> inbox = Channel.CreateUnbounded<BasicDeliverEventArgs>();
    bool consumes;

    CountyAtBroker(IConnection connection, string queue) => (this.connection, this.queue) = (connection, queue);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<CountyAtBroker> ConnectAsync(World world, string county) => ConnectAsync(world, county, BrokerNames.QueueOf(county));

    /// <summary>The hub's user at its intake.</summary>
    public static Task<CountyAtBroker> ConnectHubAsync(World world) => ConnectAsync(world, BrokerAdmin.HubUser, BrokerNames.Intake);

    static async Task<CountyAtBroker> ConnectAsync(World world, string user, string queue)
    {
        var address = world.Servers.Amqp(user, world.Servers.SharedPasswordOf(user), world.Installation.VirtualHost);
        return new(await new ConnectionFactory { Uri = address, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Cancel), queue);
    }

    /// <summary>What the broker says to a deed: its reply code when it closes the channel, or none when it lets it pass.</summary>
    public async Task<int?> TryAsync(Func<IChannel, Task> deed)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        try
        {
            await deed(channel);
            await channel.QueueDeclarePassiveAsync(queue, Cancel); // a publish is answered late: a question behind it waits for that
            return null;
        }
        catch (OperationInterruptedException e)
        {
            return e.ShutdownReason?.ReplyCode;
        }
    }

    /// <summary>Publishes a body as a node would, with properties that agree with the header.</summary>
    /// <returns>As <see cref="TryAsync"/>.</returns>
    public Task<int?> SubmitAsync(Header header, byte[] body, string user, string? routingKey = null) => TryAsync(channel => channel.BasicPublishAsync(
        BrokerNames.Submit, routingKey ?? BrokerNames.RoutingKey(header.Kind, header.Version, user), mandatory: true,
        new BasicProperties
        {
            MessageId = header.MessageId.ToString("D"),
            CorrelationId = header.ExchangeId.ToString("D"),
            Type = Kinds.TypeOf(header.Kind, header.Version),
            UserId = user,
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
        }, body, Cancel).AsTask());

    /// <summary>The next message of the own queue. It is not acknowledged: it is there again once this connection is gone.</summary>
    public async Task<(string? Type, string? MessageId, byte[] Body)> NextAsync()
    {
        if (!consumes)
        {
            consumes = true;
            var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, e) => await inbox.Writer.WriteAsync(new BasicDeliverEventArgs(e.ConsumerTag, e.DeliveryTag, e.Redelivered,
                e.Exchange, e.RoutingKey, e.BasicProperties, e.Body.ToArray()));
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer, Cancel);
        }
        var next = await inbox.Reader.ReadAsync(Cancel).AsTask().WaitAsync(ComesWithin, Cancel);
        return (next.BasicProperties.Type, next.BasicProperties.MessageId, next.Body.ToArray());
    }

    /// <summary>The hub's statement about an own message.</summary>
    public async Task<Statement> ReceiptAsync(Guid messageId)
    {
        while (true)
        {
            var (type, _, body) = await NextAsync();
            if (type != Kinds.TypeOf(Kinds.Receipts, 1))
                continue;
            foreach (var receipt in JsonSerializer.Deserialize(body, ContractsJson.Default.ReceiptsMessage)!.Receipts)
                if (Statement.Read(Leaf(receipt.Leaf)) is { } statement && IdOf(statement) == messageId)
                    return statement;
        }
    }

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    static Guid? IdOf(Statement statement) => statement switch
    {
        AcceptedStatement accepted => accepted.MessageId,
        RefusedStatement refused => refused.MessageId,
        _ => null,
    };

    static byte[] Leaf(string b64u) => B64u.TryDecode(b64u, out var bytes) ? bytes : throw new InvalidDataException("A leaf is no b64u.");
}
