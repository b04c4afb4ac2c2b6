using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Incoming = ExchangeHub.Client.Members.Incoming;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>
/// Two counties with programs of their own that go on through every fault: one asks, the other answers each question it is given.
/// Whatever they are given is written down, so that a thing given twice is seen.
/// </summary>
public sealed class TwoCounties : IAsyncDisposable
{
    const string Asker = "330106", Receiver = "510104";
    static readonly TimeSpan settledWithin = TimeSpan.FromSeconds(150);
    static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(50);
    static readonly FeedbackReply agreed = new(new Dictionary<string, string>(StringComparer.Ordinal) { ["holderName"] = "same", ["holderId"] = "same" });

    readonly Lock sync = new();
    readonly CancellationTokenSource stopping = new();
    readonly List<Header> asked = [], questions = [], answered = [], replies = [];
    readonly List<Incoming> others = [];
    readonly BrokerConnection administrator;
    readonly NpgsqlDataSource database;
    readonly County asker, receiver;
    readonly Task reading;

    TwoCounties(World world, County asker, County receiver)
    {
        (World, this.asker, this.receiver) = (world, asker, receiver);
        administrator = new BrokerConnection(BrokerUri, "test administrator");
        // Unpooled: a connection kept over a restart of the database would fail its next user.
        database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(world.Servers.Database(world.Installation.HubDatabase)) { Pooling = false });
        reading = Task.WhenAll(AnswerAsync(), ReadRepliesAsync());
    }

    public World World { get; }

    /// <summary>The virtual host, as the broker's administrator enters it.</summary>
    public Uri BrokerUri => new UriBuilder(World.Servers.RabbitMq) { Path = "/" + Uri.EscapeDataString(World.Installation.VirtualHost) }.Uri;

    /// <summary>A world whose hub runs in this process, on real time, with one exchange already gone through: both know each other's keys.</summary>
    public static async Task<TwoCounties> OpenAsync(ServerAddresses servers, CancellationToken cancel, Action<WebApplicationBuilder>? hub = null)
    {
        var world = await World.CreateAsync(servers, new WorldOptions { Name = "faults", Counties = [Asker, Receiver], RealClock = true, StartNode = false, ConfigureHub = hub }, cancel);
        try
        {
            var counties = new TwoCounties(world, await OpenAsync(world, Asker, cancel), await OpenAsync(world, Receiver, cancel));
            await counties.AskAsync(1);
            await counties.SettledAsync();
            return counties;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stores so many questions; they are sent in the background.</summary>
    public async Task AskAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var question = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, asked.Count).Ask(), "RoutineCheck", stopping.Token);
            lock (sync)
                asked.Add(question);
        }
    }

    /// <summary>Waits until a look finds what must come about.</summary>
    /// <param name="longer">By how much more than usual it may take.</param>
    public static async Task Eventually(Func<Task<bool>> holds, string what, TimeSpan longer = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(settledWithin + longer);
        using var look = new PeriodicTimer(lookEvery, Clocks.Real.System);
        try
        {
            while (!await holds())
                await look.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited in vain until {what}.", e);
        }
    }

    /// <summary>Messages of a queue that no consumer holds, and its consumers.</summary>
    public async Task<(uint Messages, uint Consumers)> QueueAsync(string queue)
    {
        await using var channel = await (await administrator.OpenAsync(stopping.Token)).CreateChannelAsync(cancellationToken: stopping.Token);
        var state = await channel.QueueDeclarePassiveAsync(queue, stopping.Token);
        return (state.MessageCount, state.ConsumerCount);
    }

    public async Task<long> CountAsync(string rows)
    {
        await using var command = database.CreateCommand("select count(*) from " + rows);
        return (long)(await command.ExecuteScalarAsync(stopping.Token))!;
    }

    /// <summary>
    /// What a crash left unpublished waits half a minute for the sweep of any hub, so that it takes nothing out of living hands. No hub
    /// lives: the rows are made that old instead of waited for.
    /// </summary>
    public async Task AgeWhatIsPendingAsync()
    {
        await using var command = database.CreateCommand("update hub.pending set since = since - interval '1 minute'");
        await command.ExecuteNonQueryAsync(stopping.Token);
    }

    /// <summary>How many questions have a receipt that the asker has verified.</summary>
    public async Task<int> ReceiptsAsync() => asked.Count - (await asker.Member.StateAsync(stopping.Token)).Outgoing;

    /// <summary>Waits until every question and every answer has its receipt and is applied, and nothing is under way any more.</summary>
    public async Task SettledAsync()
    {
        await Eventually(() => Task.FromResult(Locked(() => replies.Count >= asked.Count)), $"all questions are answered: {Said()}");
        await Eventually(async () => await CountAsync("hub.pending") == 0, "the broker has confirmed all of the hub's");
        foreach (var queue in new[] { BrokerNames.Intake, BrokerNames.QueueOf(Asker), BrokerNames.QueueOf(Receiver) })
            await Eventually(async () => (await QueueAsync(queue)).Messages == 0, $"{queue} is empty");
        using var limit = new CancellationTokenSource(settledWithin);
        await asker.Member.WhenAsync(s => s.IsQuiet, limit.Token);
        await receiver.Member.WhenAsync(s => s.IsQuiet, limit.Token);
    }

    /// <summary>Settled, nothing is missing and nothing is there twice: at the asker, in the hub's tables, at the receiver.</summary>
    public async Task ShouldHoldEverythingOnceAsync()
    {
        await SettledAsync();
        var count = asked.Count;
        foreach (var sent in asked)
            (await asker.ReceiptAsync(sent, stopping.Token)).ShouldBeOfType<AcceptedStatement>();
        foreach (var sent in Locked(() => answered.ToList()))
            (await receiver.ReceiptAsync(sent, stopping.Token)).ShouldBeOfType<AcceptedStatement>();

        (await CountAsync("hub.submissions where verdict = 'accepted'")).ShouldBe(2 * count);
        (await CountAsync("hub.submissions")).ShouldBe(2 * count);
        (await CountAsync("hub.deliveries where exchange_id is not null")).ShouldBe(2 * count);
        (await CountAsync("hub.deliveries where confirmed_at is null")).ShouldBe(0);
        (await CountAsync("hub.exchanges where phase = 'Answered'")).ShouldBe(count);
        (await CountAsync("hub.exchanges")).ShouldBe(count);
        (await CountAsync("events.mt_events where type = 'opened'")).ShouldBe(count);
        (await CountAsync("events.mt_events where type = 'answered'")).ShouldBe(count);
        (await CountAsync("hub.obligations where fulfilled_at is null")).ShouldBe(0);
        (await CountAsync("hub.quarantine")).ShouldBe(0);

        var ids = asked.Select(h => h.MessageId).Order().ToList();
        Locked(() => questions.Select(h => h.MessageId).Order().ToList()).ShouldBe(ids);
        Locked(() => replies.Select(h => h.InReplyTo!.Value).Order().ToList()).ShouldBe(ids);
        Locked(() => others.ToList()).ShouldBeEmpty();
        asker.Notices.ShouldBeEmpty();
        receiver.Notices.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await reading;
        await asker.DisposeAsync();
        await receiver.DisposeAsync();
        await administrator.DisposeAsync();
        await database.DisposeAsync();
        await World.DisposeAsync();
        stopping.Dispose();
    }

    static Task<County> OpenAsync(World world, string county, CancellationToken cancel) =>
        County.OpenAsync(Path.Combine(world.Installation.CountiesFolder, county), ct: cancel);

    Task AnswerAsync() => ReadAsync(receiver, questions, async question =>
    {
        var reply = await receiver.ReplyAsync(question, Outcomes.Match, agreed, ct: stopping.Token);
        lock (sync)
            answered.Add(reply);
    });

    Task ReadRepliesAsync() => ReadAsync(asker, replies, _ => Task.CompletedTask);

    async Task ReadAsync(County county, List<Header> messages, Func<Incoming.Message, Task> handle)
    {
        try
        {
            await foreach (var item in county.ReceiveAsync(stopping.Token))
            {
                lock (sync)
                {
                    if (item is Incoming.Message given)
                        messages.Add(given.Header);
                    else
                        others.Add(item);
                }
                if (item is Incoming.Message message)
                    await handle(message);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    string Said() => Locked(() => $"{asked.Count} asked, {questions.Count} given, {answered.Count} answered, {replies.Count} read");

    T Locked<T>(Func<T> look)
    {
        lock (sync)
            return look();
    }
}
