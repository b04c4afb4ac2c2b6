using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Registry;

namespace ExchangeHub.Hub.Reports;

/// <summary>A message to the hub itself: signed, so that the hub can read it and prove who said it.</summary>
static class SignedReport
{
    /// <summary>A report may speak of days this long ago: a node that was away catches up.</summary>
    const int DaysBackMax = 400;

    /// <summary>What is wrong with its signature, claims or content.</summary>
    public static IEnumerable<Refusal> Check(Submission submission, ReadOnlyMemory<byte> body, HubRegistry registry, DateTimeOffset at)
    {
        using var document = JsonDocument.Parse(body);
        var failure = Opener.TryReadSigned(document.RootElement.GetProperty("header"), submission.Sealed, at,
            kid => registry.Keys.SigningKey(submission.Header.From, kid), out var opened);
        if (failure is not OpenFailure.None)
            yield return new(RefusalCodes.SealedMalformed, "/signed");
        else if (Contents.ReadReport(opened!.Content) is not { } report || !IsRight(report, WireTime.DayOf(at)))
            yield return new(RefusalCodes.MemberInvalid, "/signed");
    }

    /// <summary>The content of a report that was checked.</summary>
    public static StatisticsReport Read(Submission submission) =>
        Contents.ReadReport(Opener.ContentOf(submission.Sealed)) ?? throw new InvalidDataException("A report that was checked cannot be read.");

    /// <summary>Whether a report that was checked holds counts and nothing beside: a member that nobody knows may be a person's name.</summary>
    public static bool HoldsCountsAlone(Submission submission)
    {
        using var claims = JsonDocument.Parse(B64u.TryDecode(submission.Sealed.Split('.')[1], out var payload) ? payload : throw new InvalidDataException("A report that was checked is no JWS."));
        var known = JsonSerializer.SerializeToElement(Read(submission), ContractsJson.Default.StatisticsReport);
        return claims.RootElement.EnumerateObject().All(c => c.Name is "iss" or "aud" or "jti" or "iat" or "hdr" or "content"
                || (c.Name is "pad" && c.Value.ValueKind is JsonValueKind.String && c.Value.GetString()!.Distinct().Count() <= 1))
            && claims.RootElement.GetProperty("content").EnumerateObject().All(m => known.TryGetProperty(m.Name, out _));
    }

    static bool IsRight(StatisticsReport report, DateOnly today) =>
        report.On <= today && report.On >= today.AddDays(-DaysBackMax)
        && Part(report.EntriesNotified, report.EntriesNeedingNotice) && Part(report.ChangeEventsInTime, report.ChangeEvents)
        && Part(report.ContactsConfirmed, report.ActiveOutflowRecords) && report.OneSidedRecords is null or >= 0 && report.SignedIn is null or true;

    // A numerator needs its denominator and is never larger.
    static bool Part(int? part, int? whole) => (part, whole) switch
    {
        (null, null) => true,
        ({ } p, { } w) => p >= 0 && p <= w,
        (null, { } w) => w >= 0,
        _ => false,
    };
}
