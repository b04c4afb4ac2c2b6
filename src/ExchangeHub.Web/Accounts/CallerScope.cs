using System.Security.Claims;

namespace ExchangeHub.Web.Accounts;

/// <summary>Who asks, and which counties' rows the answer may hold. Every query of pages and interfaces takes it.</summary>
/// <param name="Account">The account's name; stands in the audit.</param>
/// <param name="DisplayName">The person's name as pages show it.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="County">Six-digit code: the only county this caller may see.</param>
/// <param name="Province">Six-digit code of a province: all its counties; only where <paramref name="County"/> is absent.</param>
public sealed record CallerScope(string Account, string DisplayName, string Role, string? County, string? Province)
{
    const string RoleClaim = "role", CountyClaim = "county", ProvinceClaim = "province", NameClaim = "name", AccountClaim = "sub";

    /// <summary>Nobody: covers no county.</summary>
    public static CallerScope Nobody { get; } = new("", "", "", null, null);

    public bool IsSignedIn => Account.Length > 0;

    /// <summary>Whether every county is covered: operators and auditors of the whole hub.</summary>
    public bool CoversAll => County is null && Province is null && Roles.SeesAll(Role);

    /// <summary>Whether rows of this county may be shown to the caller.</summary>
    public bool Covers(string county) =>
        County is not null ? county == County
        : Province is not null ? county.Length == 6 && county.AsSpan(0, 2).SequenceEqual(Province.AsSpan(0, 2))
        : CoversAll;

    /// <summary>Whether an exchange between two counties may be shown: one of them is covered.</summary>
    public bool CoversEither(string one, string other) => Covers(one) || Covers(other);

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme, NameClaim, RoleClaim);
        identity.AddClaim(new Claim(AccountClaim, Account));
        identity.AddClaim(new Claim(NameClaim, DisplayName));
        identity.AddClaim(new Claim(RoleClaim, Role));
        if (County is not null)
            identity.AddClaim(new Claim(CountyClaim, County));
        if (Province is not null)
            identity.AddClaim(new Claim(ProvinceClaim, Province));
        return new ClaimsPrincipal(identity);
    }

    public static CallerScope Of(ClaimsPrincipal? user) =>
        user?.Identity is not { IsAuthenticated: true } || user.FindFirst(AccountClaim) is not { } account ? Nobody
        : new CallerScope(account.Value, user.FindFirst(NameClaim)?.Value ?? account.Value, user.FindFirst(RoleClaim)?.Value ?? "",
            user.FindFirst(CountyClaim)?.Value, user.FindFirst(ProvinceClaim)?.Value);
}
