using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Node.Exchanges;

/// <summary>What a command did, for a program: the message is stored and goes out; its receipt shows on the exchange.</summary>
public sealed record Stored(Guid ExchangeId, Guid MessageId, string? CaseNumber, IReadOnlyList<Refusal> Warnings);

/// <summary>Why somebody must see a person's data in full.</summary>
public sealed record RevealRequest(string? Reason);

/// <summary>HTTP of exchanges: what pages do, for a county's own systems. Every answer is of the caller's own county.</summary>
static class ExchangeEndpoints
{
    public static void MapExchanges(this IEndpointRouteBuilder api)
    {
        var openings = api.MapGroup("").WithTags("Exchanges");
        openings.MapOpening<SendRequest>("/requests", "Asks another county whether a certificate is valid.");
        openings.MapOpening<SendCheck>("/checks", "Asks another county to compare items of a person with its records.");
        openings.MapOpening<SendNotice>("/notices", "Tells another county who moved: out to it, in from it, on from here; or takes the place of an own notice.");

        var exchanges = api.MapGroup("/exchanges/{id:guid}").WithTags("Exchanges");
        exchanges.MapGet("", async Task<Results<Ok<ExchangeDetail>, ProblemHttpResult>> (Guid id, CallerScope caller, ExchangeQueries queries, CancellationToken ct) =>
                await queries.FindAsync(Author.Of(caller).County, id, ct) is { } detail ? TypedResults.Ok(detail) : Problems.NotFound())
            .WithSummary("An exchange with its question, register, answer and timeline; the person is masked, notes are left out.").ProducesProblem(404);
        exchanges.MapPost("/reveals", async Task<Results<Ok<ExchangeDetail>, ProblemHttpResult>> (Guid id, RevealRequest request, CallerScope caller,
                ExchangeQueries queries, CancellationToken ct) =>
                !ExchangeQueries.IsReason(request.Reason) ? Problems.Field(NodeCodes.ReasonMissing, "/reason")
                : await queries.RevealAsync(caller, id, request.Reason!, ct) is { } detail ? TypedResults.Ok(detail) : Problems.NotFound())
            .WithSummary("The exchange in full. Who, when and why are written down.").ProducesProblem(400).ProducesProblem(404);
        exchanges.MapMove<Acknowledge>("/acknowledgement", "Says that the question or notice was received; of a notice it may open the own record.");
        exchanges.MapMove<InterimReply>("/interim-reply", "Says that the question is being verified; stops no clock.");
        exchanges.MapMove<Reply>("/reply", "Answers the question field by field, or item by item; corrects the own answer; answers a dispute.");
        exchanges.MapMove<AskExtension>("/extension", "Asks for more working days, before the due time.");
        exchanges.MapMove<DecideExtension>("/extension-decision", "Grants or denies the extension that is asked for.");
        exchanges.MapMove<Return>("/return", "Sends the question or notice back; may name the county that is the right one.");
        exchanges.MapMove<Contest>("/contest", "Says that a return was wrong: open again, the old due date stands.");
        exchanges.MapMove<Withdraw>("/withdrawal", "Takes an own question or notice back.");
        exchanges.MapMove<Confirm>("/confirmation", "Confirms the answer, with or without a mark, and closes the exchange.");
        exchanges.MapMove<Dispute>("/dispute", "Disputes the answer: open again with a fresh clock.");
        exchanges.MapMove<Clarify>("/clarification", "Says something to the other side beside the case.");
        exchanges.MapPost("/resend", async (Guid id, AskAgain _, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
                Answer(await commands.AskAgainAsync(Author.Of(caller), id, ct)))
            .WithSummary("Asks the county that a return suggested, or sends again what the hub refused to open, in a new exchange that follows the old one; asked again, it leads to that exchange.").Takes();
    }

    static void MapOpening<T>(this IEndpointRouteBuilder routes, string path, string summary) where T : Opening =>
        routes.MapPost(path, async (T opening, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
            Answer(await commands.SendAsync(Author.Of(caller), opening, ct))).WithSummary(summary).Takes();

    static void MapMove<T>(this IEndpointRouteBuilder routes, string path, string summary) where T : Move =>
        routes.MapPost(path, async (Guid id, T move, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
            Answer(await commands.DoAsync(Author.Of(caller), id, move, ct))).WithSummary(summary).Takes();

    /// <summary>What came of a command, as every endpoint of exchanges answers it.</summary>
    public static Results<Accepted<Stored>, ProblemHttpResult> Answer(CommandResult result) => result switch
    {
        { Succeeded: false } => Problems.Of(result.Errors, StatusOf(result.Errors)),
        _ => TypedResults.Accepted($"/api/v1/exchanges/{result.ExchangeId}", new Stored(result.ExchangeId, result.MessageId, result.CaseNumber, result.Warnings)),
    };

    /// <summary>404 where what is named is not this county's to see, 403 where the account may not, 409 where the exchange does not allow it now,
    /// 503 where the way to seal is not there, else 400.</summary>
    static int StatusOf(IReadOnlyList<Refusal> errors) => errors[0].Code switch
    {
        RefusalCodes.ExchangeUnknown => StatusCodes.Status404NotFound,
        NodeCodes.OnlyPrograms => StatusCodes.Status403Forbidden,
        RefusalCodes.PhaseNotAllowed or RefusalCodes.PartyNotAllowed or RefusalCodes.LimitReached or RefusalCodes.WindowOver
            or RefusalCodes.ExchangeExists or NodeCodes.AwaitingReceipt => StatusCodes.Status409Conflict,
        SealException.RegistryTooOld or SealException.RegistryFraud or SealException.OwnEntryWrong
            or NodeCodes.CountyNotHosted or NodeCodes.ReceiverKeyNotAtHand => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    public static void Takes(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<Stored>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
}
