using System.Text.Json.Serialization;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>How far apart two counties are, by the division table. Policies and figures are cut by it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Scope>))]
public enum Scope
{
    WithinCounty,
    /// <summary>Same prefecture as parent, province-run groups excepted.</summary>
    WithinCity,
    WithinProvince,
    BetweenProvinces,
}
