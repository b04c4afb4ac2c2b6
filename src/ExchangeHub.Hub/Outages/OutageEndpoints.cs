using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace ExchangeHub.Hub.Outages;

/// <summary>An outage of a county, as its province records it.</summary>
/// <param name="County">Six digits.</param>
/// <param name="From">Its begin, an instant as the wire writes it.</param>
/// <param name="To">Its end, at most 31 days later; not in the future: what may still come is no fact.</param>
/// <param name="Reason">Why, of an office and never of a person; at most 200 characters.</param>
public sealed record CountyOutage(string? County, string? From, string? To, string? Reason);

/// <summary>The outages of counties, recorded by the reviewer of their province: deadlines inside one move, nobody is late by it.</summary>
static class OutageEndpoints
{
    const long BodyMax = 4_096;
    const int ReasonMax = 200;
    /// <summary>Longer is an office that does not work rather than an outage, and would change the figures of months that are past.</summary>
    static readonly TimeSpan LongestMax = TimeSpan.FromDays(31);

    public static void MapOutages(this IEndpointRouteBuilder api) => api.MapPost("/outages", PostAsync).RequireAuthorization(Policies.Rule).WithTags("Deadlines")
        .WithMetadata(new RequestSizeLimitAttribute(BodyMax)).WithSummary("Records an outage of a county of the reviewer's province: its deadlines inside move to the end plus one hour.")
        .Produces(204).ProducesProblem(400).ProducesProblem(404);

    static async Task<IResult> PostAsync(CountyOutage sent, CallerScope caller, RulesWatch rules, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, CancellationToken ct)
    {
        if (sent.County is null)
            return Problems.Field(RefusalCodes.MemberMissing, "/county");
        await rules.RefreshAsync(ct);
        // A county does not excuse itself, and a province excuses its own alone.
        if (caller.County is not null || !caller.Covers(sent.County) || !rules.Current.Divisions.Knows(sent.County))
            return Problems.NotFound();
        var refused = new List<Refusal>();
        void Refuse(string? value, string field) => refused.Add(new(value is null ? RefusalCodes.MemberMissing : RefusalCodes.MemberInvalid, field));
        if (!WireTime.TryParse(sent.From, out var from))
            Refuse(sent.From, "/from");
        if (!WireTime.TryParse(sent.To, out var to) || to <= from || to > clocks.Now || (refused.Count == 0 && to - from > LongestMax))
            Refuse(sent.To, "/to");
        if (sent.Reason is not { Length: > 0 and <= ReasonMax } reason || reason.Any(char.IsControl))
            Refuse(sent.Reason, "/reason");
        if (refused.Count > 0)
            return Problems.Of(refused);
        await RulesTables.SaveOutageAsync(database, durable, new(from, to, sent.County), sent.Reason!, caller.Account, clocks.Now, ct);
        await rules.RefreshAsync(ct);
        return Results.NoContent(); // the next beat moves what lies inside
    }
}
