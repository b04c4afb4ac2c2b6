using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.Cli.Calls;

/// <summary>
/// The members of a request's body, as options of a command: named as in the interface, <c>--holder-id</c> for <c>holderId</c>. A file of the same
/// JSON may give them all, so that a person need not stand in the list of processes or a shell's history. The interface judges what is missing or wrong.
/// </summary>
sealed class BodyOptions
{
    static readonly Option<string?> File = new("--file") { Description = "The body as JSON from a file, - for standard input; options beside it win. Keeps persons off the command line." };

    readonly List<(string Member, Option Option, Func<ParseResult, JsonNode?> Value)> members = [];

    /// <param name="body">The record that the interface takes: each parameter of its constructor is a member.</param>
    /// <param name="own">Code lists of members that choose from others in each body.</param>
    public BodyOptions(Command command, Type body, params (string Member, IReadOnlyList<string>? Codes)[] own)
    {
        foreach (var parameter in body.GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters())
        {
            var member = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            var list = own.FirstOrDefault(o => o.Member == member).Codes ?? Meanings.CodesOf(member);
            var (option, value) = OptionFor("--" + JsonNamingPolicy.KebabCaseLower.ConvertName(parameter.Name!), parameter.ParameterType);
            option.Description = list is null ? Meanings.Of(member) : $"{Meanings.Of(member)} One of {string.Join(", ", list)}.";
            if (list is not null)
                option.CompletionSources.Add([.. list]);
            members.Add((member, option, value));
            command.Add(option);
        }
        command.Add(File);
    }

    /// <summary>The body that the words and the file give; members that neither names are left out.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or is not a JSON object.</exception>
    public async Task<JsonObject> ReadAsync(ParseResult parse, CancellationToken cancel)
    {
        var body = parse.GetValue(File) is { } file ? await ObjectAsync(parse, file, cancel) : [];
        foreach (var (member, option, value) in members)
            if (parse.GetResult(option) is { Implicit: false })
                body[member] = value(parse);
        return body;
    }

    static async Task<JsonObject> ObjectAsync(ParseResult parse, string file, CancellationToken cancel)
    {
        var text = file == "-" ? await Surroundings.InputOf(parse).ReadToEndAsync(cancel) : await TextAsync(file, cancel);
        return Parsed(text) ?? throw new InvalidDataException(Text.Of("Cli.FileNoObject", file));
    }

    static async Task<string> TextAsync(string file, CancellationToken cancel)
    {
        try
        {
            return await System.IO.File.ReadAllTextAsync(file, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(Text.Of("Cli.FileNotReadable", file), e);
        }
    }

    // The parser's own message could repeat what stands there: only that it is wrong is told.
    static JsonObject? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    static (Option, Func<ParseResult, JsonNode?>) OptionFor(string name, Type type)
    {
        if (type == typeof(bool))
            return Of<bool>(name, v => v);
        if (type == typeof(int?))
            return Of<int?>(name, v => v);
        if (type == typeof(Guid?))
            return Of<Guid?>(name, v => v);
        if (type == typeof(IReadOnlyList<string>))
            return Of<string[]>(name, v => new JsonArray([.. v!.Select(one => JsonValue.Create(one))]), several: true);
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return Of<string[]>(name, v => new JsonObject(v!.Select(Pair)), several: true);
        return type == typeof(string) ? Of<string>(name, v => v) : throw new ArgumentException($"No way to give a {type.Name} as words.", nameof(type));
    }

    static (Option, Func<ParseResult, JsonNode?>) Of<T>(string name, Func<T?, JsonNode?> json, bool several = false)
    {
        var option = new Option<T>(name) { AllowMultipleArgumentsPerToken = several };
        return (option, parse => json(parse.GetValue(option)));
    }

    static KeyValuePair<string, JsonNode?> Pair(string text) => text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } value]
        ? new(name, value) : throw new FormatException(Text.Of("Cli.FieldsForm"));
}
