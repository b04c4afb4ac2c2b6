using System.Globalization;
using System.Resources;

namespace ExchangeHub.Web.Texts;

/// <summary>Every text that a person reads: <c>Texts.resx</c> (zh-CN, the default) and <c>Texts.en.resx</c>, by the request's language.</summary>
public static class Text
{
    public static ResourceManager Resources { get; } = new("ExchangeHub.Web.Texts.Texts", typeof(Text).Assembly);

    /// <summary>The text of a key, with its places filled.</summary>
    /// <exception cref="MissingManifestResourceException">There is no such key: a mistake in a page.</exception>
    public static string Of(string key, params object?[] values)
    {
        var text = Find(key) ?? throw new MissingManifestResourceException($"No text for {key}");
        return values.Length == 0 ? text : string.Format(CultureInfo.CurrentCulture, text, values);
    }

    /// <summary>The text of a key, or <c>null</c>.</summary>
    public static string? Find(string key) => Resources.GetString(key, CultureInfo.CurrentUICulture);

    /// <summary>The word for a code of a closed list, such as <c>Outcome.Match</c>; the code itself where a newer release sent one without a word here.</summary>
    public static string OfCode(string list, string code) => Find($"{list}.{code}") ?? code;
}
