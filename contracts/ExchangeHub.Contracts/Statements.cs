using System.Text.Json;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Contracts;

/// <summary>Whatever the hub says: a JSON object in ASCII, one leaf of its batch's tree. It travels as the exact bytes of <see cref="Write"/>.</summary>
public abstract record Statement(string Hub)
{
    /// <summary>The leaf's bytes: members in the order of the wire's table, so that a statement written again carries the same bytes.</summary>
    public abstract byte[] Write();

    /// <summary>Reads a leaf. Members that are not known are left alone.</summary>
    public static Statement? Read(ReadOnlyMemory<byte> leaf)
    {
        if (!StrictJson.TryParseBody(leaf, Limits.BodyDepthMax, out var document))
            return null;
        using (document)
        {
            var m = new MemberReader(document.RootElement, "");
            Statement? read = m.Text("what", _ => true) switch
            {
                "accepted" => m.Has("exchangeId") ? AcceptedStatement.Read(m) : AcceptedReportStatement.Read(m),
                "refused" => RefusedStatement.Read(m, document.RootElement),
                "held" => HeldStatement.Read(m),
                "event" => EventStatement.Read(m),
                _ => null,
            };
            return m.Failed ? null : read;
        }
    }

    private protected static string HubOf(MemberReader m) => m.Text("hub", Party.IsHub) ?? "";
}

/// <summary>A message was accepted: the sender's receipt and the receiver's stamp are this same statement.</summary>
/// <param name="Number">Position of the message's first fact in the exchange's stream: the order of both sides' messages.</param>
/// <param name="Seq">1, 2, 3 per exchange and receiver: the order in which the receiver applies.</param>
/// <param name="AcceptedAt">The hub's business clock, UTC, microseconds.</param>
public sealed record AcceptedStatement(string Hub, string From, string To, Guid MessageId, Guid ExchangeId, string Kind, int Version,
    string Digest, int Number, int Seq, DateTimeOffset AcceptedAt) : Statement(Hub)
{
    public bool Test { get; init; }
    /// <summary>The local day that ends the time to acknowledge, set by this message.</summary>
    public DateOnly? AckDueOn { get; init; }
    /// <summary>The first instant that is too late to acknowledge.</summary>
    public DateTimeOffset? AckDueAt { get; init; }
    /// <summary>The local day that ends the time to answer, set by this message.</summary>
    public DateOnly? DueOn { get; init; }
    /// <summary>The first instant that is too late to answer.</summary>
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>A date falls in a year without a calendar; it comes later by <c>due-change</c>.</summary>
    public bool DuePending { get; init; }

    public override byte[] Write() => WireJson.Write(w =>
    {
        w.WriteString("what", "accepted");
        w.WriteString("hub", Hub);
        w.WriteString("from", From);
        w.WriteString("to", To);
        w.WriteString("messageId", MessageId);
        w.WriteString("exchangeId", ExchangeId);
        w.WriteString("kind", Kind);
        w.WriteNumber("version", Version);
        w.WriteString("digest", Digest);
        w.WriteNumber("number", Number);
        w.WriteNumber("seq", Seq);
        w.WriteString("acceptedAt", WireTime.Format(AcceptedAt));
        w.Mark("test", Test);
        w.Optional("ackDueOn", AckDueOn);
        w.Optional("ackDueAt", AckDueAt);
        w.Optional("dueOn", DueOn);
        w.Optional("dueAt", DueAt);
        w.Mark("duePending", DuePending);
    });

    internal static AcceptedStatement Read(MemberReader m) => new(HubOf(m), m.Text("from", Party.IsCounty) ?? "", m.Text("to", Party.IsParty) ?? "",
        m.Uuid("messageId"), m.Uuid("exchangeId"), m.Text("kind", Party.IsCode) ?? "", m.Number("version") ?? 0, m.Text("digest", t => B64u.IsHash(t)) ?? "",
        m.Number("number", 1) ?? 0, m.Number("seq", 1) ?? 0, m.Time("acceptedAt"))
    {
        Test = m.Mark("test"),
        AckDueOn = m.OptionalDay("ackDueOn"),
        AckDueAt = m.OptionalTime("ackDueAt"),
        DueOn = m.OptionalDay("dueOn"),
        DueAt = m.OptionalTime("dueAt"),
        DuePending = m.Mark("duePending"),
    };
}

/// <summary>A message to the hub itself was accepted: in no exchange, delivered to nobody.</summary>
/// <param name="To">The hub.</param>
public sealed record AcceptedReportStatement(string Hub, string From, string To, Guid MessageId, string Kind, int Version, string Digest, DateTimeOffset AcceptedAt)
    : Statement(Hub)
{
    public bool Test { get; init; }

    public override byte[] Write() => WireJson.Write(w =>
    {
        w.WriteString("what", "accepted");
        w.WriteString("hub", Hub);
        w.WriteString("from", From);
        w.WriteString("to", To);
        w.WriteString("messageId", MessageId);
        w.WriteString("kind", Kind);
        w.WriteNumber("version", Version);
        w.WriteString("digest", Digest);
        w.WriteString("acceptedAt", WireTime.Format(AcceptedAt));
        w.Mark("test", Test);
    });

    internal static AcceptedReportStatement Read(MemberReader m) => new(HubOf(m), m.Text("from", Party.IsCounty) ?? "", m.Text("to", Party.IsHub) ?? "",
        m.Uuid("messageId"), m.Text("kind", Party.IsCode) ?? "", m.Number("version") ?? 0, m.Text("digest", t => B64u.IsHash(t)) ?? "", m.Time("acceptedAt"))
    {
        Test = m.Mark("test"),
    };
}

/// <summary>A readable message of an authenticated sender broke a rule. It changed nothing.</summary>
/// <param name="From">The authenticated county.</param>
/// <param name="Reasons">1 to 8 codes; at most 16 fields, never values.</param>
public sealed record RefusedStatement(string Hub, string From, Guid MessageId, string Digest, DateTimeOffset RefusedAt,
    IReadOnlyList<string> Reasons, IReadOnlyList<string> Fields) : Statement(Hub)
{
    public static RefusedStatement Of(string hub, string from, Guid messageId, string digest, DateTimeOffset at, IEnumerable<Refusal> refusals)
    {
        var found = refusals.ToList();
        return new(hub, from, messageId, digest, at,
            [.. found.Select(r => r.Code).Distinct().Take(Limits.RefusalCodesMax)],
            [.. found.Select(r => r.Field).Distinct().Take(Limits.RefusalFieldsMax)]);
    }

    public override byte[] Write() => WireJson.Write(w =>
    {
        w.WriteString("what", "refused");
        w.WriteString("hub", Hub);
        w.WriteString("from", From);
        w.WriteString("messageId", MessageId);
        w.WriteString("digest", Digest);
        w.WriteString("refusedAt", WireTime.Format(RefusedAt));
        w.Texts("codes", Reasons);
        w.Texts("fields", Fields);
    });

    internal static RefusedStatement Read(MemberReader m, JsonElement element) => new(HubOf(m), m.Text("from", Party.IsCounty) ?? "", m.Uuid("messageId"),
        m.Text("digest", t => B64u.IsHash(t)) ?? "", m.Time("refusedAt"), Texts(m, element, "codes", 1, Limits.RefusalCodesMax),
        Texts(m, element, "fields", 0, Limits.RefusalFieldsMax));

    static IReadOnlyList<string> Texts(MemberReader m, JsonElement element, string member, int min, int max)
    {
        if (element.TryGetProperty(member, out var array) && array.ValueKind == JsonValueKind.Array
            && array.GetArrayLength() >= min && array.GetArrayLength() <= max
            && array.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String))
            return [.. array.EnumerateArray().Select(e => e.GetString()!)];
        m.Refuse(RefusalCodes.MemberInvalid, member);
        return [];
    }
}

/// <summary>The hub could not judge the message by its own fault. A receipt; the final statement follows the replay.</summary>
public sealed record HeldStatement(string Hub, string From, Guid MessageId, string Digest, DateTimeOffset HeldAt) : Statement(Hub)
{
    public override byte[] Write() => WireJson.Write(w =>
    {
        w.WriteString("what", "held");
        w.WriteString("hub", Hub);
        w.WriteString("from", From);
        w.WriteString("messageId", MessageId);
        w.WriteString("digest", Digest);
        w.WriteString("heldAt", WireTime.Format(HeldAt));
    });

    internal static HeldStatement Read(MemberReader m) =>
        new(HubOf(m), m.Text("from", Party.IsCounty) ?? "", m.Uuid("messageId"), m.Text("digest", t => B64u.IsHash(t)) ?? "", m.Time("heldAt"));
}

/// <summary>What the hub itself tells a party: an obligation is overdue, a due date moved. Each party gets its own leaf, id and seq.</summary>
public sealed record EventStatement(string Hub, string To, Guid EventId, string Kind, int Version, DateTimeOffset AcceptedAt) : Statement(Hub)
{
    public Guid? ExchangeId { get; init; }
    public int? Number { get; init; }
    public int? Seq { get; init; }
    /// <summary>One of <see cref="Duties"/>.</summary>
    public string? Duty { get; init; }
    public DateOnly? DueOn { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>One of <see cref="Codes.DueChangeCauses"/> in a <c>due-change</c>, of <see cref="Codes.ClosureCauses"/> in a <c>closure</c>.</summary>
    public string? Cause { get; init; }
    /// <summary>One of <see cref="Codes.RulingOutcomes"/> in a <c>ruling</c>.</summary>
    public string? Outcome { get; init; }
    /// <summary>Number of the newest registry snapshot, in a <c>registry-change</c>.</summary>
    public int? Snapshot { get; init; }
    /// <summary>Version of the newest directory, in a <c>registry-change</c>.</summary>
    public int? Directory { get; init; }

    public override byte[] Write() => WireJson.Write(w =>
    {
        w.WriteString("what", "event");
        w.WriteString("hub", Hub);
        w.WriteString("to", To);
        w.WriteString("eventId", EventId);
        w.WriteString("kind", Kind);
        w.WriteNumber("version", Version);
        w.WriteString("acceptedAt", WireTime.Format(AcceptedAt));
        w.Optional("exchangeId", ExchangeId);
        w.Optional("number", Number);
        w.Optional("seq", Seq);
        w.Optional("duty", Duty);
        w.Optional("dueOn", DueOn);
        w.Optional("dueAt", DueAt);
        w.Optional("cause", Cause);
        w.Optional("outcome", Outcome);
        w.Optional("snapshot", Snapshot);
        w.Optional("directory", Directory);
    });

    internal static EventStatement Read(MemberReader m) => new(HubOf(m), m.Text("to", Party.IsCounty) ?? "", m.Uuid("eventId"), m.Text("kind", Party.IsCode) ?? "",
        m.Number("version") ?? 0, m.Time("acceptedAt"))
    {
        ExchangeId = m.OptionalUuid("exchangeId"),
        Number = m.Has("number") ? m.Number("number", 1) : null,
        Seq = m.Has("seq") ? m.Number("seq", 1) : null,
        Duty = m.OptionalText("duty", Party.IsCode),
        DueOn = m.OptionalDay("dueOn"),
        DueAt = m.OptionalTime("dueAt"),
        Cause = m.OptionalText("cause", Party.IsCode),
        Outcome = m.OptionalText("outcome", Party.IsCode),
        Snapshot = m.Has("snapshot") ? m.Number("snapshot", 1) : null,
        Directory = m.Has("directory") ? m.Number("directory", 1) : null,
    };
}
