using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Node.Register;

/// <summary>HTTP of the register.</summary>
static class RegisterEndpoints
{
    public static void MapRegister(this IEndpointRouteBuilder api) =>
        api.MapPost("/register", async (HttpRequest request, CallerScope caller, RegisterTable register, CancellationToken ct) =>
                await ReadFileAsync(request, ct) is { } file
                    ? TypedResults.Ok(await register.ImportAsync(Author.Of(caller).County, file, ct))
                    : (IResult)Problems.Field(NodeCodes.FileNotReadable, ""))
            .WithTags("Register").WithSummary("Imports a register file (text/csv, or a form with one file); bad rows are named and lose nothing else.")
            .Accepts<string>("text/csv", "multipart/form-data").Produces<RegisterImport>().ProducesProblem(400).DisableAntiforgery();

    /// <summary>The file's bytes; <c>null</c> where there is none, it is over the limit, or the form around it is no form or broke off.</summary>
    public static async Task<byte[]?> ReadFileAsync(HttpRequest request, CancellationToken ct)
    {
        IFormCollection? form = null;
        try
        {
            form = request.HasFormContentType ? await request.ReadFormAsync(ct) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return null;
        }
        await using var body = form is { Files: [var file, ..] } ? file.OpenReadStream() : request.Body;
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, ct) is var read and > 0)
        {
            if (bytes.Length + read > RegisterTable.FileBytesMax)
                return null;
            await bytes.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        return bytes.Length == 0 ? null : bytes.ToArray();
    }
}
