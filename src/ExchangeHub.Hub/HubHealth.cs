using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub;

/// <summary>Whether the hub lives, and whether it takes messages; a hub that waits for its database lives and is not ready.</summary>
static class HubHealth
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => TypedResults.Text("live")).ExcludeFromDescription();
        routes.MapGet("/healthz/ready", (IntakeState intake) => intake.StoppedBy is { } reason
            ? Results.Text($"intake takes nothing: {reason}", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready")).ExcludeFromDescription();
    }
}
