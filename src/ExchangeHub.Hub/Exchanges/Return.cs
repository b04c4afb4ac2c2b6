using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver sends it back, before any reply: the phase says so.</summary>
static class Return
{
    public static IEnumerable<Refusal> Check(Exchange on, Header message) => [];

    public static ReturnedByReceiver Fact(Exchange on, Header message, DateTimeOffset at) =>
        new(at, message.MessageId, message.Automatic, message.ReasonCode!, message.SuggestedTo);
}
