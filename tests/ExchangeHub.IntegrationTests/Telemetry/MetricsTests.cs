using System.Globalization;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Isolation;
using ExchangeHub.IntegrationTests.Node;

namespace ExchangeHub.IntegrationTests.Telemetry;

/// <summary>What Prometheus reads from the hub.</summary>
public sealed class MetricsTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104", NotEnrolled = "420581";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_hub_counts_accepted_refused_and_overdue_and_names_no_county_exchange_or_person()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "metrics", Counties = [Asker, Receiver] }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        var person = InventedPerson.Of(Receiver, 7);
        var id = await asker.AskAsync(Receiver, person);
        await world.QuietAsync(cancel: Cancel);
        await RefusedAsync(world);
        await world.AdvanceToAsync(world.Clocks.Now.AddDays(60), Cancel); // past every deadline
        await world.QuietAsync(cancel: Cancel);

        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
        var told = await http.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancel);

        Value(told, "exchangehub_messages_accepted_total", $"exchangehub_message_kind=\"{Kinds.CertificateVerificationRequest}\"").ShouldBeGreaterThanOrEqualTo(1);
        Value(told, "exchangehub_messages_refused_total", $"error_type=\"{RefusalCodes.SenderNotActive}\"").ShouldBeGreaterThanOrEqualTo(1);
        foreach (var duty in new[] { Duties.Acknowledgement, Duties.Feedback })
            Value(told, "exchangehub_obligations_overdue_total", $"exchangehub_duty=\"{duty}\"").ShouldBeGreaterThanOrEqualTo(1);
        Value(told, "exchangehub_batch_size_count").ShouldBeGreaterThanOrEqualTo(1);
        foreach (var gauge in new[] { "exchangehub_obligations_due", "exchangehub_intake_lag_seconds", "exchangehub_outgoing_rows" })
            Value(told, gauge).ShouldBeGreaterThanOrEqualTo(0, gauge);
        var ours = string.Join('\n', told.Split('\n').Where(l => l.Contains("exchangehub_", StringComparison.Ordinal)));
        foreach (var secret in new[] { Asker, Receiver, NotEnrolled, id.ToString(), person.HolderName, person.HolderId, person.CertificateNumber })
            ours.ShouldNotContain(secret);
    }

    /// <summary>A broker user whose county the registrar has not signed yet sends all the same.</summary>
    static async Task RefusedAsync(World world)
    {
        await world.AddBrokerUserAsync(NotEnrolled, Cancel);
        using var keys = new CountyKeys(world, Asker);
        using var receiver = new CountyKeys(world, Receiver);
        var header = keys.Header(Kinds.CertificateVerificationRequest, Receiver, from: NotEnrolled);
        await using var county = await CountyAtBroker.ConnectAsync(world, NotEnrolled);
        (await county.SubmitAsync(header, keys.Seal(header, receiver), NotEnrolled)).ShouldBeNull();
        (await county.ReceiptAsync(header.MessageId)).ShouldBeOfType<RefusedStatement>().Reasons.ShouldContain(RefusalCodes.SenderNotActive);
    }

    /// <summary>The newest value of a series whose labels hold a text.</summary>
    static double Value(string told, string name, string label = "")
    {
        var line = told.Split('\n').LastOrDefault(l => l.StartsWith(name, StringComparison.Ordinal) && l[name.Length] is ('{' or ' ') && l.Contains(label, StringComparison.Ordinal))
            ?? throw new ShouldAssertException($"{name} {label} is not among\n{told}");
        // name{labels} value [timestamp]
        var rest = line[(line.LastIndexOf('}') + 1)..].Trim();
        return double.Parse((line.Contains('}') ? rest : rest[name.Length..]).Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}
