using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using Office = ExchangeHub.Node.Exchanges;

namespace ExchangeHub.UnitTests.Golden;

/// <summary>What each golden file must be read as. A record, once here, stays as it is.</summary>
static class GoldenRecords
{
    static readonly DateTimeOffset at = new DateTimeOffset(2026, 2, 11, 2, 0, 0, TimeSpan.Zero).AddMicroseconds(123456);
    static readonly DateTimeOffset step = new(2026, 2, 26, 1, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset dueAt = new(2026, 2, 27, 16, 0, 0, TimeSpan.Zero);
    static readonly Due due = new(new(2026, 2, 27), dueAt);
    static readonly Guid exchange = Guid.Parse("0199c0de-0000-7000-8000-000000000001");
    static readonly Guid message = Guid.Parse("0199c0de-0000-7000-8000-000000000002");
    static readonly Guid other = Guid.Parse("0199c0de-0000-7000-8000-000000000003");
    const string Asker = "330109", Receiver = "340221", Hub = "hub.test", Digest = "jmcanj5Aymys2W39NDgRcHOvqDyH6I7ci2t_WByiSMA";

    static readonly Opened request = new(at, message, false, exchange, Asker, Receiver, Kinds.CertificateVerificationRequest, 1, Scope.BetweenProvinces, false, true,
        "RoutineCheck", "330109-20260211-0001", other, due, true, due);

    public static IReadOnlyDictionary<string, ExchangeEvent> Facts { get; } = new Dictionary<string, ExchangeEvent>
    {
        ["opened"] = request,
        ["opened-pending-notice"] = new Opened(at, message, true, exchange, Asker, "330106", Kinds.OutflowNotice, 1, Scope.WithinCity, true, false, null, null, null, null, false, null),
        ["opened-check"] = request with { Kind = Kinds.AssistanceCheckRequest },
        ["opened-check-v2"] = request with { Kind = Kinds.AssistanceCheckRequest, Version = 2 },
        ["opened-superseding"] = request with { Kind = Kinds.InflowNotice, Supersedes = other },
        ["acknowledged"] = new Acknowledged(at, message, true),
        ["interim-replied"] = new InterimReplied(at, message, false),
        ["answered"] = new Answered(at, message, false, "MovedOn", "LeftCounty"),
        ["answered-match"] = new Answered(at, message, true, "Match", null),
        ["corrected"] = new Corrected(at, message, false, "MovedOn", "LeftCounty", other, true),
        ["answered-again"] = new AnsweredAgain(at, message, false, "Match", null, other, true, true),
        ["answered-again-maintained"] = new AnsweredAgain(at, message, false, "MovedOn", "LeftCounty", null, false, false),
        ["extension-requested"] = new ExtensionRequested(at, message, false, 5, "VisitNeeded"),
        ["extension-decided"] = new ExtensionDecided(at, message, false, other, true, null),
        ["extension-decided-denied"] = new ExtensionDecided(at, message, false, other, false, "CannotWait"),
        ["returned"] = new ReturnedByReceiver(at, message, false, "NotOurs", "330205"),
        ["return-contested"] = new ReturnContested(at, message, false, "OnYourRegister"),
        ["withdrawn"] = new WithdrawnByAsker(at, message, false, "SentInError"),
        ["confirmed"] = new Confirmed(at, message, false, "sufficient"),
        ["disputed"] = new DisputeRaised(at, message, false, "ContradictsDocument"),
        ["clarified"] = new Clarified(at, message, false, Side.Receiver),
        ["clarified-by-asker"] = new Clarified(at, message, false, Side.Asker),
        ["reminded"] = new Reminded(at, Duties.Feedback, step, dueAt),
        ["went-overdue"] = new WentOverdue(at, Duties.Acknowledgement, dueAt),
        ["escalated"] = new Escalated(at, Duties.Feedback, step, dueAt),
        ["due-moved"] = new DueMoved(at, Duties.Feedback, at, null, due, "CalendarCame"),
        ["due-moved-pending"] = new DueMoved(at, Duties.Feedback, at, due, null, "Extended"),
        ["closed"] = new ClosedByHub(at, "Automatic"),
        ["superseded"] = new Superseded(at, other),
        ["ruled"] = new Ruled(at, "Maintained", "reviewer"),
    };

    public static IReadOnlyDictionary<string, Exchange> States { get; } = new Dictionary<string, Exchange>
    {
        ["disputed"] = Exchange.Fold([request, Facts["acknowledged"], Facts["extension-requested"], Facts["extension-decided"], Facts["answered"], Facts["reminded"],
            Facts["disputed"], Facts["due-moved-pending"]])! with
        { LookAt = step },
        ["returned"] = Exchange.Fold([request, Facts["went-overdue"], Facts["escalated"], Facts["returned"]])!,
        ["superseded-notice"] = Exchange.Fold([Facts["opened-pending-notice"], Facts["superseded"], Facts["closed"]])!,
        ["ruled"] = Exchange.Fold([request, Facts["answered"], Facts["disputed"], Facts["answered-again-maintained"], Facts["ruled"]])!,
    };

    public static IReadOnlyDictionary<string, Statement> Statements { get; } = new Dictionary<string, Statement>
    {
        ["accepted"] = new AcceptedStatement(Hub, Asker, Receiver, message, exchange, Kinds.CertificateVerificationRequest, 1, Digest, 1, 1, at)
        { AckDueOn = new(2026, 2, 12), AckDueAt = dueAt.AddDays(-15), DueOn = due.On, DueAt = dueAt },
        ["accepted-check-v2"] = new AcceptedStatement(Hub, Asker, Receiver, message, exchange, Kinds.AssistanceCheckRequest, 2, Digest, 1, 1, at) { DueOn = due.On, DueAt = dueAt },
        ["accepted-pending-test"] = new AcceptedStatement(Hub, Asker, Receiver, message, exchange, Kinds.OutflowNotice, 1, Digest, 1, 1, at) { Test = true, DuePending = true },
        ["accepted-report"] = new AcceptedReportStatement(Hub, Asker, Hub, message, Kinds.StatisticsReport, 1, Digest, at),
        ["refused"] = new RefusedStatement(Hub, Asker, message, Digest, at, ["PhaseNotAllowed", "MemberMissing"], ["/header/kind"]),
        ["held"] = new HeldStatement(Hub, Asker, message, Digest, at),
        ["event-reminder"] = Event(Kinds.Reminder) with { Duty = Duties.Feedback, DueAt = dueAt },
        ["event-overdue"] = Event(Kinds.Overdue) with { Duty = Duties.Acknowledgement, DueAt = dueAt },
        ["event-escalation"] = Event(Kinds.Escalation) with { Duty = Duties.Feedback, DueAt = dueAt },
        ["event-due-change"] = Event(Kinds.DueChange) with { Duty = Duties.Feedback, DueOn = due.On, DueAt = dueAt, Cause = "Extended" },
        ["event-closure"] = Event(Kinds.Closure) with { Cause = "Superseded" },
        ["event-registry-change"] = new EventStatement(Hub, Receiver, message, Kinds.RegistryChange, 1, at) { Snapshot = 12 },
        ["event-ruling"] = Event(Kinds.Ruling) with { Outcome = "Upheld" },
    };

    static EventStatement Event(string kind) => new(Hub, Receiver, message, kind, 1, at) { ExchangeId = exchange, Number = 7, Seq = 4 };

    /// <summary>By <c>kind.vN</c>.</summary>
    public static IReadOnlyDictionary<string, Header> Messages { get; } = new[]
    {
        Of(Kinds.OutflowNotice) with { CaseNumber = "330109-20260211-0001", Follows = other, Supersedes = other },
        Of(Kinds.InflowNotice) with { Automatic = true },
        Of(Kinds.DepartureNotice) with { Follows = other },
        Of(Kinds.CertificateVerificationRequest) with { Urgency = "urgent", ReasonCode = "CertificateDoubtful", Test = true },
        Of(Kinds.AssistanceCheckRequest) with { CaseNumber = "330109-20260211-000002", ReasonCode = "Other" },
        Of(Kinds.AssistanceCheckRequest) with { Version = 2, CaseNumber = "330109-20260211-000003", ReasonCode = "RoutineCheck" },
        Reply(Kinds.Acknowledgement) with { Automatic = true },
        Reply(Kinds.InterimReply),
        Reply(Kinds.FeedbackReply) with { Outcome = "MovedOn", ReasonCode = "LeftCounty", Supersedes = other, Changed = true },
        Reply(Kinds.ExtensionRequest) with { WorkingDays = 30, ReasonCode = "VisitNeeded" },
        Reply(Kinds.ExtensionDecision) with { Decision = "denied", ReasonCode = "CannotWait" },
        Reply(Kinds.Return) with { ReasonCode = "NotOurs", SuggestedTo = "330205" },
        Reply(Kinds.ReturnContest) with { ReasonCode = "OnYourRegister" },
        Of(Kinds.Withdrawal) with { ReasonCode = "SentInError" },
        Reply(Kinds.Confirmation) with { Mark = "insufficient" },
        Reply(Kinds.Dispute) with { ReasonCode = "ContradictsDocument" },
        Reply(Kinds.Clarification),
        Of(Kinds.StatisticsReport) with { ExchangeId = Guid.Empty, To = Hub },
    }.ToDictionary(h => Kinds.TypeOf(h.Kind, h.Version));

    /// <summary>An exchange as a node keeps it. What was stored with version 1 is the newest version's question without a day.</summary>
    public static IReadOnlyDictionary<string, Office.NodeExchange> AtNode { get; } = new Dictionary<string, Office.NodeExchange>
    {
        ["check"] = Checked(1, GoldenContents.Check),
        ["check-v2"] = Checked(2, GoldenContents.Check with { StateOn = new(2025, 9, 1) }),
    };

    static Office.NodeExchange Checked(int version, AssistanceCheckRequest check) =>
        Office.ExchangeFolding.Asked(Of(Kinds.AssistanceCheckRequest) with { Version = version, CaseNumber = "330109-20260211-000002" }, new Office.Matter(Check: check), "陈静").Exchange;

    static Header Of(string kind) => new(1, Hub, message, exchange, kind, 1, Asker, Receiver, at);

    static Header Reply(string kind) => Of(kind) with { InReplyTo = other };
}
