using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>How a province follows up, as texts.</summary>
/// <param name="EffectiveFrom">First local day, <c>yyyy-MM-dd</c>; tomorrow or later: what was asked today keeps the policy it was asked under.</param>
/// <param name="Reminders">Steps by blanks, working days after (or before) the due day and local time: <c>-1@09:00 0@15:00 1@09:00</c>; at most 10; empty: none.</param>
/// <param name="Escalation">One step after the due day; absent: never.</param>
/// <param name="DisputeWithin">Working days, 1 to 30.</param>
/// <param name="CloseAfter">Working days, not fewer than <paramref name="DisputeWithin"/>, at most 60.</param>
public sealed record FollowUpTexts(string? EffectiveFrom, string? Reminders, string? Escalation, int? DisputeWithin, int? CloseAfter);

/// <summary>The follow-up policy of a province, read by those who see its figures and set by its reviewer.</summary>
static class FollowUpEndpoints
{
    // Five texts; and a duty that is told of ten times is not told of better by an eleventh.
    const long BodyMax = 4_096;
    const int StepsMax = 10, DisputeWithinMax = 30, CloseAfterMax = 60;

    public static void MapFollowUps(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/policies/follow-up").WithTags("Deadlines").WithMetadata(new RequestSizeLimitAttribute(BodyMax));
        group.MapGet("", async (CallerScope caller, RulesWatch watch, Clocks clocks, CancellationToken ct) =>
            {
                await watch.RefreshAsync(ct);
                var policy = watch.Current.FollowUpOfProvince(caller.Province ?? (caller.County is { } county ? watch.Current.Divisions.ProvinceOf(county) : null), WireTime.DayOf(clocks.Now));
                return Results.Ok(new FollowUpTexts(policy.EffectiveFrom == DateOnly.MinValue ? null : WireTime.Format(policy.EffectiveFrom), string.Join(' ', policy.Reminders),
                    policy.Escalation?.ToString(), policy.DisputeWithin, policy.CloseAfter));
            })
            .RequireAuthorization(Policies.Figures).WithSummary("Reminders, escalation, time to dispute and to close that hold today in the caller's province, or in that of the caller's county.").Produces<FollowUpTexts>();
        group.MapPut("", PutAsync).RequireAuthorization(Policies.Rule)
            .WithSummary("Sets them for the province, from a day on. What was recalled stays so; dates that are due do not move.").Produces(204).ProducesProblem(400).ProducesProblem(403);
    }

    static async Task<IResult> PutAsync(FollowUpTexts texts, CallerScope caller, NpgsqlDataSource database, DurableWrite durable, RulesWatch watch, Clocks clocks, CancellationToken ct)
    {
        if (caller is not { County: null, Province: { } province })
            return Results.Forbid();
        var policy = Read(texts, province, WireTime.DayOf(clocks.Now), out var refused);
        if (policy is null)
            return Problems.Of(refused);
        await RulesTables.SaveFollowUpAsync(database, durable, policy, ct);
        await watch.RefreshAsync(ct);
        return Results.NoContent();
    }

    static FollowUpPolicy? Read(FollowUpTexts texts, string province, DateOnly today, out List<Refusal> refused)
    {
        var wrong = refused = [];
        DateOnly from = default;
        if (!WireTime.TryParseDay(texts.EffectiveFrom, out from) || from <= today)
            Refuse(texts.EffectiveFrom, "/effectiveFrom");
        var steps = (texts.Reminders ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (steps.Length > StepsMax || steps.Any(s => FollowUpStep.Read(s) is null))
            Refuse(texts.Reminders, "/reminders");
        var escalation = texts.Escalation is { } text ? FollowUpStep.Read(text) : null;
        if (texts.Escalation is not null && escalation is not { WorkingDays: >= 1 })
            Refuse(texts.Escalation, "/escalation");
        if (texts.DisputeWithin is not (>= 1 and <= DisputeWithinMax))
            Refuse(texts.DisputeWithin, "/disputeWithin");
        if (texts.CloseAfter is not (>= 1 and <= CloseAfterMax) || texts.CloseAfter < texts.DisputeWithin)
            Refuse(texts.CloseAfter, "/closeAfter");
        return wrong.Count > 0 ? null
            : new(province, from, FollowUpPolicy.ReadSteps(texts.Reminders ?? ""), escalation, texts.DisputeWithin!.Value, texts.CloseAfter!.Value);

        void Refuse(object? value, string field) => wrong.Add(new(value is null ? RefusalCodes.MemberMissing : RefusalCodes.MemberInvalid, field));
    }
}
