using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace ExchangeHub.Web.Texts;

/// <summary>The language of a request: <c>?lang=en</c>, else the cookie it left, else zh-CN. A browser's own wish is not asked: office machines often
/// ask for English without anybody having chosen it. A program at an interface chooses: there <c>Accept-Language</c> counts before zh-CN.</summary>
public static class Languages
{
    public const string Parameter = "lang";
    public static IReadOnlyList<string> All { get; } = ["zh-CN", "en"];

    static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    public static IServiceCollection AddLanguages(this IServiceCollection services) =>
        services.Configure<RequestLocalizationOptions>(o =>
        {
            o.DefaultRequestCulture = new RequestCulture(Chinese);
            o.SupportedCultures = o.SupportedUICultures = [Chinese, CultureInfo.GetCultureInfo("en")];
            o.RequestCultureProviders = [new FromPreferences(), new FromPrograms()];
        });

    sealed class FromPreferences : RequestCultureProvider
    {
        public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) =>
            Task.FromResult(Look.Preferences.Read(httpContext, Parameter) is { } language && All.Contains(language)
                ? new ProviderCultureResult(new StringSegment(language)) : null);
    }

    sealed class FromPrograms : AcceptLanguageHeaderRequestCultureProvider
    {
        public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) =>
            httpContext.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) ? base.DetermineProviderCultureResult(httpContext) : NullProviderCultureResult;
    }
}
