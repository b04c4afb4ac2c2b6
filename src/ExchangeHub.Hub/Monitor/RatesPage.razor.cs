using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Components;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>Rates of a month as of now or any T; every number leads to the list behind it.</summary>
public sealed partial class RatesPage(RateQueries rates, CallerScope caller, PlaceNames places, Clocks clocks) : ComponentBase
{
    internal static IReadOnlyList<Indicator> Rates { get; } = [Indicators.TimelinessRate, Indicators.FeedbackRate, Indicators.DueFeedbackRate, Indicators.ReceiptRate];

    RateAddress address = null!;
    RateFilter? filter;
    IReadOnlyList<Refusal> refusals = [];
    RateCut cut;
    RateTable? table;
    bool hidden;

    [CascadingParameter] HttpContext Http { get; set; } = null!;
    [SupplyParameterFromQuery] public string? Month { get; set; }
    [SupplyParameterFromQuery] public string? AsOf { get; set; }
    [SupplyParameterFromQuery] public string? Scope { get; set; }
    [SupplyParameterFromQuery] public string? Kind { get; set; }
    [SupplyParameterFromQuery] public string? Reason { get; set; }
    [SupplyParameterFromQuery] public string? County { get; set; }
    [SupplyParameterFromQuery] public string? Cut { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        address = new(Month, AsOf, Scope, Kind, Reason, County);
        cut = Enum.TryParse<RateCut>(Cut, ignoreCase: true, out var asked) && Enum.IsDefined(asked) ? asked : string.IsNullOrEmpty(County) ? RateCut.County : RateCut.Reason;
        filter = address.Read(clocks.Now, out refusals);
        hidden = !string.IsNullOrEmpty(County) && !caller.Covers(County);
        if (hidden)
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (filter is not null)
            table = await rates.TableAsync(filter, cut, caller, Http.RequestAborted);
    }

    static Figure Of(RateRow row, Indicator indicator) => row.Figures[indicator.Id];
}
