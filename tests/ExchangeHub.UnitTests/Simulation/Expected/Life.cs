namespace ExchangeHub.UnitTests.Simulation.Expected;

/// <summary>What should have happened in one exchange: who may say what when, and what it makes. Written from the wire's page, not from the product.</summary>
sealed class Life
{
    // Kind: who (asker, receiver, or either), and the phases in which a request's exchange takes it (R) and a notice's (N).
    static readonly Dictionary<string, (char Who, string Request, string Notice)> table = new()
    {
        ["acknowledgement"] = ('r', "Open", "Open"),
        ["interim-reply"] = ('r', "Open Disputed", ""),
        ["feedback-reply"] = ('r', "Open Disputed Answered", ""),
        ["extension-request"] = ('r', "Open Disputed", ""),
        ["extension-decision"] = ('a', "Open Disputed", ""),
        ["return"] = ('r', "Open", "Open"),
        ["return-contest"] = ('a', "Returned", "Returned"),
        ["withdrawal"] = ('a', "Open", "Open"),
        ["confirmation"] = ('a', "Answered", ""),
        ["dispute"] = ('a', "Answered", ""),
        ["clarification"] = ('e', "Open Answered Disputed", "Open"),
    };

    readonly Intent opening;
    readonly DateTimeOffset openedAt;
    readonly List<Intent> heard = [];
    readonly List<(Guid Request, int Days, bool Decided)> extensions = [];
    readonly List<Sequenced> told = [];
    string? outcome;
    DateTimeOffset? repliedAt, returnedAt;
    int disputes, toAsker, toReceiver;
    bool maintained, supersededBefore;

    public Life(Intent opening, DateTimeOffset at, WalkedDays days)
    {
        this.opening = opening;
        openedAt = Last = at;
        heard.Add(opening);
        Owed.Opening(days.Due(true, IsNear, opening.Urgent, at), opening.Asks, days.Due(false, IsNear, opening.Urgent, at), at);
        var answer = opening.Asks ? Owed.Rows[1].Due : null;
        Say(opening, new Told(0, opening.Id.ToString(), null, Owed.Rows[0].Due, answer, Owed.Rows.Exists(r => r.Due is null)));
    }

    public string Phase { get; private set; } = "Open";
    public int Numbers { get; private set; }
    public DateTimeOffset Last { get; private set; }
    public Duties Owed { get; } = new();
    public IReadOnlyList<Sequenced> Sequenced => told;
    public bool IsParty(string county) => county == opening.From || county == opening.To;
    public bool IsSuperseded => supersededBefore;
    public bool IsTest => opening.Test;
    public bool HasOfOwn(Guid id, string from, string kind) => heard.Exists(h => h.Id == id && h.From == from && h.Kind == kind);

    // Counties of one province, or of two: the first two digits of those that take part.
    bool IsNear => opening.From[..2] == opening.To[..2];

    /// <summary>Why a message is refused; empty: it is not.</summary>
    public SortedSet<string> Refusals(Intent m, DateTimeOffset at, WalkedDays days)
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        void Unless(bool right, string code)
        {
            if (!right)
                codes.Add(code);
        }

        var (who, request, notice) = table[m.Kind];
        Unless(m.InReplyTo is not { } named || heard.Exists(h => h.Id == named && h.From != m.From), "ReferenceUnknown");
        Unless(m.Supersedes is not { } older || HasOfOwn(older, m.From, m.Kind), "ReferenceUnknown");
        Unless(who == 'e' || (who == 'a') == (m.From == opening.From), "PartyNotAllowed");
        Unless(m.To == (m.From == opening.From ? opening.To : opening.From), "PartyNotAllowed");
        Unless((opening.Asks ? request : notice).Split(' ').Contains(Phase), "PhaseNotAllowed");
        Unless(m.Test == opening.Test, "TestMarkDiffers");
        var live = Owed.Live(acknowledgement: false);
        switch (m.Kind)
        {
            case "acknowledgement":
                Unless(!Has(m.Kind), "LimitReached");
                break;
            case "feedback-reply":
                Unless(Phase != "Answered" || m.Supersedes is not null, "PhaseNotAllowed");
                break;
            case "extension-request":
                Unless(extensions.Count < 2, "LimitReached");
                Unless(extensions.Count >= 2 || extensions.TrueForAll(e => e.Decided), "PhaseNotAllowed");
                Unless(live?.Due is not null, "PhaseNotAllowed");
                Unless(live?.Due is not { } due || at < due.At, "WindowOver");
                break;
            case "extension-decision":
                var known = extensions.FindIndex(e => e.Request == m.InReplyTo);
                Unless(known >= 0, "ReferenceUnknown");
                Unless(known < 0 || !extensions[known].Decided, "LimitReached");
                Unless(live?.Due is not null, "PhaseNotAllowed");
                Unless(live?.Due is not { } until || at < until.At, "WindowOver");
                break;
            case "return-contest":
                Unless(m.InReplyTo == LastOf("return"), "ReferenceUnknown");
                Unless(!supersededBefore, "PhaseNotAllowed");
                Unless(returnedAt is not { } r || !IsAfter(at, r, 2, days), "WindowOver");
                break;
            case "confirmation":
                Unless(m.InReplyTo == LastOf("feedback-reply"), "ReferenceUnknown");
                break;
            case "dispute":
                Unless(m.InReplyTo == LastOf("feedback-reply"), "ReferenceUnknown");
                Unless(disputes < 2, "LimitReached");
                Unless(repliedAt is not { } a || !IsAfter(at, a, 5, days), "WindowOver");
                break;
        }
        return codes;
    }

    /// <summary>The message takes effect.</summary>
    public void Hear(Intent m, DateTimeOffset at, WalkedDays days)
    {
        Last = at;
        heard.Add(m);
        List<Row> moved = [];
        string cause = "Reopened";
        switch (m.Kind)
        {
            case "acknowledgement":
                Owed.Do(at, acknowledgementOnly: true);
                Phase = opening.Asks ? Phase : "Closed";
                break;
            case "feedback-reply":
                if (Phase != "Answered") // a correction fulfils nothing again
                    Owed.Do(at);
                if (Phase == "Disputed")
                    maintained = !(m.Supersedes is not null && (m.Changed || m.Outcome != outcome));
                (Phase, outcome, repliedAt) = ("Answered", m.Outcome, at);
                break;
            case "extension-request":
                extensions.Add((m.Id, m.Days, false));
                break;
            case "extension-decision":
                extensions[^1] = extensions[^1] with { Decided = true };
                if (m.Grants)
                    (moved, cause) = ([Owed.Extend(at, extensions[^1].Days, days)], "Extended");
                break;
            case "return":
                (Phase, returnedAt) = ("Returned", at);
                Owed.Return(at, m.Reason!);
                break;
            case "return-contest":
                Phase = "Open";
                moved = Owed.Contest(at, days);
                break;
            case "withdrawal":
                Phase = "Withdrawn";
                Owed.Withdraw(at);
                break;
            case "confirmation":
                Phase = "Closed";
                break;
            case "dispute":
                (Phase, maintained) = ("Disputed", false);
                disputes++;
                moved = [Owed.Dispute(at, days.Due(false, IsNear, opening.Urgent, at))];
                break;
        }
        Say(m, new Told(0, m.Id.ToString(), null, moved.Find(r => r.Acknowledgement)?.Due, moved.Find(r => !r.Acknowledgement)?.Due, moved.Exists(r => r.Due is null)));
        Tell(moved, cause);
    }

    /// <summary>A newer notice takes this one's place.</summary>
    public void Supersede(DateTimeOffset at)
    {
        if (supersededBefore)
            return;
        supersededBefore = true;
        Last = at;
        Numbers++;
        if (Phase != "Open")
            return;
        Phase = "Closed";
        Owed.Supersede(at);
        Tell("closure", "Superseded");
    }

    public void Rule(DateTimeOffset at, string ruling)
    {
        if (Phase != "Answered" || !maintained)
            return;
        (Last, maintained) = (at, false);
        Tell("ruling", ruling);
    }

    public void FollowUp(DateTimeOffset at, WalkedDays days)
    {
        foreach (var (kind, row) in Owed.FollowUp(at, days))
            Tell(kind, row.Duty, row.Due, at);
        if (ClosesNow(at, days))
        {
            (Phase, Last) = ("Closed", at);
            Tell("closure", "Automatic");
        }
    }

    /// <summary>Whether something should have been told or closed by now.</summary>
    public bool IsBehind(DateTimeOffset at, WalkedDays days) => Owed.StepsBy(at, days).Any(s => s.Row.Opened <= at) || ClosesNow(at, days);

    public void Outage(DateTimeOffset from, DateTimeOffset to, DateTimeOffset at) => Moved(Owed.Outage(from, to, "HubOutage", at), "HubOutage", at);

    public void DeliveredLate(DateTimeOffset confirmed, DateTimeOffset at, WalkedDays days)
    {
        if (confirmed - openedAt > TimeSpan.FromMinutes(15))
            Moved(Owed.CountAnew(confirmed, at, acknowledgement => days.Due(acknowledgement, IsNear, opening.Urgent, confirmed)), "DeliveredLate", at);
    }

    public void CalendarCame(DateTimeOffset at, WalkedDays days) =>
        Moved(Owed.SetPending(at, days, (acknowledgement, from) => days.Due(acknowledgement, IsNear, opening.Urgent, from)), "CalendarCame", at);

    void Moved(List<Row> rows, string cause, DateTimeOffset at)
    {
        if (rows.Count > 0)
            Last = at;
        Tell(rows, cause);
    }

    bool ClosesNow(DateTimeOffset at, WalkedDays days) => Phase == "Answered" && repliedAt is { } a && IsAfter(at, a, 10, days);

    // Whether the n-th working day after an instant is over. Where no calendar is, it is not.
    static bool IsAfter(DateTimeOffset at, DateTimeOffset instant, int n, WalkedDays days) => days.EndOfNth(WalkedDays.DayOf(instant), n) is { } end && at >= end.At;

    bool Has(string kind) => heard.Exists(h => h.Kind == kind);

    Guid? LastOf(string kind) => heard.FindLast(h => h.Kind == kind)?.Id;

    void Say(Intent m, Told message)
    {
        message = message with { Number = ++Numbers };
        told.Add(m.From == opening.From ? new(opening.To, ++toReceiver, message) : new(opening.From, ++toAsker, message));
    }

    void Tell(List<Row> moved, string cause)
    {
        foreach (var row in moved)
            Tell("due-change", $"{row.Duty} {cause}", row.Due);
    }

    void Tell(string kind, string about, Date? due = null, DateTimeOffset? at = null)
    {
        Last = at ?? Last;
        var both = new Told(++Numbers, kind, about, Answer: due);
        told.Add(new(opening.From, ++toAsker, both));
        told.Add(new(opening.To, ++toReceiver, both));
    }
}
