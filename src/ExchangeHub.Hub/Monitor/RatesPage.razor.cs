using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Components;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>Rates of a month as of now or any T; every number leads to the list behind it.</summary>
public sealed partial class RatesPage(RateQueries rates, CallerScope caller, PlaceNames places, Clocks clocks)
{
    internal static IReadOnlyList<Indicator> Rates { get; } = [Indicators.TimelinessRate, Indicators.FeedbackRate, Indicators.DueFeedbackRate, Indicators.ReceiptRate];

    RateFilter? filter;
    IReadOnlyList<Refusal> refusals = [];
    RateCut cut;
    RateTable? table;
    bool hidden;

    [SupplyParameterFromQuery] public string? Cut { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        cut = Enum.TryParse<RateCut>(Cut, ignoreCase: true, out var asked) && Enum.IsDefined(asked) ? asked : string.IsNullOrEmpty(County) ? RateCut.County : RateCut.Reason;
        filter = Address.Read(clocks.Now, out refusals);
        hidden = !MayShow(caller) && Hide();
        if (!hidden && filter is not null)
            table = await rates.TableAsync(filter, cut, caller, Http.RequestAborted);
    }

    static Figure Of(RateRow row, Indicator indicator) => row.Figures[indicator.Id];
}
