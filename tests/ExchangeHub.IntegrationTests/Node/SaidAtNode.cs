using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>How each kind is said at a node: the interface's path, the command's name, and a body in which nothing is wrong.</summary>
static class SaidAtNode
{
    static readonly Dictionary<string, (string Path, string Command, object Body)> moves = new()
    {
        [Kinds.Acknowledgement] = ("acknowledgement", "acknowledge", new { }),
        [Kinds.InterimReply] = ("interim-reply", "interim", new { note = "核查中" }),
        [Kinds.FeedbackReply] = ("reply", "reply", new { outcome = "Match" }),
        [Kinds.ExtensionRequest] = ("extension", "extend", new { workingDays = 3, reasonCode = "VisitNeeded" }),
        [Kinds.ExtensionDecision] = ("extension-decision", "decide", new { decision = "denied" }),
        [Kinds.Return] = ("return", "return", new { reasonCode = "Insufficient" }),
        [Kinds.ReturnContest] = ("contest", "contest", new { reasonCode = "QuestionSufficient" }),
        [Kinds.Withdrawal] = ("withdrawal", "withdraw", new { reasonCode = "SentInError" }),
        [Kinds.Confirmation] = ("confirmation", "confirm", new { }),
        [Kinds.Dispute] = ("dispute", "dispute", new { reasonCode = "Incomplete" }),
        [Kinds.Clarification] = ("clarification", "clarify", new { note = "请看附注" }),
    };

    /// <param name="exchange">The exchange it is said in; of an opening, the new one's id.</param>
    /// <param name="to">Whom an opening asks or tells.</param>
    public static (string Path, string[] Words, object Body) Of(string kind, Guid exchange, string to)
    {
        if (moves.TryGetValue(kind, out var move))
            return ($"exchanges/{exchange}/{move.Path}", [move.Command, exchange.ToString()], move.Body);
        var person = InventedPerson.Of(to, 1);
        return kind switch
        {
            Kinds.CertificateVerificationRequest => ("requests", ["send"], CountyAtNode.RequestTo(to, person, exchange)),
            Kinds.AssistanceCheckRequest => ("checks", ["check"], new
            {
                to,
                exchangeId = exchange,
                personName = person.HolderName,
                personId = person.HolderId,
                items = new[] { "identity" },
                purpose = "RecordCheck",
                legalBasis = "Agreement",
            }),
            _ => ("notices", ["notice"], new
            {
                kind,
                to,
                exchangeId = exchange,
                personName = person.HolderName,
                personId = person.HolderId,
                movedOn = "2026-01-20",
                purpose = "RecordCheck",
                legalBasis = "Agreement",
            }),
        };
    }
}
