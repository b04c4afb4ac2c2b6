using System.Text.Json.Serialization;
using ExchangeHub.Contracts;

namespace ExchangeHub.Client.Registry;

/// <summary>Whom a county trusts and where its hub is: <c>county.json</c> in its folder.</summary>
/// <param name="Registrar">The pinned registrar's public key.</param>
/// <param name="Http">Address of the hub's HTTP interface, without <c>/api/v1</c>.</param>
/// <param name="Amqp">AMQP URI with host, port and virtual host; the user is the county's code.</param>
public sealed record CountySettings(string Hub, string Party, Jwk Registrar, string Http, string Amqp, string BrokerPassword)
{
    /// <summary>The AMQP URI with the county's user and password.</summary>
    [JsonIgnore]
    public Uri Broker => new UriBuilder(Amqp) { UserName = Uri.EscapeDataString(Party), Password = Uri.EscapeDataString(BrokerPassword) }.Uri;
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CountySettings))]
[JsonSerializable(typeof(StoredRing))]
[JsonSerializable(typeof(RegistrarBook))]
sealed partial class RegistryFiles : JsonSerializerContext;

/// <summary>A county's registry as it lies on its disk; verified again when it is read.</summary>
sealed record StoredRing(IReadOnlyList<Jwk> Registrars, RegistryView View, IReadOnlyList<string> Entries, bool Fraud);
