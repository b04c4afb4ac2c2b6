using System.Globalization;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Movements;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Node.Workbench;

/// <summary>Movements that only one side has on record; each can be asked about with one press.</summary>
public sealed partial class OneSidedPage(MovementRecords records, ExchangeCommands commands, CallerScope caller, PlaceNames places, PageClock clock,
    NavigationManager navigation) : ComponentBase
{
    Movements.OneSidedPage? page;
    IReadOnlyList<string> errors = [];
    string? basisMessage;

    [SupplyParameterFromQuery] public long? After { get; set; }
    [SupplyParameterFromForm(Name = "Input", FormName = "one-sided")] AskInput? Posted { get; set; }

    AskInput Input => Posted ??= new();

    // Each button has an id of its own for the exchange: pressed twice, it asks once.
    string AskOf(long record) => string.Create(CultureInfo.InvariantCulture, $"{record}/{Guid.CreateVersion7(clock.Now)}");

    protected override async Task OnParametersSetAsync() => page = await records.OneSidedAsync(caller.County!, After);

    async Task SubmitAsync()
    {
        var author = Author.Of(caller);
        var (record, exchange) = Input.Ask?.Split('/') is [var first, var second] ? (first, second) : ("", "");
        var ask = new AskAbout(Input.LegalBasis, ExchangeId: Guid.TryParse(exchange, out var made) ? made : null);
        if (!long.TryParse(record, CultureInfo.InvariantCulture, out var id) || await records.AskAboutAsync(author.County, id, ask) is not { } check)
        {
            errors = [Text.Of("OneSided.Gone")];
            return;
        }
        var result = await commands.SendAsync(author, check);
        if (result.Succeeded || result.Errors.Any(e => e.Code == RefusalCodes.ExchangeExists))
        {
            navigation.NavigateTo($"/exchanges/{result.ExchangeId}?done=send");
            return;
        }
        basisMessage = result.Errors.Any(e => e.Field == "/content/legalBasis") ? Text.Of("Wrong./content/legalBasis.MemberMissing") : null;
        errors = [.. result.Errors.Where(e => e.Field != "/content/legalBasis").Select(e => Problems.TitleOf(e.Code)).Distinct()];
    }
}

/// <summary>What was chosen on the page of one-sided records.</summary>
public sealed class AskInput
{
    /// <summary>The button pressed: the record to ask about, and the exchange to open.</summary>
    public string? Ask { get; set; }
    public string? LegalBasis { get; set; }
}
