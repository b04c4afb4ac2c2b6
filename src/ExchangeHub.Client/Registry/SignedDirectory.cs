using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Registry;

/// <summary>The directory of counties as the hub signed it: its token held when it was taken. Immutable.</summary>
public sealed class SignedDirectory
{
    readonly Dictionary<string, DirectoryCounty> byCode;

    SignedDirectory(string token, CountyDirectory content, DateTimeOffset at)
    {
        (Token, Content, SignedAt) = (token, content, at);
        byCode = content.Counties.DistinctBy(c => c.Code).ToDictionary(c => c.Code, StringComparer.Ordinal);
    }

    /// <summary>As it travelled.</summary>
    public string Token { get; }

    public CountyDirectory Content { get; }

    /// <summary>The hub's clock when it signed, UTC.</summary>
    public DateTimeOffset SignedAt { get; }

    /// <summary>Its order among directories.</summary>
    public (int Epoch, int Version) Place => (Content.Epoch, Content.Version);

    public DirectoryCounty? Find(string code) => byCode.GetValueOrDefault(code);

    /// <summary>The county's entry where it has ended by a day, or none.</summary>
    /// <param name="on">A day in Asia/Shanghai.</param>
    public DirectoryCounty? EndedBy(string code, DateOnly on) =>
        Find(code) is { } county && county.Status != CountyStatuses.Active && (!WireTime.TryParseDay(county.EndedOn, out var ended) || ended <= on) ? county : null;

    /// <summary>Reads a directory of this hub.</summary>
    /// <param name="hubKey">The hub's key of a <c>kid</c>, valid or not.</param>
    /// <returns>None where signature, key or form does not hold.</returns>
    public static SignedDirectory? Read(string token, string hub, Func<string, RegisteredKey?> hubKey)
    {
        RegisteredKey? key = null;
        return CompactJws.TryVerify(token, JoseTypes.Directory, kid => (key = hubKey(kid))?.Jwk, out var verified, Limits.DirectoryCharactersMax)
            && RegistryJson.Read(verified.Payload, ContractsJson.Default.CountyDirectory) is { } content
            && content.Hub == hub && content is { Epoch: > 0, Version: > 0 } && WireTime.TryParse(content.At, out var at) && key!.ValidAt(at)
            ? new(token, content, at) : null;
    }
}
