using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver answers; once answered, only a correction of the own reply.</summary>
static class Reply
{
    public static IEnumerable<Refusal> Check(Exchange on, Header message)
    {
        if (on.Phase is Phase.Answered && message.Supersedes is null)
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/supersedes");
    }

    public static ExchangeEvent Fact(Exchange on, Header message, DateTimeOffset at) => on.Phase is Phase.Answered
        ? new Corrected(at, message.MessageId, message.Automatic, message.Outcome!, message.ReasonCode, message.Supersedes!.Value, message.Changed)
        : new Answered(at, message.MessageId, message.Automatic, message.Outcome!, message.ReasonCode);
}
