using System.Text.Json;
using System.Text.RegularExpressions;
using ExchangeHub.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Web.Api;

/// <summary>What no endpoint could take, a body, a parameter, an address, a caller: the same kind of answer as any other fault, with code and field.</summary>
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
            await ProblemOf(e).ExecuteAsync(context);
        }
    });

    /// <summary>A status that came without a body says in words what it means. Comes before what sets such a status.</summary>
    public static void UseStatusProblems(this IApplicationBuilder app) => app.UseStatusCodePages(c =>
        Problems.Field(CodeOf(c.HttpContext.Response.StatusCode), "", c.HttpContext.Response.StatusCode).ExecuteAsync(c.HttpContext));

    static ProblemHttpResult ProblemOf(BadHttpRequestException e)
    {
        if (e.StatusCode == StatusCodes.Status400BadRequest && Parameter().Match(e.Message) is { Success: true } parameter)
            return Problems.Field(parameter.Groups["absent"].Success ? RefusalCodes.MemberMissing : RefusalCodes.MemberInvalid, parameter.Groups["name"].Value);
        return Problems.Field(CodeOf(e.StatusCode), FieldOf(e.InnerException as JsonException), e.StatusCode);
    }

    static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "SignInNeeded",
        StatusCodes.Status403Forbidden => "NotAllowed",
        StatusCodes.Status404NotFound => "AddressUnknown",
        StatusCodes.Status405MethodNotAllowed => "MethodUnknown",
        StatusCodes.Status413PayloadTooLarge => RefusalCodes.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => "ContentTypeUnknown",
        < StatusCodes.Status500InternalServerError => RefusalCodes.BodyMalformed,
        _ => "Failed",
    };

    /// <summary>The place as a JSON Pointer, where it is one of ours: a member's name that the caller made up could say something.</summary>
    static string FieldOf(JsonException? e) => e?.Path is { } path && OwnPath().IsMatch(path) ? path[1..].Replace('.', '/') : "";

    [GeneratedRegex(@"\A\$(\.[a-zA-Z]{1,40}){1,4}\z", RegexOptions.ExplicitCapture)]
    private static partial Regex OwnPath();

    // The framework says which parameter only in words; name and type are ours, the value is left out.
    [GeneratedRegex("""\A(Failed to bind parameter|(?<absent>Required parameter)) "[^" ]+ (?<name>\w+)" (from "|was not provided from (query string|route|header))""", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
