using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>The AsyncAPI file says what the code does: a stranger builds on it alone.</summary>
public sealed class AsyncApiTests
{
    static readonly YamlMappingNode file = Load();

    [Fact]
    public void It_is_AsyncAPI_3() => Text(file, "asyncapi").ShouldBe("3.0.0");

    [Fact]
    public void Every_version_of_every_kind_that_may_be_submitted_is_a_message_with_the_schemas_of_its_own()
    {
        var messages = Kinds.Submitted.Values.SelectMany(rule => rule.Types.Select((type, older) => (Name: older == 0 ? rule.Kind : type, type, rule))).ToList();
        Names(At(file, "channels", "submit", "messages")).ShouldBe(messages.Select(m => m.Name), ignoreOrder: true);
        foreach (var (name, type, rule) in messages)
        {
            var message = At(file, "components", "messages", name);
            var payload = At(message, "payload");
            var token = rule.ToHub ? "signed" : "sealed";
            Text(payload, "properties", "header", "$ref").ShouldBe($"./schemas/header.{type}.json");
            Text(payload, "additionalProperties").ShouldBe("false");
            Names(At(payload, "properties")).ShouldBe(["header", token]);
            Items(At(payload, "required")).ShouldBe(["header", token]);
            Text(message, "bindings", "amqp", "messageType").ShouldBe(type);
            Text(message, "x-content", "$ref").ShouldBe($"./schemas/content.{type}.json");
        }
    }

    [Fact]
    public void Its_table_of_who_may_send_what_when_is_the_table_of_kinds()
    {
        var rules = Kinds.Submitted.Values.ToList();
        foreach (var rule in rules.Where(r => r.Opens))
            Items(At(file, "x-life", "owes", rule.Kind)).ShouldBe(rule.OwesFeedback ? [Duties.Acknowledgement, Duties.Feedback] : [Duties.Acknowledgement]);
        Names(At(file, "x-life", "owes")).ShouldBe(rules.Where(r => r.Opens).Select(r => r.Kind));
        Items(At(file, "x-life", "toHub")).ShouldBe(rules.Where(r => r.ToHub).Select(r => r.Kind));
        Names(At(file, "x-life", "within")).ShouldBe(rules.Where(r => r.Within is not null).Select(r => r.Kind));
        foreach (var rule in rules.Where(r => r.Within is not null))
        {
            var (row, move) = (At(file, "x-life", "within", rule.Kind), rule.Within!);
            Text(row, "by").ShouldBe(move.By switch { Side.Asker => "asker", Side.Receiver => "receiver", _ => "either" }, rule.Kind);
            Items(At(row, "in")).ShouldBe(move.In.Select(p => p.ToString()), rule.Kind);
            Text(row, "then").ShouldBe(Then(move.After(Kinds.AssistanceCheckRequest)), rule.Kind);
            Text(row, "notices").ShouldBe(move.InNotices ? Then(move.After(Kinds.InflowNotice)) : "never", rule.Kind);
        }

        static string Then(Phase? phase) => phase?.ToString() ?? "same";
    }

    [Fact]
    public void What_the_hub_sends_is_in_the_inbox_of_a_county()
    {
        string[] events = [Kinds.Reminder, Kinds.Overdue, Kinds.Escalation, Kinds.DueChange, Kinds.Closure, Kinds.Ruling, Kinds.RegistryChange];
        Names(At(file, "channels", "inbox", "messages")).ShouldBe(["delivery", Kinds.Receipts, .. events], ignoreOrder: true);
        foreach (var kind in (string[])[Kinds.Receipts, .. events])
            Text(file, "components", "messages", kind, "bindings", "amqp", "messageType").ShouldBe(Kinds.TypeOf(kind, 1));
        foreach (var kind in events)
            Text(file, "components", "messages", kind, "x-leaf", "$ref").ShouldBe($"./schemas/statement.event.{kind}.v1.json");
    }

    [Fact]
    public void Exchanges_queues_and_routing_keys_are_named_as_in_code()
    {
        Text(file, "channels", "submit", "bindings", "amqp", "exchange", "name").ShouldBe(BrokerNames.Submit);
        Text(file, "channels", "deliver", "bindings", "amqp", "exchange", "name").ShouldBe(BrokerNames.Deliver);
        Text(file, "channels", "intake", "bindings", "amqp", "queue", "name").ShouldBe(BrokerNames.Intake);
        Text(file, "channels", "inbox", "bindings", "amqp", "queue", "name").ShouldBe(BrokerNames.QueueOf("{county}"));
        Text(file, "channels", "submit", "address").Replace("{type}", Kinds.TypeOf(Kinds.Return, 1), StringComparison.Ordinal)
            .Replace("{from}", "330109", StringComparison.Ordinal).ShouldBe(BrokerNames.RoutingKey(Kinds.Return, 1, "330109"));
    }

    /// <summary>Its list of refusal codes, as it is written.</summary>
    internal static IEnumerable<string> RefusalCodesOf() => Names(At(file, "x-refusals", "codes"));

    [Fact]
    public void Every_signed_thing_has_its_typ()
    {
        Names(At(file, "x-jose", "types")).ShouldBe(JoseTypes.All);
        ContractFiles.SchemaJson("signed-header").GetProperty("properties").GetProperty("typ").GetProperty("enum")
            .EnumerateArray().Select(t => t.GetString()!).ShouldBe(JoseTypes.All);
        Text(file, "x-seal", "inner", "typ").ShouldBe(JoseTypes.Message);
        Text(file, "x-seal", "suite").ShouldBe(Suites.P256);
    }

    [Fact]
    public void Its_limits_are_the_limits()
    {
        var limits = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["bodyBytes"] = Limits.BodyBytesMax,
            ["deliveryBytes"] = Limits.DeliveryBytesMax,
            ["headerBytes"] = Limits.HeaderBytesMax,
            ["bodyDepth"] = Limits.BodyDepthMax,
            ["contentDepth"] = Limits.ContentDepthMax,
            ["sentAtAheadSeconds"] = (long)Limits.SentAtAheadMax.TotalSeconds,
            ["sentAtBehindDays"] = (long)Limits.SentAtBehindMax.TotalDays,
            ["padToBytes"] = Limits.PadToBytes,
            ["extensionDays"] = Limits.ExtensionDaysMax,
            ["extensions"] = Limits.ExtensionsMax,
            ["disputes"] = Limits.DisputesMax,
            ["refusalCodes"] = Limits.RefusalCodesMax,
            ["refusalFields"] = Limits.RefusalFieldsMax,
            ["httpTokenSeconds"] = (long)Limits.HttpTokenMax.TotalSeconds,
            ["resendFirstSeconds"] = (long)Limits.ResendFirst.TotalSeconds,
            ["resendMaxSeconds"] = (long)Limits.ResendMax.TotalSeconds,
            ["snapshotWarnDays"] = (long)Limits.SnapshotWarnAfter.TotalDays,
            ["snapshotStopDays"] = (long)Limits.SnapshotStopAfter.TotalDays,
            ["enrolmentCodeDays"] = (long)Limits.EnrolmentCodeMax.TotalDays,
            ["keyOverlapDays"] = (long)Limits.KeyOverlap.TotalDays,
            ["feedItems"] = Limits.FeedItemsMax,
            ["directoryCharacters"] = Limits.DirectoryCharactersMax,
        };
        var written = ((YamlMappingNode)At(file, "x-limits")).Children
            .ToDictionary(l => ((YamlScalarNode)l.Key).Value!, l => long.Parse(((YamlScalarNode)l.Value).Value!, System.Globalization.CultureInfo.InvariantCulture));
        written.ShouldBe(limits, ignoreOrder: true);
    }

    [Fact]
    public void Every_header_member_with_a_rule_is_a_member()
    {
        var members = Kinds.Submitted.Values.SelectMany(r => (string[])[.. KindRule.Common, .. r.Required, .. r.Optional, .. KindRule.Marks]).ToHashSet();
        Names(At(file, "x-header-rules")).Where(n => n != "sealedOnly").ShouldBeSubsetOf(members);
    }

    [Fact]
    public void Every_reference_leads_to_a_schema_and_every_schema_is_referred_to()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(References(file));
        while (waiting.TryDequeue(out var reference))
        {
            if (reference.StartsWith('#'))
            {
                At(file, reference[2..].Split('/')).ShouldNotBeNull(reference);
                continue;
            }
            var (name, pointer) = reference.Split('#') is [var path, var inside] ? (path, inside) : (reference, "");
            name = Path.GetFileNameWithoutExtension(name.Replace("./schemas/", "", StringComparison.Ordinal));
            var schema = ContractFiles.SchemaJson(name);
            foreach (var step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
                schema = schema.GetProperty(step);
            if (seen.Add(name))
                foreach (var further in References(ContractFiles.SchemaJson(name)))
                    waiting.Enqueue(further.StartsWith('#') ? $"{name}.json{further}" : further);
        }
        // The statement of any kind and the whole submission are for validators, the entry for the registry's leaves,
        // the invitation is a file and no message.
        string[] beside = ["submission", "statement", "registry-entry", "enrolment-invitation"];
        ContractFiles.SchemaNames.ShouldBe([.. seen, .. beside], ignoreOrder: true);
    }

    static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Path.Combine(ContractFiles.Folder, "asyncapi.yaml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    static YamlNode At(YamlNode node, params string[] path) => path.Aggregate(node, (at, step) => at[step]);

    static string Text(YamlNode node, params string[] path) => ((YamlScalarNode)At(node, path)).Value!;

    static IEnumerable<string> Names(YamlNode mapping) => ((YamlMappingNode)mapping).Children.Keys.Select(k => ((YamlScalarNode)k).Value!);

    static IEnumerable<string> Items(YamlNode list) => ((YamlSequenceNode)list).Select(i => ((YamlScalarNode)i).Value!);

    static IEnumerable<string> References(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(m => m is { Key: YamlScalarNode { Value: "$ref" }, Value: YamlScalarNode target } ? [target.Value!] : References(m.Value)),
        YamlSequenceNode list => list.Children.SelectMany(References),
        _ => [],
    };

    static IEnumerable<string> References(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().SelectMany(m => m.Name == "$ref" && m.Value.ValueKind == JsonValueKind.String ? [m.Value.GetString()!] : References(m.Value)),
        JsonValueKind.Array => node.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
