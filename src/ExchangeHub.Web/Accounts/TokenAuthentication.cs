using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExchangeHub.Web.Accounts;

/// <summary>Bearer tokens of people and integrators. A token with dots is a node's own signed one and not ours to judge.</summary>
sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, PeopleAccounts accounts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "people-token";
    const string Prefix = "Bearer ";

    public static bool Carries(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !value.Contains('.');

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Carries(Request))
            return AuthenticateResult.NoResult();
        var token = Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        return await accounts.FindByTokenAsync(token, Context.RequestAborted) is { } caller
            ? AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(SchemeName), SchemeName))
            : AuthenticateResult.Fail("Unknown or ended token");
    }
}
