using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>One exchange as the hub knows it: ids, times, codes.</summary>
public sealed partial class ExchangePage(ExchangeQueries exchanges, CallerScope caller, PlaceNames places, RulesWatch rules, Clocks clocks) : ComponentBase
{
    DateTimeOffset now;
    ExchangeView? view;

    [CascadingParameter] HttpContext Http { get; set; } = null!;
    [Parameter] public string Id { get; set; } = "";

    protected override async Task OnParametersSetAsync()
    {
        now = clocks.Now;
        await rules.RefreshAsync(Http.RequestAborted);
        view = Guid.TryParse(Id, out var id) ? await exchanges.FindAsync(id, caller, Http.RequestAborted) : null;
        if (view is null)
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    static string EndWord(string? why) => why is null ? "" : Text.Find($"ReturnReason.{why}") ?? Text.Find($"Cause.{why}") ?? Text.Find($"ClosureCause.{why}") ?? Text.Find($"HubPhase.{why}") ?? why;

    TimelineEntry Entry(TimelineFact fact)
    {
        string?[] parts =
        [
            fact.By is { } by ? places.NameOf(by) : Text.Of("HubExchange.ByHub"),
            fact.Outcome is { } outcome ? Text.OfCode(OutcomesOf(fact.What), outcome) : null,
            fact.Reason is { } reason ? Text.OfCode(ReasonsOf(fact.What), reason) : null,
            fact.WorkingDays is { } days ? Text.Of("HubExchange.AskedDays", days) : null,
            fact.Upheld is { } upheld ? Text.Of(upheld ? "HubExchange.Upheld" : "HubExchange.Maintained") : null,
            fact.SuggestedTo is { } other ? Text.Of("HubExchange.Suggested", places.NameOf(other)) : null,
            fact.What is "opened" or "due-moved" && fact.DueAt is { } due ? Text.Of("HubExchange.DueBy", Show.Until(due)) : null,
            fact.Automatic ? Text.Of("List.Automatic") : null,
        ];
        var says = Text.Of($"Fact.{fact.What}", Text.OfCode("Duty", fact.Duty ?? Duties.Feedback));
        return new(says, fact.At, string.Join(Text.Of("HubExchange.Comma"), parts.OfType<string>()));
    }

    static string OutcomesOf(string fact) => fact switch
    {
        "extension-decided" => "Decision",
        "confirmed" => "Satisfaction",
        "ruled" => "RulingOutcome",
        _ => "Outcome",
    };

    static string ReasonsOf(string fact) => fact switch
    {
        "opened" => "RequestReason",
        "answered" or "corrected" or "answered-again" => "ReplyReason",
        "extension-requested" => "ExtensionReason",
        "extension-decided" => "DecisionReason",
        "returned" => "ReturnReason",
        "return-contested" => "ContestReason",
        "withdrawn" => "WithdrawalReason",
        "disputed" => "DisputeReason",
        "closed" => "ClosureCause",
        _ => "Cause",
    };
}
