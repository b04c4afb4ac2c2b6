using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>From a message's fact back to its kind and side.</summary>
static class MessageFacts
{
    /// <param name="opening">The exchange's opening kind.</param>
    public static string KindOf(MessageFact fact, string opening) => fact switch
    {
        Opened => opening,
        Acknowledged => Kinds.Acknowledgement,
        InterimReplied => Kinds.InterimReply,
        Answered or Corrected or AnsweredAgain => Kinds.FeedbackReply,
        ExtensionRequested => Kinds.ExtensionRequest,
        ExtensionDecided => Kinds.ExtensionDecision,
        ReturnedByReceiver => Kinds.Return,
        ReturnContested => Kinds.ReturnContest,
        WithdrawnByAsker => Kinds.Withdrawal,
        Confirmed => Kinds.Confirmation,
        DisputeRaised => Kinds.Dispute,
        Clarified => Kinds.Clarification,
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no message of a kind."),
    };

    public static Side SideOf(MessageFact fact) => fact switch
    {
        Opened or ExtensionDecided or ReturnContested or WithdrawnByAsker or Confirmed or DisputeRaised => Side.Asker,
        Clarified c => c.By,
        _ => Side.Receiver,
    };
}
