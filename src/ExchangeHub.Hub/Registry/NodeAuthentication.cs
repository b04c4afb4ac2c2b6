using System.Security.Claims;
using System.Text.Encodings.Web;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExchangeHub.Hub.Registry;

/// <summary>
/// A node's own bearer token: signed by a key that the registry holds and that is valid now. It lives at most 300 s and says only who asks;
/// reading twice does no harm, so its <c>jti</c> is not remembered.
/// </summary>
sealed class NodeAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    RegistryWatch registry, Clocks clocks, IOptions<HubOptions> hub) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "node-token";
    /// <summary>Authorization policy of everything only a county's node may call.</summary>
    public const string Policy = "Node";
    const string Prefix = "Bearer ";
    const string CountyClaim = "county-node";

    /// <summary>The county whose node calls.</summary>
    public static string CountyOf(HttpContext context) =>
        context.User.FindFirst(CountyClaim)?.Value ?? throw new InvalidOperationException("The endpoint does not ask for a node's token.");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var token = header[Prefix.Length..].Trim();
        // A key that another process of the hub has just taken: look once more before saying no.
        if (!TryVerify(token, out var county) && !(await registry.RefreshAsync(Context.RequestAborted) && TryVerify(token, out county)))
            return AuthenticateResult.Fail("No valid token of an enrolled county");
        var identity = new ClaimsIdentity([new Claim(CountyClaim, county)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    bool TryVerify(string token, out string county)
    {
        var now = clocks.Now;
        var verified = HttpToken.TryVerify(token, hub.Value.Id, now,
            (party, kid) => registry.Current.Keys.SigningKey(party, kid) is { } key && key.ValidAt(now) ? key.Jwk : null, out var party);
        county = party ?? "";
        return verified;
    }
}
