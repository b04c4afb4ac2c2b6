using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Web.Accounts;
using RabbitMQ.Client;

namespace ExchangeHub.IntegrationTests.Isolation;

/// <summary>A county with valid credentials at the broker, and what is another county's there.</summary>
public sealed class BrokerIsolationTests(TestServers servers)
{
    const string A = "420581", B = "330106", C = "510104";
    const int AccessRefused = 403, PreconditionFailed = 406;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    Task<World> WorldAsync() => World.CreateAsync(servers.Addresses, new WorldOptions { Name = "apart", Counties = [A, B, C], StartNode = false }, Cancel);

    [Fact]
    public async Task The_broker_gives_a_county_nothing_of_anothers_queue_and_lets_it_write_in_nobody_elses_name()
    {
        await using var world = await WorldAsync();
        using var askerKeys = new CountyKeys(world, C);
        using var askedKeys = new CountyKeys(world, B);
        var asked = askerKeys.Header(Kinds.CertificateVerificationRequest, B);
        await using (var asker = await CountyAtBroker.ConnectAsync(world, C))
        {
            (await asker.SubmitAsync(asked, askerKeys.Seal(asked, askedKeys), C)).ShouldBeNull();
            (await asker.ReceiptAsync(asked.MessageId)).ShouldBeOfType<AcceptedStatement>();
        }

        await using var county = await CountyAtBroker.ConnectAsync(world, A);
        var (queueOfB, body) = (BrokerNames.QueueOf(B), "{}"u8.ToArray());
        var properties = new BasicProperties { MessageId = Guid.NewGuid().ToString("D"), UserId = A };
        (string Deed, int Answer, Func<IChannel, Task> Do)[] deeds =
        [
            ("consume B's queue", AccessRefused, c => c.BasicConsumeAsync(queueOfB, autoAck: true, new AsyncDefaultConsumer(c), Cancel)),
            ("get from B's queue", AccessRefused, c => c.BasicGetAsync(queueOfB, autoAck: true, Cancel)),
            ("get from the hub's intake", AccessRefused, c => c.BasicGetAsync(BrokerNames.Intake, autoAck: true, Cancel)),
            ("get from the dead letters", AccessRefused, c => c.BasicGetAsync(BrokerNames.Dead, autoAck: true, Cancel)),
            ("publish with B's routing key", AccessRefused, c => c.BasicPublishAsync(BrokerNames.Submit, BrokerNames.RoutingKey(Kinds.Withdrawal, 1, B), true, properties, body, Cancel).AsTask()),
            ("publish with B's routing key behind a line's end", AccessRefused, c => c.BasicPublishAsync(BrokerNames.Submit, $"{BrokerNames.RoutingKey(Kinds.Withdrawal, 1, A)}\n", true, properties, body, Cancel).AsTask()),
            ("publish as B", PreconditionFailed, c => c.BasicPublishAsync(BrokerNames.Submit, BrokerNames.RoutingKey(Kinds.Withdrawal, 1, A), true, new BasicProperties(properties) { UserId = B }, body, Cancel).AsTask()),
            ("publish a delivery to B", AccessRefused, c => c.BasicPublishAsync(BrokerNames.Deliver, B, true, properties, body, Cancel).AsTask()),
            ("publish into B's queue", AccessRefused, c => c.BasicPublishAsync("", queueOfB, true, properties, body, Cancel).AsTask()),
            ("publish into the own queue", AccessRefused, c => c.BasicPublishAsync("", BrokerNames.QueueOf(A), true, properties, body, Cancel).AsTask()),
            ("publish into the hub's intake", AccessRefused, c => c.BasicPublishAsync("", BrokerNames.Intake, true, properties, body, Cancel).AsTask()),
            ("publish to the dead letters", AccessRefused, c => c.BasicPublishAsync(BrokerNames.Dead, "", true, properties, body, Cancel).AsTask()),
            ("bind the own queue to B's deliveries", AccessRefused, c => c.QueueBindAsync(BrokerNames.QueueOf(A), BrokerNames.Deliver, B, cancellationToken: Cancel)),
            ("bind the own queue to all submissions", AccessRefused, c => c.QueueBindAsync(BrokerNames.QueueOf(A), BrokerNames.Submit, "#", cancellationToken: Cancel)),
            ("unbind B's queue", AccessRefused, c => c.QueueUnbindAsync(queueOfB, BrokerNames.Deliver, B, cancellationToken: Cancel)),
            ("empty B's queue", AccessRefused, c => c.QueuePurgeAsync(queueOfB, Cancel)),
            ("delete B's queue", AccessRefused, c => c.QueueDeleteAsync(queueOfB, ifUnused: false, ifEmpty: false, cancellationToken: Cancel)),
            ("delete the own queue", AccessRefused, c => c.QueueDeleteAsync(BrokerNames.QueueOf(A), ifUnused: false, ifEmpty: false, cancellationToken: Cancel)),
            ("declare a queue", AccessRefused, c => c.QueueDeclareAsync("node.mine", durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel)),
            ("declare an exchange", AccessRefused, c => c.ExchangeDeclareAsync("mine", ExchangeType.Fanout, cancellationToken: Cancel)),
            ("delete an exchange", AccessRefused, c => c.ExchangeDeleteAsync(BrokerNames.Deliver, cancellationToken: Cancel)),
        ];
        foreach (var (deed, answer, tryIt) in deeds)
            (await county.TryAsync(tryIt)).ShouldBe(answer, deed);

        await using var owner = await CountyAtBroker.ConnectAsync(world, B);
        var (type, messageId, _) = await owner.NextAsync();
        while (type == Kinds.TypeOf(Kinds.RegistryChange, 1)) // what every county is told
            (type, messageId, _) = await owner.NextAsync();
        (type, messageId).ShouldBe((Kinds.TypeOf(asked.Kind, 1), asked.MessageId.ToString("D")));
        (await county.TryAsync(_ => Task.CompletedTask)).ShouldBeNull(); // its own queue is still there
    }

    [Fact]
    public async Task Who_sends_two_mebibytes_loses_its_channel_and_the_others_are_served()
    {
        await using var world = await WorldAsync();
        using var keys = new CountyKeys(world, A);
        using var othersKeys = new CountyKeys(world, B);
        await using var greedy = await CountyAtBroker.ConnectAsync(world, A);
        await using var other = await CountyAtBroker.ConnectAsync(world, B);
        var huge = keys.Header(Kinds.CertificateVerificationRequest, C);

        (await greedy.SubmitAsync(huge, new byte[2 * Limits.DeliveryBytesMax], A)).ShouldBe(PreconditionFailed);

        using var askedKeys = new CountyKeys(world, C);
        var question = othersKeys.Header(Kinds.CertificateVerificationRequest, C);
        (await other.SubmitAsync(question, othersKeys.Seal(question, askedKeys), B)).ShouldBeNull();
        (await other.ReceiptAsync(question.MessageId)).ShouldBeOfType<AcceptedStatement>();
        var large = keys.Header(Kinds.CertificateVerificationRequest, C);
        (await greedy.SubmitAsync(large, new byte[Limits.DeliveryBytesMax], A)).ShouldBeNull(); // the broker takes it; the hub refuses above its own limit
        (await greedy.ReceiptAsync(large.MessageId)).ShouldBeOfType<RefusedStatement>().Reasons.ShouldBe([RefusalCodes.TooLarge]);
    }

    [Fact]
    public async Task A_countys_broker_credentials_open_no_management()
    {
        await using var world = await WorldAsync();
        using var http = new HttpClient { BaseAddress = new UriBuilder(world.Servers.RabbitMqManagement) { UserName = "", Password = "", Path = "/api/" }.Uri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic",
            Convert.ToBase64String(Encoding.ASCII.GetBytes($"{A}:{world.Servers.SharedPasswordOf(A)}")));
        foreach (var path in new[] { "queues", $"queues/{world.Installation.VirtualHost}/{BrokerNames.QueueOf(B)}", "users", "overview" })
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task A_message_in_anothers_name_is_refused_to_its_real_sender_and_touches_no_exchange()
    {
        await using var world = await WorldAsync();
        using var keys = new CountyKeys(world, A);
        using var receiver = new CountyKeys(world, C);
        await using var county = await CountyAtBroker.ConnectAsync(world, A);
        var pretended = keys.Header(Kinds.CertificateVerificationRequest, C, from: B);

        (await county.SubmitAsync(pretended, keys.Seal(pretended, receiver), user: A)).ShouldBeNull();

        var refused = (await county.ReceiptAsync(pretended.MessageId)).ShouldBeOfType<RefusedStatement>();
        (refused.From, refused.Reasons.Contains(RefusalCodes.FromNotSender)).ShouldBe((A, true), string.Join(' ', refused.Reasons));
        var auditor = await world.SignInAtHubAsync("auditor", Roles.Auditor, cancel: Cancel);
        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl, DefaultRequestHeaders = { Authorization = new("Bearer", auditor) } };
        (await http.GetAsync(new Uri($"api/v1/exchanges/{pretended.ExchangeId}", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(Kinds.Acknowledgement)]
    [InlineData(Kinds.Withdrawal)]
    public async Task An_exchange_of_two_others_answers_a_county_like_one_that_does_not_exist(string kind)
    {
        await using var world = await WorldAsync();
        using var stranger = new CountyKeys(world, A);
        using var askerKeys = new CountyKeys(world, C);
        using var askedKeys = new CountyKeys(world, B);
        var asked = askerKeys.Header(Kinds.CertificateVerificationRequest, B);
        await using (var asker = await CountyAtBroker.ConnectAsync(world, C))
        {
            (await asker.SubmitAsync(asked, askerKeys.Seal(asked, askedKeys), C)).ShouldBeNull();
            (await asker.ReceiptAsync(asked.MessageId)).ShouldBeOfType<AcceptedStatement>();
        }
        await using var county = await CountyAtBroker.ConnectAsync(world, A);

        var answers = new List<string>();
        foreach (var exchange in new[] { asked.ExchangeId, Guid.NewGuid() })
        {
            var meddling = stranger.Header(kind, C, exchange) with { InReplyTo = kind == Kinds.Acknowledgement ? asked.MessageId : null };
            (await county.SubmitAsync(meddling, stranger.Seal(meddling, askerKeys), user: A)).ShouldBeNull();
            var refused = (await county.ReceiptAsync(meddling.MessageId)).ShouldBeOfType<RefusedStatement>();
            answers.Add($"{string.Join(' ', refused.Reasons)} {string.Join(' ', refused.Fields)}");
        }

        answers[0].ShouldStartWith(RefusalCodes.ExchangeUnknown);
        answers[1].ShouldBe(answers[0]);
    }

    sealed class AsyncDefaultConsumer(IChannel channel) : RabbitMQ.Client.AsyncDefaultBasicConsumer(channel);
}
