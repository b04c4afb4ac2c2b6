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

    // Made once per form: the same form sent twice asks once.
    AskInput Input => Posted ??= new() { ExchangeId = Guid.CreateVersion7(clock.Now).ToString() };

    protected override async Task OnParametersSetAsync() => page = await records.OneSidedAsync(caller.County!, After);

    async Task SubmitAsync()
    {
        var author = Author.Of(caller);
        var ask = new AskAbout(Input.LegalBasis, ExchangeId: Guid.TryParse(Input.ExchangeId, out var id) ? id : null);
        if (await records.AskAboutAsync(author.County, Input.Record ?? 0, ask) is not { } check)
            return;
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
    /// <summary>The record to ask about: the button pressed.</summary>
    public long? Record { get; set; }
    public string? LegalBasis { get; set; }
    public string? ExchangeId { get; set; }
}
