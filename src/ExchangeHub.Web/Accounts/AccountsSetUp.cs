using System.Security.Claims;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Web.Accounts;

/// <summary>Signing in: a cookie for pages, a bearer token for programs; what each role may do.</summary>
public static class AccountsSetUp
{
    public const string CookieScheme = CookieAuthenticationDefaults.AuthenticationScheme;
    const string Either = "people";
    const string StampClaim = "stamp";

    /// <summary>Registers accounts, both ways to sign in, the policies and the <see cref="CallerScope"/> of each request.</summary>
    /// <param name="application">Short name, part of the cookie's name: two applications on one host share cookies across ports.</param>
    /// <param name="people">The database that holds schema <c>people</c>.</param>
    /// <param name="clock">The business clock.</param>
    public static IServiceCollection AddAccounts(this IServiceCollection services, string application,
        Func<IServiceProvider, NpgsqlDataSource> people, Func<IServiceProvider, TimeProvider> clock)
    {
        services.AddSingleton(p => new PeopleAccounts(people(p), clock(p)));
        services.AddHttpContextAccessor();
        services.AddScoped(p => CallerScope.Of(p.GetRequiredService<IHttpContextAccessor>().HttpContext?.User));

        services.AddDataProtection().SetApplicationName($"exchangehub-{application}");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(p =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = new CookieKeys(people(p))));

        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, o => o.ForwardDefaultSelector = c => TokenAuthentication.Carries(c.Request) ? TokenAuthentication.SchemeName : CookieScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null)
            .AddCookie(CookieScheme, o =>
            {
                o.Cookie.Name = $"eh-{application}";
                o.Cookie.HttpOnly = true;
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.ExpireTimeSpan = TimeSpan.FromHours(12);
                o.SlidingExpiration = false; // an open worklist asks for news by itself: it would keep a session for ever
                o.LoginPath = "/sign-in";
                o.AccessDeniedPath = "/not-allowed";
                o.Events.OnValidatePrincipal = RejectEndedAsync;
                o.Events.OnRedirectToLogin = c => RedirectPeopleOnly(c, StatusCodes.Status401Unauthorized);
                o.Events.OnRedirectToAccessDenied = c => RedirectPeopleOnly(c, StatusCodes.Status403Forbidden);
            });
        services.AddAntiforgery(o => o.Cookie.Name = $"eh-{application}-form");
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.CountyWork, p => p.RequireAssertion(c => CallerScope.Of(c.User) is { County: not null, Role: Roles.Clerk or Roles.Reviewer or Roles.Integrator }))
            .AddPolicy(Policies.Figures, p => p.RequireRole(Roles.Monitor, Roles.Reviewer, Roles.Operator, Roles.Auditor))
            .AddPolicy(Policies.Rule, p => p.RequireRole(Roles.Reviewer))
            .AddPolicy(Policies.Agree, p => p.RequireRole(Roles.Reviewer, Roles.Operator))
            .AddPolicy(Policies.Operate, p => p.RequireRole(Roles.Operator));
        services.AddCascadingAuthenticationState();
        return services;
    }

    /// <summary>Maps <c>POST /api/v1/tokens</c> and <c>POST /sign-out</c>.</summary>
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/tokens", async (TokenRequest request, PeopleAccounts accounts, CancellationToken ct) =>
            await accounts.SignInAsync(request.Account ?? "", request.Password ?? "", ct) switch
            {
                SignInResult.Welcome welcome => Results.Ok(await accounts.IssueTokenAsync(welcome, ct)),
                SignInResult.Locked => Problems.Field("AccountLocked", "/password", StatusCodes.Status429TooManyRequests),
                _ => Problems.Field("PasswordWrong", "/password", StatusCodes.Status401Unauthorized),
            })
            .WithTags("Tokens").WithSummary("A bearer token for 12 hours, for an account and its password.").Produces<IssuedToken>().ProducesProblem(401).ProducesProblem(429);

        routes.MapPost("/sign-out", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
                return Problems.Field("FormExpired", "", StatusCodes.Status400BadRequest);
            await context.SignOutAsync(CookieScheme);
            return Results.LocalRedirect("/sign-in");
        }).ExcludeFromDescription();
    }

    /// <summary>Gives the browser its cookie.</summary>
    public static Task SignInAsync(this HttpContext context, SignInResult.Welcome welcome)
    {
        var person = welcome.Caller.ToPrincipal(CookieScheme);
        ((ClaimsIdentity)person.Identity!).AddClaim(new Claim(StampClaim, welcome.Stamp.ToString()));
        return context.SignInAsync(CookieScheme, person);
    }

    /// <summary>Body of <c>POST /api/v1/tokens</c>.</summary>
    public sealed record TokenRequest(string? Account, string? Password);

    // Looked up at each request: a new password or a removed account ends a session at once, not after its hours.
    static async Task RejectEndedAsync(CookieValidatePrincipalContext context)
    {
        var accounts = context.HttpContext.RequestServices.GetRequiredService<PeopleAccounts>();
        if (Guid.TryParse(context.Principal?.FindFirstValue(StampClaim), out var stamp)
            && await accounts.HoldsAsync(CallerScope.Of(context.Principal).Account, stamp, context.HttpContext.RequestAborted))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieScheme);
    }

    static Task RedirectPeopleOnly(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            context.Response.StatusCode = status;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
