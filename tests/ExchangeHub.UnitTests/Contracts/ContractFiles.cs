using System.Collections.Concurrent;
using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Testing;
using NJsonSchema;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>The files a stranger gets: schemas, AsyncAPI, examples, read from where they lie in the repository.</summary>
static class ContractFiles
{
    static readonly ConcurrentDictionary<string, Task<JsonSchema>> schemas = new(StringComparer.Ordinal);

    public static string Folder { get; } = Repository.PathOf("contracts");

    public static IReadOnlyList<Example> Examples { get; } = JsonSerializer.Deserialize<Manifest>(
        File.ReadAllBytes(Path.Combine(Folder, "examples", "manifest.json")), JsonSerializerOptions.Web)!.Examples;

    public static byte[] Bytes(string example) => File.ReadAllBytes(Path.Combine(Folder, "examples", example));

    public static Task<JsonSchema> SchemaAsync(string name) =>
        schemas.GetOrAdd(name, n => JsonSchema.FromFileAsync(Path.Combine(Folder, "schemas", n + ".json")));

    /// <summary>A schema's own JSON, for comparing its lists and members with the code.</summary>
    public static JsonElement SchemaJson(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "schemas", name + ".json"))).RootElement;

    public static IReadOnlyList<string> SchemaNames { get; } =
        [.. Directory.GetFiles(Path.Combine(Folder, "schemas"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    /// <summary>Member names of an object schema, and those it requires.</summary>
    public static (string[] All, string[] Required) Members(JsonElement schema) =>
        ([.. schema.GetProperty("properties").EnumerateObject().Select(p => p.Name)], [.. schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()!)]);

    sealed record Manifest(IReadOnlyList<Example> Examples);
}

/// <summary>One row of the manifest.</summary>
/// <param name="Schema">The schema it is an example of.</param>
/// <param name="Refusals">For submissions: exactly what the hub answers; empty for a valid one.</param>
/// <param name="Valid">For all others.</param>
/// <param name="SchemaSees">Whether a schema can see the fault; rules on bytes it cannot.</param>
/// <param name="Content">What a valid submission has sealed.</param>
/// <param name="SealRefusals">What the hub answers after its look at the seal alone.</param>
/// <param name="OpenFails">How the receiver fails to open what the hub could not see into.</param>
sealed record Example(string File, string Schema, string Why, string? Kind = null, IReadOnlyList<Refusal>? Refusals = null, bool Valid = true,
    bool SchemaSees = true, JsonElement? Content = null, IReadOnlyList<Refusal>? SealRefusals = null, string? OpenFails = null)
{
    public bool IsValid => Refusals is { Count: var faults } ? faults == 0 : Valid;
}
