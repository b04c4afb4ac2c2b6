using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Node.Workbench;

/// <summary>One exchange: for who owes, the question beside the register and the reply; for who asked, the answer. The step taken here, seeing the person and saying that it was received are forms of their own.</summary>
public sealed partial class ExchangePage(ExchangeQueries exchanges, ExchangeCommands commands, WorklistQueries worklist, WorkingDays workingDays, CallerScope caller, PlaceNames places,
    PageClock clock, NavigationManager navigation) : ComponentBase
{
    DateTimeOffset now;
    DateOnly? nextWorkingDay;
    ExchangeDetail? detail;
    IReadOnlyList<Refusal> errors = [];
    IReadOnlyList<string> general = [];
    string? revealMessage;

    [CascadingParameter] HttpContext Http { get; set; } = null!;
    [Parameter] public Guid Id { get; set; }
    /// <summary>One of <see cref="ExchangeActs"/>: the form asked for instead of the main one.</summary>
    [SupplyParameterFromQuery] public string? Do { get; set; }
    /// <summary>What was just done here.</summary>
    [SupplyParameterFromQuery] public string? Done { get; set; }
    [SupplyParameterFromForm(Name = "Input", FormName = "exchange")] ExchangeInput? Posted { get; set; }
    /// <summary>The reason to see the person, and what was typed into the step's form by then.</summary>
    [SupplyParameterFromForm(Name = "Input", FormName = "reveal")] ExchangeInput? Revealing { get; set; }

    ExchangeInput Input => Posted ??= Revealing ?? new();
    NodeExchange exchange => detail!.Exchange;
    string Address => $"/exchanges/{Id}";
    bool IsReceiver => exchange.Side == Side.Receiver;
    WorklistGroup List => IsReceiver ? WorklistGroup.All : exchange.Awaited ? WorklistGroup.Awaited : WorklistGroup.Ended;
    IReadOnlyList<string> Acts => ExchangeActs.Of(detail!.Allowed);
    string? MainForm => ExchangeActs.Shown(Acts, exchange.IsNotice, null);
    string? Form => ExchangeActs.Shown(Acts, exchange.IsNotice, Do);
    IEnumerable<string> Others => Acts.Where(a => a != Form);
    string CounterpartName => places.NameOf(exchange.Counterpart);
    string MatterHead => exchange.IsNotice ? "Exchange.Told" : IsReceiver && (detail!.RegisterFound || exchange.Kind == Kinds.CertificateVerificationRequest) ? "Exchange.Compared" : "Exchange.Asked";

    string Title
    {
        get
        {
            var (above, own) = places.Short(exchange.Counterpart, exchange.County);
            return Text.Of($"Exchange.Title.{exchange.Side}.{exchange.Kind}", above + own, detail!.Subject?.Name);
        }
    }

    string? Summary => exchange.Record is { } record ? Text.OfCode("RecordMatch", record.What)
        : !IsReceiver || exchange.Kind != Kinds.CertificateVerificationRequest ? null
        : !detail!.RegisterFound ? Text.Of("Exchange.NotOnFile")
        : Text.Of("Exchange.Summary", Count(FieldMatch.Same), Count(FieldMatch.Different), Count(FieldMatch.NotAnswered), Text.OfCode("RegisterStatus", detail.RegisterStatus ?? ""));

    string? ClockWhy => exchange.Dispute is { } dispute ? Text.Of("Exchange.ClockWhyDisputed", Show.Stamp(dispute.At, now)) : exchange.DeliveredAt is { } at ? Text.Of(exchange.IsNotice ? "Exchange.ClockWhyNotice" : "Exchange.ClockWhy", Show.Stamp(at, now)) : null;

    // A correction starts from the answer given, a reply from what the register suggests.
    string? ChosenOutcome => Input.Outcome ?? exchange.Outcome ?? detail!.SuggestedOutcome;
    string? ChosenReason => Input.Outcome is not null ? Input.ReasonCode : exchange.Outcome is not null ? exchange.OutcomeReason : detail!.SuggestedReason;

    int Count(string match) => detail!.Rows.Count(r => r.Asked is not null && r.Match == match);

    string Chosen(QuestionRow row) => Input.Fields?.GetValueOrDefault(row.Field) ?? detail!.Answers.GetValueOrDefault(row.Field) ?? row.Match;

    protected override async Task OnParametersSetAsync()
    {
        now = clock.Now;
        nextWorkingDay = await workingDays.NextAsync(caller.County!, WireTime.DayOf(now));
        detail = await exchanges.FindAsync(caller.County!, Id);
        if (detail is null)
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    async Task SubmitAsync()
    {
        if (detail is null)
            return;
        var author = Author.Of(caller);
        if (Input.Act == ExchangeActs.Resend)
            await AnswerAsync("send", await commands.AskAgainAsync(author, Id));
        else if (ExchangeActs.Command(Input, CountyOf) is { } move)
            await AnswerAsync(Input.Act!, await commands.DoAsync(author, Id, move));
    }

    async Task AcknowledgeAsync()
    {
        if (detail is not null)
            await AnswerAsync(ExchangeActs.Acknowledge, await commands.DoAsync(Author.Of(caller), Id, new Acknowledge()));
    }

    async Task RevealAsync()
    {
        if (!ExchangeQueries.IsReason(Input.RevealReason))
        {
            revealMessage = Text.Of("Problem.ReasonMissing");
            return;
        }
        detail = await exchanges.RevealAsync(caller, Id, Input.RevealReason!) ?? detail;
        Http.Response.Headers.CacheControl = "no-store";
    }

    async Task AnswerAsync(string act, CommandResult result)
    {
        if (!result.Succeeded)
        {
            errors = result.Errors;
            general = [.. errors.Where(e => !Placed(e.Field)).Select(e => MessageOf(e.Field)!).Distinct()];
            detail = await exchanges.FindAsync(caller.County!, Id);
            return;
        }
        if (act == "reply-next" && (await worklist.ListAsync(caller.County!, WorklistGroup.All, limit: 2)).Rows.FirstOrDefault(r => r.ExchangeId != Id) is { } next)
            navigation.NavigateTo($"/exchanges/{next.ExchangeId}");
        else
            navigation.NavigateTo($"/exchanges/{result.ExchangeId}?done={(act == "reply-next" ? "reply" : act)}");
    }

    /// <summary>A name or a code; an unknown text stays as it is, so that the rule names the field.</summary>
    string? CountyOf(string? text) => places.Search(text ?? "") is [var only] ? only.Code : text;

    static bool Placed(string field) => field is "/header/outcome" or "/header/reasonCode" or "/header/suggestedTo" or "/header/workingDays" or "/header/decision"
        or "/header/mark" or "/content/note"
        || field.StartsWith("/content/fields", StringComparison.Ordinal);

    string? MessageOf(string field) => errors.FirstOrDefault(e => e.Field == field) is { } error
        ? Text.Find($"Wrong.{field}.{error.Code}") ?? Problems.TitleOf(error.Code) : null;

    string? FieldProblem(string field) => MessageOf($"/content/fields/{field}") ?? (field == "" ? MessageOf("/content/fields") : null);

    static string InputClass(string? message) => message is null ? "in" : "in badin";
}

/// <summary>What was typed on the page of an exchange.</summary>
public sealed class ExchangeInput
{
    /// <summary>The button pressed.</summary>
    public string? Act { get; set; }
    public string? Outcome { get; set; }
    public string? ReasonCode { get; set; }
    public Dictionary<string, string>? Fields { get; set; }
    public string? Note { get; set; }
    public string? SuggestedTo { get; set; }
    public string? WorkingDays { get; set; }
    public string? Decision { get; set; }
    public string? Mark { get; set; }
    /// <summary><c>true</c>: open the own record from the notice.</summary>
    public string? Open { get; set; }
    public string? RevealReason { get; set; }
}
