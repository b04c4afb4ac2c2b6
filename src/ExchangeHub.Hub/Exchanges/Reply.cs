using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver answers; once answered, only a correction of the own reply; disputed, it changes the answer or maintains it.</summary>
static class Reply
{
    public static IEnumerable<Refusal> Check(Exchange on, Arrived message)
    {
        if (on.Phase is Phase.Answered && message.Message.Supersedes is null)
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/supersedes");
    }

    public static IEnumerable<ExchangeEvent> Facts(Exchange on, Arrived message)
    {
        var (m, at) = (message.Message, message.At);
        yield return on.Phase switch
        {
            Phase.Answered => new Corrected(at, m.MessageId, m.Automatic, m.Outcome!, m.ReasonCode, m.Supersedes!.Value, m.Changed),
            Phase.Disputed => new AnsweredAgain(at, m.MessageId, m.Automatic, m.Outcome!, m.ReasonCode, m.Supersedes, m.Changed,
                Upheld: m.Supersedes is not null && (m.Outcome != on.Outcome || m.Changed)),
            _ => new Answered(at, m.MessageId, m.Automatic, m.Outcome!, m.ReasonCode),
        };
    }
}
