using System.Net;
using System.Net.Sockets;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Client;

public sealed class PublisherTests(TestServers servers) : IAsyncLifetime
{
    readonly string vhost = $"client-{Guid.NewGuid():N}";
    readonly BrokerAdmin admin = new(servers.Addresses);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Uri Uri => new UriBuilder(servers.Addresses.RabbitMq) { Path = "/" + vhost }.Uri;

    public async ValueTask InitializeAsync() => await admin.SetUpAsync(vhost, cancel: Ct);

    public async ValueTask DisposeAsync()
    {
        await admin.DropAsync(vhost, CancellationToken.None);
        admin.Dispose();
    }

    static OutboundMessage Message(int number = 0, string? userId = null) =>
        new(BrokerNames.Submit, $"test.v1.{number}", "test.v1", new byte[] { 1, 2, 3 }) { MessageId = $"{number}", UserId = userId };

    [Fact]
    public async Task Every_message_of_a_pipelined_batch_is_confirmed_and_arrives_once()
    {
        await using var connection = new BrokerConnection(Uri, "test");
        await using var publisher = new Publisher(connection, TimeProvider.System);
        (await publisher.PublishManyAsync([.. Enumerable.Range(0, 2_500).Select(i => Message(i))], Ct)).ShouldAllBe(o => o == PublishOutcome.Confirmed);
        await using var consumer = new Consumer(connection, BrokerNames.Intake, 500, TimeProvider.System);
        consumer.Start();
        var read = new HashSet<string>();
        while (read.Count < 2_500)
        {
            var batch = await consumer.ReadAsync(200, Ct);
            batch.ShouldAllBe(m => read.Add(m.MessageId!));
            await consumer.AckAsync(batch, Ct);
        }
        consumer.InHand.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_no_queue_takes_is_returned_and_the_others_are_confirmed()
    {
        await using var connection = new BrokerConnection(Uri, "test");
        await using var publisher = new Publisher(connection, TimeProvider.System);
        (await publisher.PublishManyAsync([Message(1), Message(2) with { Exchange = BrokerNames.Deliver, RoutingKey = "999999" }, Message(3)], Ct))
            .ShouldBe([PublishOutcome.Confirmed, PublishOutcome.Returned, PublishOutcome.Confirmed]);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_so()
    {
        await using var connection = new BrokerConnection(Uri, "test");
        var on = await connection.OpenAsync(Ct);
        await using (var channel = await on.CreateChannelAsync(cancellationToken: Ct))
        {
            await channel.QueueDeclareAsync("full", durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "classic", ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }, cancellationToken: Ct);
            await channel.QueueBindAsync("full", BrokerNames.Deliver, "999998", cancellationToken: Ct);
        }
        await using var publisher = new Publisher(connection, TimeProvider.System);
        var to = Message() with { Exchange = BrokerNames.Deliver, RoutingKey = "999998" };
        (await publisher.PublishAsync(to, Ct)).ShouldBe(PublishOutcome.Confirmed);
        (await publisher.PublishAsync(to, Ct)).ShouldBe(PublishOutcome.Refused);
        (await publisher.PublishAsync(Message(1), Ct)).ShouldBe(PublishOutcome.Confirmed);
    }

    [Fact]
    public async Task A_channel_that_the_broker_closes_is_replaced()
    {
        await using var connection = new BrokerConnection(Uri, "test");
        await using var publisher = new Publisher(connection, TimeProvider.System);
        (await publisher.PublishAsync(Message(userId: "somebody-else"), Ct)).ShouldBe(PublishOutcome.Lost);
        (await publisher.PublishAsync(Message(), Ct)).ShouldBe(PublishOutcome.Confirmed);
    }

    [Fact]
    public async Task A_broker_that_falls_silent_costs_the_deadline_and_a_new_connection()
    {
        await using var proxy = new SilentProxy(Uri.Host, Uri.Port);
        await using var connection = new BrokerConnection(new UriBuilder(Uri) { Host = "127.0.0.1", Port = proxy.Port }.Uri, "test");
        await using var publisher = new Publisher(connection, TimeProvider.System) { Deadline = TimeSpan.FromMilliseconds(700) };
        (await publisher.PublishAsync(Message(1), Ct)).ShouldBe(PublishOutcome.Confirmed);
        proxy.Silent = true;
        (await publisher.PublishManyAsync([Message(2), Message(3)], Ct)).ShouldAllBe(o => o == PublishOutcome.TimedOut);
        proxy.Silent = false;
        var outcome = PublishOutcome.Lost;
        for (var tries = 0; outcome != PublishOutcome.Confirmed && tries < 20; tries++)
            outcome = await publisher.PublishAsync(Message(4), Ct);
        outcome.ShouldBe(PublishOutcome.Confirmed);
        proxy.Connections.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Where_no_broker_answers_everything_is_lost_and_nothing_throws()
    {
        await using var connection = new BrokerConnection(new Uri("amqp://guest:guest@127.0.0.1:1/none"), "test");
        await using var publisher = new Publisher(connection, TimeProvider.System) { Deadline = TimeSpan.FromSeconds(2) };
        (await publisher.PublishManyAsync([Message(1), Message(2)], Ct)).ShouldAllBe(o => o == PublishOutcome.Lost);
    }

    [Fact]
    public async Task A_consumer_goes_on_after_its_connection_was_cut_and_unacknowledged_messages_come_again()
    {
        await using var connection = new BrokerConnection(Uri, "test");
        await using var publisher = new Publisher(connection, TimeProvider.System);
        await using var consumer = new Consumer(connection, BrokerNames.Intake, 10, TimeProvider.System);
        consumer.Start();
        await publisher.PublishAsync(Message(1), Ct);
        var first = await consumer.ReadAsync(10, Ct);
        await BrokerCut.CutAsync(servers.Addresses, vhost, Ct);
        var again = await consumer.ReadAsync(10, Ct);
        again.ShouldHaveSingleItem().Redelivered.ShouldBeTrue();
        await consumer.AckAsync(first, Ct); // of the ended session: nothing happens
        consumer.InHand.ShouldBe(1);
        await consumer.AckAsync(again, Ct);
        consumer.InHand.ShouldBe(0);
    }

    [Fact]
    public async Task A_paused_consumer_gives_back_what_it_had_and_takes_it_after_resuming()
    {
        await using var connection = new BrokerConnection(Uri, "test");
        await using var publisher = new Publisher(connection, TimeProvider.System);
        await using var consumer = new Consumer(connection, BrokerNames.Intake, 10, TimeProvider.System);
        consumer.Start();
        await publisher.PublishAsync(Message(1), Ct);
        await consumer.ReadAsync(10, Ct);
        await consumer.PauseAsync();
        var next = consumer.ReadAsync(10, Ct);
        next.IsCompleted.ShouldBeFalse();
        consumer.Resume();
        var again = await next;
        again.ShouldHaveSingleItem().Redelivered.ShouldBeTrue();
        await consumer.AckAsync(again, Ct);
    }

    /// <summary>A wire to the broker that can be made to swallow everything without closing.</summary>
    sealed class SilentProxy : IAsyncDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly CancellationTokenSource stop = new();
        readonly List<TcpClient> open = [];
        readonly string host;
        readonly int port;

        public SilentProxy(string host, int port)
        {
            (this.host, this.port) = (host, port);
            listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public volatile bool Silent;

        public int Connections { get; private set; }

        async Task AcceptAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                TcpClient client;
                try
                {
                    client = await listener.AcceptTcpClientAsync(stop.Token);
                }
                catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
                {
                    return;
                }
                Connections++;
                var server = new TcpClient();
                await server.ConnectAsync(host, port);
                open.AddRange([client, server]);
                _ = PumpAsync(client, server);
                _ = PumpAsync(server, client);
            }
        }

        async Task PumpAsync(TcpClient from, TcpClient to)
        {
            var buffer = new byte[65_536];
            try
            {
                while (await from.GetStream().ReadAsync(buffer, stop.Token) is var count and > 0)
                    if (!Silent)
                        await to.GetStream().WriteAsync(buffer.AsMemory(0, count), stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // One side is gone; the other is closed below.
            }
            to.Close();
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            listener.Stop();
            foreach (var client in open)
                client.Dispose();
            stop.Dispose();
        }
    }
}
