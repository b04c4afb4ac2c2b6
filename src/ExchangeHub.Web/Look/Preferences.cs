namespace ExchangeHub.Web.Look;

/// <summary>What a person chose about the look: <c>?lang=</c>, <c>?theme=light|dark</c>, <c>?density=roomy</c>; kept in a cookie of that name. <c>auto</c> forgets it.</summary>
public static class Preferences
{
    public const string Theme = "theme", Density = "density";
    static readonly Dictionary<string, string[]> Known = new Dictionary<string, string[]>
    {
        [Texts.Languages.Parameter] = ["zh-CN", "en"],
        [Theme] = ["light", "dark"],
        [Density] = ["roomy"],
    };

    /// <summary>The chosen value, from the address first; <c>null</c> when nothing, or nothing known, was chosen.</summary>
    public static string? Read(HttpContext context, string name)
    {
        var value = context.Request.Query[name] is { Count: > 0 } asked ? asked.ToString() : context.Request.Cookies[$"eh-{name}"];
        return value is not null && Known[name].Contains(value) ? value : null;
    }

    /// <summary>Keeps what the address asks for.</summary>
    public static void UsePreferences(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        foreach (var (name, values) in Known)
        {
            if (context.Request.Query[name] is not { Count: > 0 } asked)
                continue;
            var options = new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true };
            if (values.Contains(asked.ToString()))
                context.Response.Cookies.Append($"eh-{name}", asked.ToString(), options);
            else
                context.Response.Cookies.Delete($"eh-{name}");
        }
        return next(context);
    });
}
