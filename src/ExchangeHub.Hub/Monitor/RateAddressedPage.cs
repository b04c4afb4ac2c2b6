using ExchangeHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>A page about figures: its address says which.</summary>
public abstract class RateAddressedPage : ComponentBase
{
    [CascadingParameter] protected HttpContext Http { get; set; } = null!;
    [SupplyParameterFromQuery] public string? Month { get; set; }
    [SupplyParameterFromQuery] public string? AsOf { get; set; }
    [SupplyParameterFromQuery] public string? Scope { get; set; }
    [SupplyParameterFromQuery] public string? Kind { get; set; }
    [SupplyParameterFromQuery] public string? Reason { get; set; }
    [SupplyParameterFromQuery] public string? County { get; set; }
    [SupplyParameterFromQuery] public string? Months { get; set; }

    protected RateAddress Address => new(Month, AsOf, Scope, Kind, Reason, County, Months);

    /// <summary>Whether the caller may see what the address asks for: a county of others is a page that does not exist.</summary>
    protected bool MayShow(CallerScope caller) => string.IsNullOrEmpty(County) || caller.Covers(County);

    /// <summary>Answers as a page that does not exist.</summary>
    /// <returns><c>true</c>: hidden.</returns>
    protected bool Hide()
    {
        Http.Response.StatusCode = StatusCodes.Status404NotFound;
        return true;
    }
}
