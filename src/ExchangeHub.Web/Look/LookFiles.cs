using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace ExchangeHub.Web.Look;

/// <summary>The style sheet and the small script, from inside the assembly: the same bytes in a process, a test and a scenario, whatever the working folder.</summary>
public static class LookFiles
{
    static readonly (string Name, string Type, byte[] Bytes, string Version)[] Files =
        [Load("look.css", "text/css; charset=utf-8"), Load("look.js", "text/javascript; charset=utf-8")];

    /// <summary>The address of a file, with its digest, so that browsers keep it until it changes.</summary>
    public static string AddressOf(string name) => $"/look/{name}?v={Files.First(f => f.Name == name).Version}";

    public static void MapLook(this IEndpointRouteBuilder routes)
    {
        foreach (var file in Files)
            routes.MapGet($"/look/{file.Name}", (HttpContext context) =>
            {
                context.Response.Headers[HeaderNames.CacheControl] = "public, max-age=31536000, immutable";
                return Results.Bytes(file.Bytes, file.Type);
            }).AllowAnonymous().ExcludeFromDescription();
    }

    static (string, string, byte[], string) Load(string name, string type)
    {
        using var stream = typeof(LookFiles).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (name, type, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
    }
}
