using ExchangeHub.Client;
using ExchangeHub.Contracts;

namespace ExchangeHub.UnitTests.Golden;

/// <summary>What each golden content must be read as, in the newest version of its kind. Invented people; the check digits are valid.</summary>
static class GoldenContents
{
    /// <param name="Expected">As code sees it today.</param>
    /// <param name="Write">As it was sealed.</param>
    public sealed record Content(object Expected, Func<byte[]> Write, Func<byte[], object?> Read);

    public static AssistanceCheckRequest Check { get; } = new("王小明", "420581199003070018", ["identity", "residence", "contact"], "RecordCheck", "Agreement",
        ResidenceAddress: "例县例镇例街1号", Phone: "00000000000", Note: "请核对");

    static readonly AssistanceCheckRequest checkOfADay = Check with { StateOn = new(2025, 9, 1) };

    static readonly CertificateVerificationRequest request = new("ResidencePermit", "RP-2024-0001", "王小明", "420581199003070018", "ResidenceRegistration",
        "NationalRegulation", new(2024, 5, 1), new(2029, 4, 30), "请核对编号");

    static readonly MoveNotice notice = new("王小明", "420581199003070018", new(2026, 2, 10), "ResidenceRegistration", "NationalRegulation",
        "330109006", "340221100", "例县例镇例街1号", "00000000000", Note: "已办登记");

    static readonly FeedbackReply reply = new(new Dictionary<string, string> { ["holderName"] = "same", ["holderId"] = "different" }, "号码有误", "Valid");

    static readonly StatisticsReport report = new(new(2026, 2, 10), true, 12, 11, 4, 3, 3120, 2987, 2);

    static readonly NoteContent note = new("已收到");

    /// <summary>By <c>kind.vN</c>.</summary>
    public static IReadOnlyDictionary<string, Content> All { get; } = Kinds.Submitted.Values
        .SelectMany(k => Enumerable.Range(1, k.Version).Select(v => (k.Kind, Version: v)))
        .ToDictionary(k => Kinds.TypeOf(k.Kind, k.Version), k => k switch
        {
            (Kinds.AssistanceCheckRequest, 1) => new Content(Check, () => Contents.Write(Check, 1), b => Contents.ReadCheck(b, 1)),
            (Kinds.AssistanceCheckRequest, 2) => new(checkOfADay, () => Contents.Write(checkOfADay, 2), b => Contents.ReadCheck(b, 2)),
            (Kinds.CertificateVerificationRequest, 1) => new(request, () => Contents.Write(request), Contents.ReadRequest),
            (Kinds.OutflowNotice or Kinds.InflowNotice or Kinds.DepartureNotice, 1) => new(notice, () => Contents.Write(notice), Contents.ReadNotice),
            (Kinds.FeedbackReply, 1) => new(reply, () => Contents.Write(reply), Contents.ReadReply),
            (Kinds.StatisticsReport, 1) => new(report, () => Contents.Write(report), Contents.ReadReport),
            (_, 1) => new(note, () => Contents.Write(note), Contents.ReadNote),
            _ => throw new InvalidOperationException($"What does {k} read?"),
        });
}
