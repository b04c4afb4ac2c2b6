using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver takes it in hand: once.</summary>
static class Acknowledge
{
    public static IEnumerable<Refusal> Check(Exchange on, Header message)
    {
        if (on.Messages.Exists(m => m.Kind == Kinds.Acknowledgement))
            yield return new(RefusalCodes.LimitReached, "/header/kind");
    }

    public static Acknowledged Fact(Exchange on, Header message, DateTimeOffset at) => new(at, message.MessageId, message.Automatic);
}
