using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ExchangeHub.Cli.Doctor;

/// <summary>Every check of the doctor. A check that cannot run is itself a finding.</summary>
public static class Examination
{
    /// <summary>A hub further from its database's clock stops taking.</summary>
    static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(2);

    /// <summary>A table for the coming year is published each November: from December on it should be loaded.</summary>
    const int NextYearNeededFromMonth = 12;

    public static async Task<IReadOnlyList<Finding>> RunAsync(ServerAddresses servers, Installation? installation, string folder, CancellationToken cancel)
    {
        var findings = new List<Finding>
        {
            await LookAsync("database", "Start PostgreSQL or mend EXCHANGEHUB_POSTGRES; ./run.sh starts a private one.", () => DatabaseAsync(servers, cancel)),
            await LookAsync("broker", "Start RabbitMQ with its management plugin or mend EXCHANGEHUB_RABBITMQ_MANAGEMENT; ./run.sh starts a private one.", () => BrokerAsync(servers, cancel)),
        };
        if (installation is null)
        {
            findings.Add(new(Health.Ill, "installation", $"none in {folder}", "exchangehub up makes one; --folder names another place."));
            return findings;
        }
        if (findings.TrueForAll(f => f.Health != Health.Ill))
        {
            findings.Add(await LookAsync("broker policy", PolicyCure, () => PolicyAsync(servers, installation, cancel)));
            findings.Add(await LookAsync("message size", SizeCure, () => MessageSizeAsync(servers, installation, cancel)));
            findings.Add(await LookAsync("dead letters", "exchangehub quarantine list shows what the hub put aside.", () => DeadLettersAsync(servers, installation, cancel)));
            findings.Add(await LookAsync("database clock", "Let NTP set the clocks of both machines.", () => SkewAsync(servers, installation, cancel)));
            findings.Add(await LookAsync("calendar", CalendarCure, () => CalendarAsync(servers, installation, cancel)));
        }
        findings.Add(await LookAsync("hub", "Start it (exchangehub up), then look at its log.", () => HubAsync(installation, cancel)));
        findings.Add(await LookAsync("registry", "The registrar reissues the snapshot weekly; exchangehub up does while it runs.", () => RegistryAsync(installation, cancel)));
        findings.Add(await LookAsync("hub key", KeyExamination.FilesCure, () => KeyExamination.HubAsync(installation, cancel)));
        findings.Add(await LookAsync("county keys", KeyExamination.FilesCure, () => KeyExamination.CountiesAsync(installation, cancel)));
        return findings;
    }

    const string PolicyCure = "exchangehub up sets it; another policy with a higher priority must go (rabbitmqctl list_policies).";
    const string SizeCure = "Put deploy/rabbitmq.conf (max_message_size) into the broker's configuration and restart it: one county's huge messages hold up everybody's intake.";
    const string CalendarCure = "exchangehub calendar import FILE with the State Council's table of the year (columns date,kind,occasion).";

    static async Task<Finding> LookAsync(string what, string cure, Func<Task<Finding>> look)
    {
        try
        {
            var found = await look();
            return found.Health == Health.Well ? found with { What = what } : found with { What = what, Cure = found.Cure ?? cure };
        }
        catch (Exception e) when (e is NpgsqlException or HttpRequestException or HubApiException or IOException or UnauthorizedAccessException or InvalidDataException or JsonException or BrokerUnreachableException)
        {
            return new(Health.Ill, what, e.Message, cure);
        }
    }

    static Finding Well(string found) => new(Health.Well, "", found);

    static async Task<Finding> DatabaseAsync(ServerAddresses servers, CancellationToken cancel) =>
        Well("PostgreSQL " + await ScalarAsync<string>(servers.Postgres, "select current_setting('server_version')", cancel));

    static async Task<Finding> BrokerAsync(ServerAddresses servers, CancellationToken cancel)
    {
        using var broker = new BrokerAdmin(servers);
        return Well("RabbitMQ " + await broker.VersionAsync(cancel));
    }

    /// <summary>The policy as the broker applies it to every queue, compared member by member.</summary>
    static async Task<Finding> PolicyAsync(ServerAddresses servers, Installation installation, CancellationToken cancel)
    {
        using var broker = new BrokerAdmin(servers);
        var queues = await broker.QueuesAsync(installation.VirtualHost, cancel);
        var astray = queues.Where(q => q.Type != "quorum" || !JsonNode.DeepEquals(q.EffectivePolicy, BrokerAdmin.PolicyDefinition)).ToList();
        return queues.Count == 0 ? new(Health.Ill, "", $"no queues in {installation.VirtualHost}")
            : astray.Count > 0 ? new(Health.Ill, "", $"{astray[0].Name} ({astray[0].Type}) and {astray.Count - 1} more of {queues.Count} queues: {astray[0].Policy ?? "no policy"} {astray[0].EffectivePolicy.ToJsonString()}")
            : Well($"{queues.Count} quorum queues, {BrokerAdmin.PolicyDefinition.ToJsonString()}");
    }

    /// <summary>Tried, since no interface tells it: one byte too many, addressed to no queue.</summary>
    static async Task<Finding> MessageSizeAsync(ServerAddresses servers, Installation installation, CancellationToken cancel)
    {
        await using var broker = new BrokerConnection(new UriBuilder(servers.RabbitMq) { Path = "/" + Uri.EscapeDataString(installation.VirtualHost) }.Uri, "doctor");
        await using var channel = await (await broker.OpenAsync(cancel)).CreateChannelAsync(cancellationToken: cancel);
        try
        {
            await channel.BasicPublishAsync("", $"nobody {Guid.NewGuid()}", new byte[Limits.DeliveryBytesMax + 1], cancel);
            await channel.ExchangeDeclarePassiveAsync(BrokerNames.Submit, cancel); // a publish is answered late: a question behind it waits for that
            return new(Health.Ill, "", $"the broker takes messages above {Limits.DeliveryBytesMax} bytes");
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            return Well($"closes a channel above {Limits.DeliveryBytesMax} bytes a message");
        }
    }

    static async Task<Finding> DeadLettersAsync(ServerAddresses servers, Installation installation, CancellationToken cancel)
    {
        using var broker = new BrokerAdmin(servers);
        var dead = (await broker.QueuesAsync(installation.VirtualHost, cancel)).FirstOrDefault(q => q.Name == BrokerNames.Dead);
        return dead is null ? new(Health.Ill, "", "no queue for dead letters", PolicyCure)
            : dead.Messages > 0 ? new(Health.Watch, "", $"{dead.Messages} wait for the hub") : Well("none");
    }

    static async Task<Finding> SkewAsync(ServerAddresses servers, Installation installation, CancellationToken cancel)
    {
        var before = TimeProvider.System.GetUtcNow();
        var theirs = await ScalarAsync<DateTime>(servers.Database(installation.HubDatabase), "select clock_timestamp()", cancel);
        var after = TimeProvider.System.GetUtcNow();
        var skew = theirs - (before + ((after - before) / 2)).UtcDateTime;
        var found = string.Create(CultureInfo.InvariantCulture, $"{skew.TotalMilliseconds:+0;-0;0} ms from this machine");
        return skew.Duration() > SkewMax ? new(Health.Ill, "", found) : Well(found);
    }

    static async Task<Finding> CalendarAsync(ServerAddresses servers, Installation installation, CancellationToken cancel)
    {
        var now = await BusinessNowAsync(installation, cancel);
        var years = new HashSet<int>();
        await using var source = NpgsqlDataSource.Create(servers.Database(installation.HubDatabase));
        await using var command = source.CreateCommand("select distinct year from hub.calendar_years");
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            years.Add(rows.GetInt32(0));
        var today = WireTime.DayOf(now);
        return !years.Contains(today.Year) ? new(Health.Ill, "", $"no table of {today.Year}: due dates are pending")
            : today.Month >= NextYearNeededFromMonth && !years.Contains(today.Year + 1) ? new(Health.Watch, "", $"no table of {today.Year + 1} yet: due dates beyond New Year are pending")
            : Well(string.Join(", ", years.Order()));
    }

    static async Task<Finding> HubAsync(Installation installation, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = installation.HubUrl, Timeout = TimeSpan.FromSeconds(5) };
        using var answer = await http.GetAsync("healthz/ready", cancel);
        return answer.IsSuccessStatusCode
            ? Well($"ready at {installation.HubUrl}, business time {new Scenarios.LocalInstant(await BusinessNowAsync(installation, cancel))}")
            : new(Health.Ill, "", $"{(int)answer.StatusCode} at {installation.HubUrl}healthz/ready: {await answer.Content.ReadAsStringAsync(cancel)}");
    }

    static async Task<Finding> RegistryAsync(Installation installation, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = installation.HubUrl };
        var registrar = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(installation.RegistrarKeyFile, cancel), ContractsJson.Default.Jwk)!;
        var change = await new HubApi(http, installation.HubId, Party.Registrar, () => null, Clocks.Real).AdvanceAsync(KeyRing.Pinned(installation.HubId, registrar), cancel);
        if (!change.Ok)
            return new(Health.Ill, "", $"the hub's registry does not verify: {change.Verdict}", "Somebody changed it, or the registrar's key is another: compare registrar.json with the registrar.");
        var found = $"snapshot {change.Ring.Number} over {change.Ring.Parties.Count} parties, issued {WireTime.Format(change.Ring.IssuedAt)}";
        return change.Ring.AgeAt(await BusinessNowAsync(installation, cancel)) switch
        {
            RegistryAge.Fresh => Well(found),
            RegistryAge.Old => new(Health.Watch, "", found + ": over 14 days old"),
            _ => new(Health.Ill, "", found + ": over 30 days old, counties seal nothing new"),
        };
    }

    static async Task<DateTimeOffset> BusinessNowAsync(Installation installation, CancellationToken cancel) => (await BusinessClock.OfAsync(installation, cancel)).Now;

    static async Task<T> ScalarAsync<T>(string database, string sql, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }
}
