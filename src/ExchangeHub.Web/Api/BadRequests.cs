using System.Text.Json;
using System.Text.RegularExpressions;
using ExchangeHub.Contracts;

namespace ExchangeHub.Web.Api;

/// <summary>Bodies and parameters that cannot be read: the same kind of answer as any other fault, with code and field.</summary>
public static partial class BadRequests
{
    public static IServiceCollection AddBadRequestProblems(this IServiceCollection services) =>
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);

    /// <summary>Comes after the exception handler and before the endpoints.</summary>
    public static void UseBadRequestProblems(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            var code = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? RefusalCodes.TooLarge : RefusalCodes.BodyMalformed;
            await Problems.Field(code, FieldOf(e.InnerException as JsonException), e.StatusCode).ExecuteAsync(context);
        }
    });

    /// <summary>The place as a JSON Pointer, where it is one of ours: a member's name that the caller made up could say something.</summary>
    static string FieldOf(JsonException? e) => e?.Path is { } path && OwnPath().IsMatch(path) ? path[1..].Replace('.', '/') : "";

    [GeneratedRegex(@"\A\$(\.[a-zA-Z]{1,40}){1,4}\z", RegexOptions.ExplicitCapture)]
    private static partial Regex OwnPath();
}
