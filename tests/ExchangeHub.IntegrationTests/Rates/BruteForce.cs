using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;

namespace ExchangeHub.IntegrationTests.Rates;

/// <summary>The figures again, from the facts alone and by the words of the definitions: nothing of the fold or the queries is used.</summary>
sealed class BruteForce
{
    sealed class Duty
    {
        public Due? Due;
        public DateTimeOffset? Done, Withdrawn;
        public bool Gone;
    }

    readonly Opened opened;
    readonly Duty acknowledgement = new(), feedback = new();

    /// <summary>What was so at T; facts after T have not happened.</summary>
    public BruteForce(IReadOnlyList<ExchangeEvent> life, DateTimeOffset t)
    {
        opened = (Opened)life[0];
        (acknowledgement.Due, feedback.Due) = (opened.AcknowledgementDue, opened.FeedbackDue);
        foreach (var fact in life.Where(f => f.At <= t))
            Happen(fact);
    }

    /// <summary>(county it speaks of, reason, scope) and, for each indicator it belongs to, whether it counts in the numerator.</summary>
    public IEnumerable<(string Indicator, string County, string Reason, Scope Scope, bool Met)> Figures(DateOnly first, DateOnly last, DateTimeOffset t)
    {
        if (opened.Test || opened.At > t)
            yield break;
        var delivered = WireTime.DayOf(opened.At) >= first && WireTime.DayOf(opened.At) <= last;
        (string, string, string, Scope, bool) Of(string indicator, bool met, string? county = null) => (indicator, county ?? opened.Receiver, opened.Reason ?? "none", opened.Scope, met);

        if (delivered)
        {
            yield return Of("received", true);
            yield return Of("sent", true, opened.Asker);
            if (!feedback.Gone)
                yield return Of("feedback_rate", feedback.Done is not null);
            if (!acknowledgement.Gone)
                yield return Of("receipt_rate", acknowledgement.Done is not null);
        }
        if (feedback is not { Gone: false, Due: { } due } || due.At > t)
            yield break;
        if (due.On >= first && due.On <= last)
        {
            yield return Of("due_feedback_rate", feedback.Done is not null);
            yield return Of("timeliness_rate", feedback.Done < due.At);
        }
        if (feedback is { Done: null, Withdrawn: null })
            yield return Of("overdue_open", true);
    }

    void Happen(ExchangeEvent fact)
    {
        switch (fact)
        {
            case Acknowledged:
                acknowledgement.Done ??= fact.At;
                break;
            case Answered or ReturnedByReceiver { Reason: ReturnReasons.Insufficient }:
                acknowledgement.Done ??= fact.At;
                feedback.Done ??= fact.At;
                break;
            case ReturnedByReceiver:
                acknowledgement.Gone = feedback.Gone = true;
                break;
            case WithdrawnByAsker:
                foreach (var duty in new[] { acknowledgement, feedback })
                {
                    duty.Withdrawn = fact.At;
                    duty.Gone = duty.Due is null || fact.At < duty.Due.At;
                }
                break;
            case DueMoved moved:
                var of = moved.Duty == Duties.Feedback ? feedback : acknowledgement;
                of.Due = moved.To;
                of.Gone = of.Withdrawn is not null && (moved.To is null || of.Withdrawn < moved.To.At);
                break;
        }
    }
}
