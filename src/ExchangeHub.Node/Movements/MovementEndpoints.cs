using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Register;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Node.Movements;

/// <summary>HTTP of the county's records of movements. Every answer is of the caller's own county, the person masked.</summary>
static class MovementEndpoints
{
    public static void MapMovements(this IEndpointRouteBuilder api)
    {
        var movements = api.MapGroup("").WithTags("Movements");
        movements.MapGet("/movements", async (string? state, long? after, int? limit, CallerScope caller, MovementRecords records, CancellationToken ct) =>
                state is not null && !MovementStates.All.Contains(state) ? (IResult)Problems.Field(RefusalCodes.MemberInvalid, "state")
                : TypedResults.Ok(await records.ListAsync(Author.Of(caller).County, state is null ? MovementStates.All : [state], after, limit ?? 50, ct)))
            .WithSummary("The county's records of movements: state = OwnOnly, ToldOnly, Matched, Ended; none for all.").Produces<MovementPage>().ProducesProblem(400);
        movements.MapPost("/movements", async (RecordMovement record, CallerScope caller, MovementRecords records, CancellationToken ct) =>
            {
                var (county, form) = (Author.Of(caller).County, new FormCheck());
                if (record.Check(county, form) is not { } movement)
                    return (IResult)Problems.Of(form.Errors);
                await records.KeepAsync(county, movement, ct);
                return TypedResults.NoContent();
            })
            .WithSummary("Keeps an own record of a movement; sends nothing.").Produces(204).ProducesProblem(400);
        movements.MapPost("/movements/file", async (HttpRequest request, CallerScope caller, MovementRecords records, CancellationToken ct) =>
                await RegisterEndpoints.ReadFileAsync(request, ct) is { } file
                    ? TypedResults.Ok(await records.ImportAsync(Author.Of(caller).County, file, ct))
                    : (IResult)Problems.Field(NodeCodes.FileNotReadable, ""))
            .WithSummary("Imports a file of own records (text/csv, or a form with one file); bad rows are named and lose nothing else.")
            .Accepts<string>("text/csv", "multipart/form-data").Produces<MovementImport>().ProducesProblem(400).DisableAntiforgery();
        movements.MapGet("/one-sided", async (long? after, int? limit, CallerScope caller, MovementRecords records, CancellationToken ct) =>
                TypedResults.Ok(await records.OneSidedAsync(Author.Of(caller).County, after, limit ?? 50, ct)))
            .WithSummary("Records that only one side has, each with what to ask the counterpart.");
        movements.MapPost("/one-sided/{id:long}/ask", async (long id, AskAbout ask, CallerScope caller, MovementRecords records, ExchangeCommands commands, CancellationToken ct) =>
                await records.AskAboutAsync(Author.Of(caller).County, id, ask, ct) is { } check
                    ? ExchangeEndpoints.Answer(await commands.SendAsync(Author.Of(caller), check, ct)) : Problems.NotFound())
            .WithSummary("Asks the counterpart about a one-sided record; the person's data is taken from it.").Takes();
    }
}
