using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Hub;
using ExchangeHub.IntegrationTests.Isolation;
using Npgsql;
using RabbitMQ.Client;

namespace ExchangeHub.IntegrationTests.Blindness;

/// <summary>What a county's faulty program may send: a person's data in the clear, at every place of a message where text fits.</summary>
sealed class UnsealedMessages(InventedCase about)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public IEnumerable<string> Values => about.Values;

    string Plaintext => string.Join(' ', Values);

    /// <summary>Sends them all and waits until the hub has refused or quarantined each.</summary>
    public async Task SendAsync(World world, string from, string to)
    {
        using var keys = new CountyKeys(world, from);
        using var receiver = new CountyKeys(world, to);
        Header Head() => keys.Header(Kinds.CertificateVerificationRequest, to);
        byte[] Sealed(Header header) => keys.Seal(header, receiver);
        byte[] InTheClear(Header header) => Encoding.UTF8.GetBytes($"{{\"header\":{Encoding.UTF8.GetString(header.Write())},\"sealed\":{JsonSerializer.Serialize(Plaintext)}}}");
        byte[] WithMember(Header header) => Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Sealed(header))
            .Replace("\"wire\":1", $"\"wire\":1,\"holder\":{JsonSerializer.Serialize(Plaintext)}", StringComparison.Ordinal));

        var refused = new (Func<Header, byte[]> Body, Action<BasicProperties> Alter)[]
        {
            (InTheClear, _ => { }),
            (_ => Encoding.UTF8.GetBytes(Plaintext), _ => { }),
            (WithMember, _ => { }),
            (Sealed, p => (p.Type, p.CorrelationId, p.ContentType) = (about.HolderName, about.HolderId, about.QuestionNote)),
            (Sealed, p => p.Headers = new Dictionary<string, object?> { ["tracestate"] = Plaintext, ["baggage"] = Plaintext, ["traceparent"] = about.HolderId, [about.HolderId] = Plaintext }),
        };
        var quarantined = new (Func<Header, byte[]> Body, Action<BasicProperties> Alter)[]
        {
            (InTheClear, p => p.UserId = null),
            (InTheClear, p => p.MessageId = about.HolderName),
            (Sealed, p => p.MessageId = about.HolderName + "\0"),
            (InTheClear, p => p.Expiration = "0"), // while no hub reads, the broker gives it to the dead letters
        };
        await world.StopHubAsync(Cancel);
        await using var county = await CountyAtBroker.ConnectAsync(world, from);
        foreach (var (body, alter) in refused.Concat(quarantined))
        {
            var header = Head();
            var properties = new BasicProperties
            {
                MessageId = header.MessageId.ToString(),
                CorrelationId = header.ExchangeId.ToString(),
                Type = Kinds.TypeOf(header.Kind, header.Version),
                UserId = from,
                ContentType = "application/json",
                DeliveryMode = DeliveryModes.Persistent,
            };
            alter(properties);
            (await county.TryAsync(c => c.BasicPublishAsync(BrokerNames.Submit, BrokerNames.RoutingKey(header.Kind, header.Version, from), mandatory: true, properties, body(header), Cancel).AsTask()))
                .ShouldBeNull();
        }
        await world.StartHubAsync(Cancel);

        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
        using var enrolment = await http.PostAsJsonAsync("api/v1/enrolments", new { request = Plaintext, endorsement = Plaintext }, Cancel);
        enrolment.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await using var hub = NpgsqlDataSource.Create(world.Servers.Database(world.Installation.HubDatabase));
        await HubWorld.Eventually(async () => await CountAsync(hub, "hub.submissions where verdict = 'refused'") == refused.Length
            && await CountAsync(hub, "hub.quarantine") == quarantined.Length);
        (await CountAsync(hub, "hub.quarantine where body is not null or properties is not null")).ShouldBe(0);
        (await CountAsync(hub, "hub.quarantine where bytes > 0 and length(digest) = 32")).ShouldBe(quarantined.Length);
    }

    static async Task<long> CountAsync(NpgsqlDataSource hub, string rows)
    {
        await using var command = hub.CreateCommand("select count(*) from " + rows);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
