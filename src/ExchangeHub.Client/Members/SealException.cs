using ExchangeHub.Contracts;

namespace ExchangeHub.Client.Members;

/// <summary>A message could not be sealed. Nothing was stored or sent.</summary>
/// <param name="refusals">Codes and fields, as the hub would have told them.</param>
public sealed class SealException(params IReadOnlyList<Refusal> refusals)
    : Exception($"Not sealed: {string.Join(", ", refusals.Select(r => $"{r.Code} {r.Field}".TrimEnd()))}")
{
    /// <summary>The registry is older than 30 days, or there is none yet.</summary>
    public const string RegistryTooOld = nameof(RegistryTooOld);
    /// <summary>The registry was found forged; an operator must look.</summary>
    public const string RegistryFraud = nameof(RegistryFraud);
    /// <summary>The own entry does not hold exactly the own keys.</summary>
    public const string OwnEntryWrong = nameof(OwnEntryWrong);

    public IReadOnlyList<Refusal> Refusals { get; } = refusals;
}
