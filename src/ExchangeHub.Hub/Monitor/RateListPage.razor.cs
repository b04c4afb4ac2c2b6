using ExchangeHub.Client;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>The obligations behind one number. An address that names no figure is a page that does not exist.</summary>
public sealed partial class RateListPage(RateQueries rates, CallerScope caller, PlaceNames places, RulesWatch rules, Clocks clocks)
{
    Indicator? figure;
    ListPart part;
    RateList? list;
    bool hidden;

    [SupplyParameterFromQuery] public string? Indicator { get; set; }
    [SupplyParameterFromQuery] public string? Part { get; set; }
    [SupplyParameterFromQuery] public string? After { get; set; }

    /// <summary>What the list is narrowed to, in words.</summary>
    IEnumerable<string> Narrowed =>
        new[] { ("Scope", Scope), ("Kind", Kind), ("RequestReason", Reason) }.Where(c => !string.IsNullOrEmpty(c.Item2)).Select(c => Text.OfCode(c.Item1, c.Item2!));

    protected override async Task OnParametersSetAsync()
    {
        await rules.RefreshAsync(Http.RequestAborted);
        figure = Indicators.Find(Indicator);
        part = Enum.TryParse<ListPart>(Part, ignoreCase: true, out var asked) && Enum.IsDefined(asked) ? asked : ListPart.Denominator;
        var filter = Address.Read(clocks.Now, out _);
        if (figure is not null && filter is not null && MayShow(caller))
            list = await rates.ListAsync(figure, part, filter, caller, After, ct: Http.RequestAborted);
        hidden = list is null && Hide();
    }
}
