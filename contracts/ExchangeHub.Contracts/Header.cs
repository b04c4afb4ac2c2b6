using System.Text.Json;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Contracts;

/// <summary>What the hub may read of a message; the content beside it is sealed. Closed codes and ids only, never about a person.</summary>
/// <param name="Wire">The wire's version, 1.</param>
/// <param name="Hub">The hub it is sent to: a message for one hub is worth nothing at another.</param>
/// <param name="MessageId">Made once by the sender: with the authenticated county the duplicate test on every hop.</param>
/// <param name="ExchangeId">Made by the asker; the stream of all that follows. <see cref="Guid.Empty"/> in a message to the hub, which is in no exchange.</param>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Version">The schema version of the kind's content.</param>
/// <param name="From">Sending county, GB/T 2260. Trusted only when the broker's <c>user-id</c> equals it.</param>
/// <param name="To">Addressed county, or the hub's id in a message to the hub; differs from <paramref name="From"/>.</param>
/// <param name="SentAt">The sender's clock, UTC. No deadline is counted from it.</param>
public sealed record Header(int Wire, string Hub, Guid MessageId, Guid ExchangeId, string Kind, int Version, string From, string To, DateTimeOffset SentAt)
{
    /// <summary>An accepted message of the other party in this exchange.</summary>
    public Guid? InReplyTo { get; init; }
    /// <summary>An accepted message of the same sender and kind that this one takes the place of: a reply in this exchange, a notice in the one it follows.</summary>
    public Guid? Supersedes { get; init; }
    /// <summary>An earlier exchange of which the sender is a party.</summary>
    public Guid? Follows { get; init; }
    /// <summary>The asker's own number: a label for people, never a key.</summary>
    public string? CaseNumber { get; init; }
    /// <summary>The county that may be the right one; only in a return <c>NotOurs</c>.</summary>
    public string? SuggestedTo { get; init; }
    /// <summary><c>urgent</c> or absent.</summary>
    public string? Urgency { get; init; }
    /// <summary>One of <see cref="Codes.Outcomes"/>: speaks of the case, never of the person.</summary>
    public string? Outcome { get; init; }
    /// <summary>From the kind's closed list, see <see cref="KindRule.Reasons"/>.</summary>
    public string? ReasonCode { get; init; }
    /// <summary>One of <see cref="Codes.Marks"/>: what the asker thinks of the answer.</summary>
    public string? Mark { get; init; }
    /// <summary>One of <see cref="Codes.Decisions"/>.</summary>
    public string? Decision { get; init; }
    /// <summary>How many working days after the due date are asked for, 1 to <see cref="Limits.ExtensionDaysMax"/>.</summary>
    public int? WorkingDays { get; init; }
    /// <summary>The reply differs in outcome or matches from the one it supersedes.</summary>
    public bool Changed { get; init; }
    /// <summary>No person did this; counts for receipt and timeliness, never for attendance.</summary>
    public bool Automatic { get; init; }
    /// <summary>A trial in production: the same in every message of an exchange, and in no figure.</summary>
    public bool Test { get; init; }

    /// <summary>The header as it is written into a body, members in the order of the wire's table.</summary>
    public byte[] Write() => WireJson.Write(w =>
    {
        w.WriteNumber("wire", Wire);
        w.WriteString("hub", Hub);
        w.WriteString("messageId", MessageId);
        if (ExchangeId != Guid.Empty)
            w.WriteString("exchangeId", ExchangeId);
        w.WriteString("kind", Kind);
        w.WriteNumber("version", Version);
        w.WriteString("from", From);
        w.WriteString("to", To);
        w.WriteString("sentAt", WireTime.Format(SentAt));
        w.Optional("inReplyTo", InReplyTo);
        w.Optional("supersedes", Supersedes);
        w.Optional("follows", Follows);
        w.Optional("caseNumber", CaseNumber);
        w.Optional("suggestedTo", SuggestedTo);
        w.Optional("urgency", Urgency);
        w.Optional("outcome", Outcome);
        w.Optional("reasonCode", ReasonCode);
        w.Optional("mark", Mark);
        w.Optional("decision", Decision);
        w.Optional("workingDays", WorkingDays);
        w.Mark("changed", Changed);
        w.Mark("automatic", Automatic);
        w.Mark("test", Test);
    });

    /// <summary>Reads a header by the rules of its kind. All that is wrong is told; nothing is filled in.</summary>
    /// <returns>The header, or <c>null</c> with at least one refusal.</returns>
    public static Header? Read(JsonElement header, out IReadOnlyList<Refusal> refusals)
    {
        var reader = new MemberReader(header, "/header");
        refusals = reader.Refusals;
        if (reader.Number("wire") is { } wire && wire != 1)
        {
            reader.Refuse(RefusalCodes.WireNotSupported, "wire");
            return null; // another wire has other members: nothing more can be said
        }
        KindRule? rule = null;
        if (reader.Text("kind", _ => true) is { } kind && !Kinds.Submitted.TryGetValue(kind, out rule))
            reader.Refuse(RefusalCodes.KindUnknown, "kind");
        if (reader.Number("version") is { } version && rule is not null && (version < 1 || version > rule.Version))
            reader.Refuse(RefusalCodes.KindUnknown, "version");

        var common = new Header(1, reader.Text("hub", Party.IsHub) ?? "", reader.Uuid("messageId"), rule is { ToHub: true } ? default : reader.Uuid("exchangeId"), rule?.Kind ?? "",
            reader.Number("version") ?? 1, reader.Text("from", Party.IsParty) ?? "", reader.Text("to", rule is { ToHub: true } ? Party.IsHub : Party.IsParty) ?? "", reader.Time("sentAt"));
        if (rule is null || reader.Refusals.Any(r => r.Code == RefusalCodes.KindUnknown))
            return null; // which further members it takes, only its own kind and version say

        foreach (var required in rule.Required)
            reader.Require(required);
        foreach (var member in header.EnumerateObject())
            if (!rule.Takes(member.Name))
                reader.RefuseParent();

        // A member of another kind is unknown here; its form is not looked at.
        Guid? Id(string member) => rule.Takes(member) ? reader.OptionalUuid(member) : null;
        string? Text(string member, Func<string, bool> form) => rule.Takes(member) ? reader.OptionalText(member, form) : null;
        int? Count(string member, int max) => rule.Takes(member) && reader.Has(member) && reader.Number(member, 1) is { } number
            ? number <= max ? number : Invalid(member) : null;
        int? Invalid(string member)
        {
            reader.Refuse(RefusalCodes.MemberInvalid, member);
            return null;
        }
        bool IsMarked(string member) => rule.Takes(member) && reader.Mark(member);

        var read = common with
        {
            InReplyTo = Id("inReplyTo"),
            Supersedes = Id("supersedes"),
            Follows = Id("follows"),
            CaseNumber = Text("caseNumber", Party.IsCaseNumber),
            SuggestedTo = Text("suggestedTo", Party.IsCounty),
            Urgency = Text("urgency", Codes.Urgencies.Contains),
            Outcome = Text("outcome", Codes.Outcomes.Contains),
            ReasonCode = Text("reasonCode", rule.Reasons.Contains),
            Mark = Text("mark", Codes.Marks.Contains),
            Decision = Text("decision", Codes.Decisions.Contains),
            WorkingDays = Count("workingDays", Limits.ExtensionDaysMax),
            Changed = IsMarked("changed"),
            Automatic = IsMarked("automatic"),
            Test = IsMarked("test"),
        };
        // Rules between members stand in the wire's table of kinds.
        if (read is { Kind: Kinds.FeedbackReply, Outcome: not (null or Outcomes.Match), ReasonCode: null } && !reader.Has("reasonCode"))
            reader.Refuse(RefusalCodes.MemberMissing, "reasonCode");
        if (read is { Changed: true, Supersedes: null } && !reader.Has("supersedes"))
            reader.Refuse(RefusalCodes.MemberMissing, "supersedes");
        if (rule.Opens && read.Supersedes is not null && !reader.Has("follows"))
            reader.Refuse(RefusalCodes.MemberMissing, "follows");
        if (read is { Decision: Decisions.Granted } && reader.Has("reasonCode"))
            reader.Refuse(RefusalCodes.MemberInvalid, "reasonCode");
        if (read is { Outcome: Outcomes.Match } && reader.Has("reasonCode"))
            reader.Refuse(RefusalCodes.MemberInvalid, "reasonCode");
        if (read.SuggestedTo is not null && read.ReasonCode is not ReturnReasons.NotOurs)
            reader.Refuse(RefusalCodes.MemberInvalid, "suggestedTo");
        if (read is { CaseNumber: { } number, From: not "" } && !number.StartsWith(read.From + "-", StringComparison.Ordinal))
            reader.Refuse(RefusalCodes.MemberInvalid, "caseNumber");
        return reader.Failed ? null : read;
    }
}
