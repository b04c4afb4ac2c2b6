using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Node.Workbench;

/// <summary>Asks another county, or tells it of a movement. Beside the form stand the deadline that will follow and what the other side will see.</summary>
public sealed partial class SendPage(ExchangeCommands commands, ExchangeQueries exchanges, DuePreview preview, CallerScope caller, PlaceNames places, PageClock clock, NavigationManager navigation) : ComponentBase
{
    DateTimeOffset now;
    string? to;
    List<PlaceName> found = [];
    IReadOnlyList<Refusal> errors = [];
    IReadOnlyList<string> general = [];
    DuePreview.Due? due;
    ExchangeDetail? earlier, followed;

    /// <summary>What may be sent; the first unless the address says another.</summary>
    static readonly IReadOnlyList<string> Openings =
        [Kinds.CertificateVerificationRequest, Kinds.AssistanceCheckRequest, Kinds.OutflowNotice, Kinds.InflowNotice, Kinds.DepartureNotice];

    /// <summary>One of <see cref="Openings"/>.</summary>
    [SupplyParameterFromQuery(Name = "kind")] public string? Chosen { get; set; }
    /// <summary>An own notice whose place the new one takes.</summary>
    [SupplyParameterFromQuery] public string? Supersedes { get; set; }
    /// <summary>County to ask, from a return that named it.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? Suggested { get; set; }
    [SupplyParameterFromQuery] public string? Follows { get; set; }
    /// <summary>The exchange just sent.</summary>
    [SupplyParameterFromQuery] public string? Sent { get; set; }
    [SupplyParameterFromForm(Name = "Input", FormName = "send")] SendInput? Posted { get; set; }

    SendInput Input => Posted ??= new()
    {
        // Made once per form: the same form sent twice asks once.
        ExchangeId = Guid.CreateVersion7(now).ToString(),
        Follows = Guid.TryParse(Follows, out var earlier) ? earlier.ToString() : null,
        To = Suggested,
        Kind = Chosen,
        Supersedes = Guid.TryParse(Supersedes, out var replaced) ? replaced.ToString() : null,
    };

    string Kind => Openings.Contains(Input.Kind ?? "") ? Input.Kind! : Openings[0];
    bool IsNotice => Kinds.IsNotice(Kind);

    /// <summary>A wrong check digit is worth a look and blocks nothing: old numbers with known faults are in use.</summary>
    string? Warning => Input.HolderId?.Trim() is { Length: 18 } id && !ResidentId.CheckDigitHolds(id) && id[..17].All(char.IsAsciiDigit)
        ? Text.Of("Send.CheckDigit", ResidentId.CheckDigitOf(id.AsSpan(0, 17))) : null;

    string? ToMessage => to is null && found.Count > 1 ? Text.Of("Send.WhichOf", found.Count)
        : to is null && !string.IsNullOrWhiteSpace(Input.To) ? Text.Of("Send.NoSuchCounty")
        : MessageOf("/header/to");

    protected override async Task OnParametersSetAsync()
    {
        now = clock.Now;
        if (Guid.TryParse(Input.Supersedes, out var replaced))
            earlier = await exchanges.FindAsync(caller.County!, replaced);
        else if (Guid.TryParse(Input.Follows, out var before))
            followed = await exchanges.FindAsync(caller.County!, before);
        Input.To ??= earlier?.Exchange.Counterpart;
        found = places.Search(Input.To ?? "").Where(c => c.Code != caller.County).ToList();
        to = found.FirstOrDefault(c => c.Code == Input.ToCode)?.Code ?? (found.Count == 1 ? found[0].Code : found.FirstOrDefault(c => c.Name == Input.To?.Trim()) is { } named && found.Count(c => c.Name == named.Name) == 1 ? named.Code : null);
        due = to is null ? null : await preview.AskAsync(caller.County!, to, Kind, !IsNotice && Input.Urgency == "urgent");
    }

    async Task SubmitAsync()
    {
        if (Input.Act is not ("send" or "send-more"))
            return;
        var result = await commands.SendAsync(Author.Of(caller), Opening());
        if (result.Succeeded || result.Errors.Any(e => e.Code == RefusalCodes.ExchangeExists))
        {
            navigation.NavigateTo(Input.Act == "send" ? $"/exchanges/{result.ExchangeId}?done=send" : $"/send?kind={Kind}&sent={result.ExchangeId}");
            return;
        }
        errors = result.Errors;
        general = [.. errors.Where(e => !IsPlaced(e.Field)).Select(e => Problems.TitleOf(e.Code)).Distinct()];
        if (errors.Count > general.Count)
            general = [Text.Of("Form.Mend", errors.Count - general.Count), .. general];
    }

    Opening Opening()
    {
        Guid? follows = Guid.TryParse(Input.Follows, out var earlierId) ? earlierId : null, id = Guid.TryParse(Input.ExchangeId, out var made) ? made : null;
        return Kind switch
        {
            Kinds.CertificateVerificationRequest => new SendRequest(to ?? "", Input.CertificateType, Input.CertificateNumber, Input.HolderName, Input.HolderId, Input.IssuedOn,
                Input.ValidUntil, Input.Purpose, Input.LegalBasis, Input.Note, Input.Urgency, Input.ReasonCode, follows, id),
            Kinds.AssistanceCheckRequest => new SendCheck(to ?? "", Input.HolderName, Input.HolderId, Input.Items, Input.Purpose, Input.LegalBasis,
                Input.ResidenceAddress, Input.HouseholdAddress, Input.Phone, Input.StateOn, Input.Note, Input.Urgency, Input.ReasonCode, follows, id),
            _ => new SendNotice(Kind, to ?? "", Input.HolderName, Input.HolderId, Input.MovedOn, Input.Purpose, Input.LegalBasis, Input.FromUnit, Input.ToUnit,
                Input.Address, Input.Phone, CountyOf(Input.MovedTo), Input.Note, earlier?.Exchange.Id, follows, id),
        };
    }

    /// <summary>A name or a code; an unknown text stays as it is, so that the rule names the field.</summary>
    string? CountyOf(string? text) => places.Search(text ?? "") is [var only] ? only.Code : text;

    /// <summary>The address of a form, with what is known of whom to send to.</summary>
    string AddressOf(string kind) => $"/send?kind={kind}{(Suggested is null ? null : $"&to={Uri.EscapeDataString(Suggested)}")}{(Input.Follows is null ? null : $"&follows={Input.Follows}")}";

    static bool IsPlaced(string field) => field is "/header/to" or "/header/reasonCode" || field.StartsWith("/content/", StringComparison.Ordinal);

    string? MessageOf(string field) => errors.FirstOrDefault(e => e.Field == field) is { } error
        ? Text.Find($"Wrong.{field}.{error.Code}") ?? Problems.TitleOf(error.Code) : null;

    string ClassOf(string field) => MessageOf(field) is null ? "in" : "in badin";

    string DueWords(DateTimeOffset at)
    {
        var deadline = Deadline.Of(now, null, at, null, nextWorkingDay: null);
        var day = deadline.DueOn ?? WireTime.DayOf(at.AddTicks(-1));
        return deadline.State == DeadlineState.Today ? Text.Of("Send.Due.Today", Show.Clock(at)) : Text.Of("Send.Due.Day", Show.Day(day), Show.Weekday(day), Show.Clock(at));
    }
}

/// <summary>What was typed into the send form.</summary>
public sealed class SendInput
{
    /// <summary>The button pressed: <c>send</c>, <c>send-more</c>, or <c>check</c>, which sends nothing.</summary>
    public string? Act { get; set; }
    public string? Kind { get; set; }
    public string? ExchangeId { get; set; }
    public string? Follows { get; set; }
    public string? Supersedes { get; set; }
    public string? To { get; set; }
    public string? ToCode { get; set; }
    public string? CertificateType { get; set; }
    public string? CertificateNumber { get; set; }
    public string? HolderName { get; set; }
    public string? HolderId { get; set; }
    public string? IssuedOn { get; set; }
    public string? ValidUntil { get; set; }
    public List<string>? Items { get; set; }
    public string? ResidenceAddress { get; set; }
    public string? HouseholdAddress { get; set; }
    public string? Phone { get; set; }
    public string? StateOn { get; set; }
    public string? MovedOn { get; set; }
    public string? MovedTo { get; set; }
    public string? FromUnit { get; set; }
    public string? ToUnit { get; set; }
    public string? Address { get; set; }
    public string? Purpose { get; set; }
    public string? LegalBasis { get; set; }
    public string? ReasonCode { get; set; }
    public string? Urgency { get; set; }
    public string? Note { get; set; }
}
