using System.Reflection;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Look;
using ExchangeHub.Web.Telemetry;
using ExchangeHub.Web.Texts;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ExchangeHub.Web;

/// <summary>One application's pages: who they are, where they begin, what the bar links to.</summary>
/// <param name="Application">Short name, <c>hub</c> or <c>node</c>: part of cookie names, of the service's name, and of the keys of its texts.</param>
/// <param name="Pages">The assembly with the application's pages.</param>
/// <param name="Home">Where the brand leads and signing in ends.</param>
/// <param name="Links">The bar, left to right.</param>
public sealed record Site(string Application, Assembly Pages, string Home, IReadOnlyList<SiteLink> Links);

/// <param name="Href">The page's path.</param>
/// <param name="TextKey">Key of the link's word.</param>
/// <param name="Count">How many wait behind the link for this caller; not shown where absent.</param>
public sealed record SiteLink(string Href, string TextKey, Func<IServiceProvider, CancellationToken, Task<int>>? Count = null);

/// <summary>The business clock as pages read it.</summary>
public sealed record PageClock(TimeProvider Time)
{
    /// <summary>The business instant, UTC.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();
}

/// <summary>What hub and node share: accounts, pages, look, texts, HTTP description, telemetry. One line to add, one to map.</summary>
public static class WebSetUp
{
    /// <param name="people">The database that holds schema <c>people</c>.</param>
    /// <param name="clock">The business clock.</param>
    public static void AddWeb(this WebApplicationBuilder builder, Site site, Func<IServiceProvider, NpgsqlDataSource> people, Func<IServiceProvider, TimeProvider> clock)
    {
        var services = builder.Services;
        services.AddSingleton(site);
        services.AddSingleton(p => new PageClock(clock(p)));
        services.TryAddSingleton(_ => PlaceNames.BuiltIn);
        services.AddAccounts(site.Application, people, clock);
        services.AddLanguages();
        services.AddBadRequestProblems();
        services.AddApi($"ExchangeHub {site.Application}");
        services.AddRazorComponents();
        // Cookie keys lie in the application's own database, which only its user reads: no second key would protect them better.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        builder.AddTelemetry($"exchangehub-{site.Application}");
    }

    /// <summary>Puts the shared middleware in order and maps pages, sign-in, style, Swagger and metrics. The application's own endpoints come after.</summary>
    public static void MapWeb(this WebApplication app)
    {
        app.UseRequestLocalization();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/failed", CreateScopeForErrors = true });
        // A program gets a problem like any other; the page of failures knows neither JSON nor PUT.
        app.UseWhen(c => c.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), api =>
        {
            api.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = c => Problems.Field("Failed", "", StatusCodes.Status500InternalServerError).ExecuteAsync(c) });
            api.UseStatusProblems();
        });
        app.UseWhen(c => !c.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), pages =>
        {
            pages.UsePreferences();
            pages.Use(OwnFilesOnly);
            pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseBadRequestProblems();
        app.MapLook();
        app.MapApi();
        app.MapTelemetry();
        app.MapAccounts();
        var site = app.Services.GetRequiredService<Site>();
        app.MapRazorComponents<App>().AddAdditionalAssemblies(site.Pages);
    }

    // Pages load nothing but their own style and script, and nobody may frame them. Swagger's own page brings inline parts.
    static Task OwnFilesOnly(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger", StringComparison.Ordinal)
            ? "frame-ancestors 'none'"
            : "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}
