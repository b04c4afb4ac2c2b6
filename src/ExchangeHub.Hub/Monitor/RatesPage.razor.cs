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
        if (cut == RateCut.Month && string.IsNullOrEmpty(Months))
            Months = RateFilter.MonthsShown;
        filter = Address.Read(clocks.Now, out refusals);
        hidden = !MayShow(caller) && Hide();
        if (!hidden && filter is not null)
            table = await rates.TableAsync(filter, cut, caller, Http.RequestAborted);
    }

    /// <summary>A county leads to its reasons, a month to that month.</summary>
    string? TableOf(string key) => cut switch
    {
        RateCut.County => (Address with { County = key }).Table(RateCut.Reason),
        RateCut.Month => (Address with { Month = key }).Table(string.IsNullOrEmpty(County) ? RateCut.County : RateCut.Reason),
        _ => null,
    };

    static Figure Of(RateRow row, Indicator indicator) => row.Figures[indicator.Id];
}
