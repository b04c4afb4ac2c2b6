using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The asker takes it back.</summary>
static class Withdraw
{
    public static IEnumerable<Refusal> Check(Exchange on, Header message) => [];

    public static WithdrawnByAsker Fact(Exchange on, Header message, DateTimeOffset at) =>
        new(at, message.MessageId, message.Automatic, message.ReasonCode);
}
