using ExchangeHub.Client.Registry;

namespace ExchangeHub.Client.Members;

/// <summary>How a county's engine stands now; for pages, health checks and scenarios that wait for quiet.</summary>
/// <param name="Outgoing">Own messages without a receipt.</param>
/// <param name="InHand">Messages from the hub that are being worked on.</param>
/// <param name="Troubles">Exchanges with a gap or a failed stamp, fetched again and again until healed.</param>
/// <param name="Consuming">Whether the broker delivers to us now.</param>
/// <param name="Applied">Items applied since the start.</param>
/// <param name="SealingStopped">Why nothing is sealed, one of the codes of <see cref="SealException"/>, or none.</param>
public sealed record MemberState(int Outgoing, int InHand, int Troubles, bool Consuming, long Applied, int RegistryNumber, RegistryAge RegistryAge,
    string? SealingStopped)
{
    /// <summary>Nothing of ours is under way. What still lies in the broker or at the hub is not seen from here.</summary>
    public bool IsQuiet => Outgoing == 0 && InHand == 0 && Troubles == 0;
}
