using System.CommandLine;
using System.Text.Json;

namespace ExchangeHub.Cli.Calls;

/// <summary>The parameters of a question to an interface, as options of a command: <c>asOf</c> is <c>--as-of</c>.</summary>
sealed class QueryOptions
{
    readonly List<(string Name, Option<string?> Option)> parameters = [];

    public QueryOptions(Command command, params (string Name, string Meaning)[] parameters)
    {
        foreach (var (name, meaning) in parameters)
        {
            var option = new Option<string?>("--" + JsonNamingPolicy.KebabCaseLower.ConvertName(name)) { Description = meaning };
            this.parameters.Add((name, option));
            command.Add(option);
        }
    }

    /// <summary>The path with what the words named.</summary>
    public string Path(ParseResult parse, string path)
    {
        var query = string.Join('&', parameters.Select(p => (p.Name, Value: parse.GetValue(p.Option))).Where(p => p.Value is not null)
            .Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }
}
