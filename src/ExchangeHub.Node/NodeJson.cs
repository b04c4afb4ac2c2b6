using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Node;

/// <summary>JSON of the node's own jsonb columns: camelCase, absent members left out, no reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeExchange))]
[JsonSerializable(typeof(TimelineDetail))]
[JsonSerializable(typeof(OpenedContent))]
[JsonSerializable(typeof(Stamp))]
public sealed partial class NodeJson : JsonSerializerContext;

/// <summary>What a timeline entry has beside its columns.</summary>
public sealed record TimelineDetail(string? ReasonCode, string? Duty, DateOnly? DueOn, IReadOnlyList<string>? Refusals, int? WorkingDays = null);
