using System.Collections.Frozen;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>All that is needed to say a due date: divisions, calendars and policies at one moment. Immutable; a change makes a new one.</summary>
public sealed class DeadlineRules
{
    readonly WorkingCalendar common;
    readonly FrozenDictionary<string, WorkingCalendar> byProvince;
    readonly IReadOnlyList<DeadlinePolicy> policies;
    readonly IReadOnlyList<FollowUpPolicy> followUps;
    IReadOnlyList<Outage> outages; // in the order of their begin

    /// <param name="provinceDays">A province's own days beside the State Council's (the first calendar), by province code.</param>
    /// <param name="policies">In the order of entry: of two equally specific ones that both hold, the later from-day wins, then the later entry.</param>
    /// <param name="followUps">Beside <see cref="FollowUpPolicy.Default"/>, in the order of entry.</param>
    /// <param name="outages">In any order: of the hub and of counties.</param>
    public DeadlineRules(Divisions divisions, IReadOnlyCollection<int> years, IReadOnlyCollection<CalendarDay> days,
        IReadOnlyDictionary<string, IReadOnlyCollection<CalendarDay>> provinceDays, IReadOnlyList<DeadlinePolicy> policies,
        IReadOnlyList<FollowUpPolicy>? followUps = null, Agreements? agreements = null, IEnumerable<Outage>? outages = null)
    {
        Divisions = divisions;
        Agreements = agreements ?? Agreements.None;
        this.policies = policies;
        this.followUps = followUps ?? [];
        this.outages = [.. (outages ?? []).OrderBy(o => o.From)];
        common = new WorkingCalendar(years, days);
        byProvince = provinceDays.ToFrozenDictionary(p => p.Key,
            p => new WorkingCalendar(years, days.Where(d => !p.Value.Any(own => own.On == d.On)).Concat(p.Value)));
    }

    public Divisions Divisions { get; }

    public Agreements Agreements { get; }

    /// <summary>The same rules with one more outage.</summary>
    public DeadlineRules With(Outage outage)
    {
        var rules = (DeadlineRules)MemberwiseClone();
        rules.outages = [.. outages.Append(outage).OrderBy(o => o.From)];
        return rules;
    }

    /// <summary>A date of a county with the outages it falls into counted: the instant moves, the cohort's day does not. Every date and the end of every
    /// window comes from here, whenever it is set: one that is restored or known late may lie in an outage of long ago.</summary>
    public Due AfterOutages(string unit, Due due) => due with { At = outages.Aggregate(due.At, (at, outage) => outage.Moved(unit, at)) };

    /// <summary>Whether a county may ask another: everywhere but where the province of the one that owes demands an agreement and none holds.</summary>
    public bool MayAsk(string asker, string unit, string kind, DateOnly on) =>
        !Agreements.DemandedBy.Contains(Divisions.ProvinceOf(unit)) || Agreements.Between(asker, unit, kind, on).Any();

    /// <summary>The calendar of the province whose county owes the answer.</summary>
    public WorkingCalendar CalendarOf(string province) => byProvince.GetValueOrDefault(province, common);

    /// <summary>The next working days of a county, after a day that does not count itself; fewer, or none, where the calendar ends.</summary>
    public IReadOnlyList<DateOnly> WorkingDaysAfter(string county, DateOnly day, int count)
    {
        var days = new List<DateOnly>(count);
        var calendar = Divisions.TakesPart(county) ? CalendarOf(Divisions.ProvinceOf(county)) : common;
        while (days.Count < count && calendar.After(days.LastOrDefault(day), 1) is { } next)
            days.Add(next);
        return days;
    }

    /// <summary>The policy for a message: urgent ones first for an urgent message, then the province's own before the common, then kind, scope, the latest from-day.</summary>
    /// <exception cref="InvalidOperationException">No policy holds: the shipped ones hold for everything, so somebody removed them.</exception>
    public DeadlinePolicy PolicyFor(string province, string kind, Scope scope, bool urgent, DateOnly on) =>
        policies.Select((policy, entry) => (policy, entry))
            .Where(p => p.policy.HoldsFor(province, kind, scope, urgent, on))
            .OrderByDescending(p => p.policy.Urgent) // a province that edits the ordinary time leaves the urgent one as it is
            .ThenByDescending(p => p.policy.Province is not null)
            .ThenByDescending(p => p.policy.Kind is not null)
            .ThenByDescending(p => p.policy.Scope is not null)
            .ThenByDescending(p => p.policy.EffectiveFrom)
            .ThenByDescending(p => p.entry)
            .Select(p => p.policy)
            .FirstOrDefault() ?? throw new InvalidOperationException($"No deadline policy holds for {kind}, {scope}, on {WireTime.Format(on)}.");

    /// <summary>When a duty is due that counts from an instant; <c>null</c> is pending. An agreement's term comes before the policy's; an urgent
    /// message has the shorter of the two.</summary>
    /// <param name="asker">The county that asked.</param>
    /// <param name="unit">The county that owes.</param>
    /// <param name="duty">One of <see cref="Contracts.Duties"/>.</param>
    /// <param name="from">The delivery, or the instant the clock starts anew, UTC.</param>
    public Due? DueFor(string asker, string unit, string kind, Scope scope, bool urgent, string duty, DateTimeOffset from) =>
        TermEnds(asker, unit, kind, scope, urgent, duty, from) is { } due ? AfterOutages(unit, due) : null;

    Due? TermEnds(string asker, string unit, string kind, Scope scope, bool urgent, string duty, DateTimeOffset from)
    {
        var (province, on) = (Divisions.ProvinceOf(unit), WireTime.DayOf(from));
        var calendar = CalendarOf(province);
        var agreed = Agreements.Between(asker, unit, kind, on).Select(a => a.TermOf(duty)).FirstOrDefault(t => t is not null);
        if (agreed is not null && !urgent)
            return DueDates.For(agreed, calendar, from);
        var policy = PolicyFor(province, kind, scope, urgent, on);
        var due = DueDates.For(duty == Contracts.Duties.Acknowledgement ? policy.Acknowledgement : policy.Feedback, calendar, from);
        // Pending is later than any date: it waits for a year to come.
        return agreed is not null && DueDates.For(agreed, calendar, from) is { } sooner && !(due?.At <= sooner.At) ? sooner : due;
    }

    /// <summary>How a province follows up on a day: its own policy before the common one, the later from-day, then the later entry.</summary>
    /// <param name="unit">The county that owes.</param>
    public FollowUpPolicy FollowUpOf(string unit, DateOnly on) => FollowUpOfProvince(Divisions.ProvinceOf(unit), on);

    /// <param name="province">Six digits; <c>null</c>: what holds in every province.</param>
    public FollowUpPolicy FollowUpOfProvince(string? province, DateOnly on) =>
        followUps.Select((policy, entry) => (policy, entry))
            .Where(f => f.policy.EffectiveFrom <= on && (f.policy.Province is null || f.policy.Province == province))
            .OrderByDescending(f => f.policy.Province is not null).ThenByDescending(f => f.policy.EffectiveFrom).ThenByDescending(f => f.entry)
            .Select(f => f.policy).FirstOrDefault() ?? FollowUpPolicy.Default;

    /// <summary>The end of the n-th working day after the day of an instant, by the calendar of the county that owes; <c>null</c>: the calendar does not reach it.</summary>
    public Due? WorkingDaysFrom(string unit, DateOnly day, int workingDays) =>
        CalendarOf(Divisions.ProvinceOf(unit)).After(day, workingDays) is { } end ? AfterOutages(unit, Due.EndOf(end)) : null;
}
