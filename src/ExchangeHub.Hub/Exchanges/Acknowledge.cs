using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver takes it in hand: once. A notice is closed by it.</summary>
static class Acknowledge
{
    public static IEnumerable<Refusal> Check(Exchange on, Arrived message)
    {
        if (on.LastOf(Kinds.Acknowledgement) is not null)
            yield return new(RefusalCodes.LimitReached, "/header/kind");
    }

    public static IEnumerable<ExchangeEvent> Facts(Exchange on, Arrived message) =>
        [new Acknowledged(message.At, message.Message.MessageId, message.Message.Automatic)];
}
