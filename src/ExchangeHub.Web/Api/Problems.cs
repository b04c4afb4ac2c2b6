using ExchangeHub.Contracts;
using ExchangeHub.Web.Texts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Web.Api;

/// <summary>Errors of the HTTP interfaces: RFC 9457 with <c>code</c> and <c>field</c>, a text in the caller's language, never a value.</summary>
public static class Problems
{
    /// <summary>One code, one field.</summary>
    /// <param name="code">A refusal code, or a code with a text <c>Problem.CODE</c>.</param>
    /// <param name="field">JSON Pointer into the request's body, a query parameter's name, or empty.</param>
    public static ProblemHttpResult Field(string code, string field, int status = StatusCodes.Status400BadRequest) =>
        Of([new Refusal(code, field)], status);

    /// <summary>All that is wrong with a request; the first stands in <c>code</c> and <c>field</c>, all in <c>errors</c>.</summary>
    public static ProblemHttpResult Of(IReadOnlyList<Refusal> refusals, int status = StatusCodes.Status400BadRequest) =>
        TypedResults.Problem(detail: null, statusCode: status, title: TitleOf(refusals[0].Code), extensions: new Dictionary<string, object?>
        {
            ["code"] = refusals[0].Code,
            ["field"] = refusals[0].Field,
            ["errors"] = refusals.Select(r => new { code = r.Code, field = r.Field, text = TitleOf(r.Code) }),
        });

    /// <summary>The one answer for what does not exist and for what is not the caller's to see.</summary>
    public static ProblemHttpResult NotFound() => Field(RefusalCodes.ExchangeUnknown, "", StatusCodes.Status404NotFound);

    /// <summary>The text of a code: of the wire's refusals, of the rules of pages and interfaces.</summary>
    public static string TitleOf(string code) => Text.Find($"Refusal.{code}") ?? Text.Find($"Problem.{code}") ?? code;
}
