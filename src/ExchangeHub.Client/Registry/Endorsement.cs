using System.Text;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>A current signing key's word for a request of new keys: the same county asks.</summary>
public static class Endorsement
{
    public static string Sign(SigningKey current, string request) =>
        CompactJws.Sign(current, JoseTypes.Endorse, WireJson.Write(w => w.WriteString("request", Hash(request))));

    /// <param name="current">The county's signing keys that are valid now, by <c>kid</c>.</param>
    public static bool Holds(string endorsement, string request, Func<string, Jwk?> current) =>
        CompactJws.TryVerify(endorsement, JoseTypes.Endorse, current, out var verified)
        && StrictJson.TryParseObject(verified.Payload, depthMax: 2, out var document)
        && document.RootElement.GetPropertyCount() == 1
        && TokenParts.Is(document.RootElement, "request", Hash(request));

    /// <summary>Names a request: SHA-256 over its ASCII bytes, b64u.</summary>
    public static string Hash(string request) => B64u.Hash(Encoding.ASCII.GetBytes(request));
}
