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
        api.MapPost("/requests", async (SendRequest request, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
                Answer(await commands.SendAsync(Author.Of(caller), request, ct)))
            .WithTags("Exchanges").WithSummary("Asks another county whether a certificate is valid.").Takes();

        var exchanges = api.MapGroup("/exchanges/{id:guid}").WithTags("Exchanges");
        exchanges.MapGet("", async Task<Results<Ok<ExchangeDetail>, ProblemHttpResult>> (Guid id, CallerScope caller, ExchangeQueries queries, CancellationToken ct) =>
                await queries.FindAsync(Author.Of(caller).County, id, ct) is { } detail ? TypedResults.Ok(detail) : Problems.NotFound())
            .WithSummary("An exchange with its question, register, answer and timeline; the person is masked, notes are left out.").ProducesProblem(404);
        exchanges.MapPost("/reveals", async Task<Results<Ok<ExchangeDetail>, ProblemHttpResult>> (Guid id, RevealRequest request, CallerScope caller,
                ExchangeQueries queries, CancellationToken ct) =>
                !ExchangeQueries.IsReason(request.Reason) ? Problems.Field(NodeCodes.ReasonMissing, "/reason")
                : await queries.RevealAsync(caller, id, request.Reason!, ct) is { } detail ? TypedResults.Ok(detail) : Problems.NotFound())
            .WithSummary("The exchange in full. Who, when and why are written down.").ProducesProblem(400).ProducesProblem(404);
        exchanges.MapPost("/acknowledgement", async (Guid id, Acknowledge command, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
                Answer(await commands.AcknowledgeAsync(Author.Of(caller), id, command, ct)))
            .WithSummary("Says that the question was received.").Takes();
        exchanges.MapPost("/reply", async (Guid id, Reply command, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
                Answer(await commands.ReplyAsync(Author.Of(caller), id, command, ct)))
            .WithSummary("Answers the question, or corrects the own answer.").Takes();
        exchanges.MapPost("/return", async (Guid id, Return command, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
                Answer(await commands.ReturnAsync(Author.Of(caller), id, command, ct)))
            .WithSummary("Sends the question back.").Takes();
        exchanges.MapPost("/withdrawal", async (Guid id, Withdraw command, CallerScope caller, ExchangeCommands commands, CancellationToken ct) =>
                Answer(await commands.WithdrawAsync(Author.Of(caller), id, command, ct)))
            .WithSummary("Takes an own question back.").Takes();
    }

    static Results<Accepted<Stored>, ProblemHttpResult> Answer(CommandResult result) => result switch
    {
        { IsUnknown: true } => Problems.NotFound(),
        { Succeeded: false } => Problems.Of(result.Errors, StatusOf(result.Errors)),
        _ => TypedResults.Accepted($"/api/v1/exchanges/{result.ExchangeId}", new Stored(result.ExchangeId, result.MessageId, result.CaseNumber, result.Warnings)),
    };

    /// <summary>409 where the exchange does not allow it now, 503 where the way to seal is not there, else 400.</summary>
    static int StatusOf(IReadOnlyList<Refusal> errors) => errors[0].Code switch
    {
        RefusalCodes.PhaseNotAllowed or RefusalCodes.ExchangeExists or NodeCodes.AwaitingReceipt => StatusCodes.Status409Conflict,
        SealException.RegistryTooOld or SealException.RegistryFraud or SealException.OwnEntryWrong
            or NodeCodes.CountyNotHosted or NodeCodes.ReceiverKeyNotAtHand => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    static void Takes(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<Stored>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
}
