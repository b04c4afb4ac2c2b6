using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Components;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.Node.Workbench;

/// <summary>The facts of an exchange in a colleague's words, and what is still to come.</summary>
static class TimelineOf
{
    public static IReadOnlyList<TimelineEntry> Entries(ExchangeDetail detail, PlaceNames places, DateTimeOffset now)
    {
        // What an own message says stands with the hub's word on it; of what is on its way, with its storing. The opening's stands beside the question.
        var said = detail.Timeline.Where(f => f.What is not (TimelineWhat.Asked or TimelineWhat.Delivered) && f.Note is not null).GroupBy(f => f.MessageId).Select(g => g.Last()).ToHashSet();
        var entries = detail.Timeline.Select(f => Entry(f, detail.Exchange, places) with { Note = said.Contains(f) ? f.Note : null }).ToList();
        if (detail.Exchange is { Phase: NodePhase.Open or NodePhase.Disputed } open)
        {
            if (open.Owed || open.Side == Side.Asker)
                entries.Add(new(Text.Of(open.IsNotice ? "Timeline.ToCome.Acknowledgement" : "Timeline.ToCome.Reply", places.NameOf(open.Side == Side.Receiver ? open.County : open.Counterpart)), null, Step: TimelineStep.Todo,
                    By: open.ListedDueAt is { } due ? Text.Of("Timeline.By", Show.Until(due)) : Text.Of("Due.Pending")));
            else if (entries.Count > 0)
                entries[^1] = entries[^1] with { Step = TimelineStep.Now };
        }
        return entries;
    }

    static TimelineEntry Entry(TimelineFact fact, NodeExchange exchange, PlaceNames places)
    {
        var why = fact.What switch
        {
            TimelineWhat.Answered or TimelineWhat.ReplyStored => Join(Coded("Outcome", fact.Code), Coded("ReplyReason", fact.ReasonCode)),
            TimelineWhat.Returned or TimelineWhat.ReturnStored => Coded("ReturnReason", fact.ReasonCode ?? fact.Code),
            TimelineWhat.Withdrawn or TimelineWhat.WithdrawalStored => Coded("WithdrawalReason", fact.ReasonCode ?? fact.Code),
            TimelineWhat.RegisterLookedUp => Coded("Lookup", fact.Code),
            TimelineWhat.RecordMatched => Coded("RecordMatch", fact.Code),
            TimelineWhat.MessageStored or TimelineWhat.Unreadable or TimelineWhat.Recovered or TimelineWhat.ToldByHub => Coded("Kind", fact.Code),
            TimelineWhat.ExtensionAsked => Join(fact.WorkingDays is { } days ? Text.Of("Timeline.WorkingDays", days) : null, Coded("ExtensionReason", fact.Code)),
            TimelineWhat.ExtensionDenied => Coded("DecisionReason", fact.Code),
            TimelineWhat.Contested => Coded("ContestReason", fact.Code),
            TimelineWhat.Confirmed => Coded("Satisfaction", fact.Code),
            TimelineWhat.Disputed => Coded("DisputeReason", fact.Code),
            TimelineWhat.ClosedByHub => Coded("ClosureCause", fact.Code),
            TimelineWhat.Ruled => Coded("RulingOutcome", fact.Code),
            TimelineWhat.RefusedByHub => Join([.. (fact.Refusals ?? (fact.Code is { } code ? [code] : [])).Distinct().Select(Web.Api.Problems.TitleOf)]),
            TimelineWhat.DueChanged => Join(Coded("Cause", fact.Code), fact.DueOn is { } on ? Text.Of("Timeline.NewDue", Show.Day(on)) : null),
            TimelineWhat.Delivered => Text.Of("Timeline.ClockStarts"),
            _ => null,
        };
        var duty = fact.Duty is { } d ? Text.OfCode("Duty", d) : Text.Of("Duty.feedback");
        var who = fact.Actor is null ? null : places.NameOf(fact.Actor);
        var says = fact.What is TimelineWhat.Overdue or TimelineWhat.DueChanged or TimelineWhat.Reminded or TimelineWhat.Escalated ? Text.Of($"Timeline.{fact.What}", duty)
            : fact.What is TimelineWhat.Delivered ? Text.Of("Timeline.Delivered", places.NameOf(exchange.Side == Side.Receiver ? exchange.County : exchange.Counterpart))
            : Text.Of($"Timeline.{fact.What}");
        return new(says, fact.At, Join(who, why, fact.Automatic ? Text.Of("Timeline.Automatic") : null));
    }

    static string? Coded(string list, string? code) => code is null ? null : Text.OfCode(list, code);

    static string? Join(params string?[] parts) =>
        string.Join(Text.Of("Timeline.Comma"), parts.OfType<string>()) is { Length: > 0 } joined ? joined : null;
}
