using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;

namespace ExchangeHub.Node.Workbench;

/// <summary>What a page offers to do in an exchange, in the order of how much it matters; the words of <c>?do=</c>.</summary>
static class ExchangeActs
{
    public const string Acknowledge = "acknowledge";
    public const string Reply = "reply";
    public const string Decide = "decide";
    public const string Confirm = "confirm";
    public const string Resend = "resend";
    public const string Supersede = "supersede";

    /// <summary>What somebody came for, and whose form therefore stands on the page unasked.</summary>
    static readonly IReadOnlyList<string> Main = [Reply, Decide, Confirm, Acknowledge];

    /// <summary>Everything allowed now. That a question was received needs no form and is no main act: the answer says it too.</summary>
    public static IReadOnlyList<string> Of(AllowedActions allowed)
    {
        (string Act, bool May)[] all =
        [
            (Reply, allowed.Reply), (Decide, allowed.DecideExtension), (Confirm, allowed.Confirm), (Resend, allowed.AskAgain), (Acknowledge, allowed.Acknowledge),
            ("interim", allowed.InterimReply), ("extend", allowed.AskExtension), ("correct", allowed.Correct), ("dispute", allowed.Dispute), ("contest", allowed.Contest),
            ("return", allowed.Return), ("clarify", allowed.Clarify), (Supersede, allowed.Supersede), ("withdraw", allowed.Withdraw),
        ];
        return [.. all.Where(a => a.May).Select(a => a.Act)];
    }

    /// <summary>The form to show: the one asked for where it is allowed, else that of the main act; <c>null</c> where there is none.</summary>
    public static string? Shown(IReadOnlyList<string> allowed, bool isNotice, string? asked) =>
        asked is not null && allowed.Contains(asked) && HasForm(asked, isNotice) ? asked : allowed.FirstOrDefault(a => Main.Contains(a) && HasForm(a, isNotice));

    /// <summary>One press is enough for the others, or their form is another page.</summary>
    public static bool HasForm(string act, bool isNotice) => act is not (Resend or Supersede) && (act != Acknowledge || isNotice);

    /// <summary>The command that a button gives.</summary>
    /// <param name="county">Reads a county's name or code.</param>
    /// <returns><c>null</c> for a button that no page has.</returns>
    public static Move? Command(ExchangeInput input, Func<string?, string?> county) => input.Act switch
    {
        Acknowledge => new Acknowledge(input.Note, Open: input.Open == "true"),
        Reply or "reply-next" => new Reply(input.Outcome, input.ReasonCode, input.Fields, input.Note),
        "interim" => new InterimReply(input.Note),
        "extend" => new AskExtension(Number(input.WorkingDays), input.ReasonCode, input.Note),
        Decide => new DecideExtension(input.Decision, input.Decision == Decisions.Granted ? null : input.ReasonCode, input.Note),
        "return" => new Return(input.ReasonCode, county(input.SuggestedTo), input.Note),
        "contest" => new Contest(input.ReasonCode, input.Note),
        "withdraw" => new Withdraw(input.ReasonCode, input.Note),
        Confirm => new Confirm(input.Mark, input.Note),
        "dispute" => new Dispute(input.ReasonCode, input.Note),
        "clarify" => new Clarify(input.Note),
        _ => null,
    };

    // What is no number is wrong, not left out.
    static int? Number(string? text) => string.IsNullOrWhiteSpace(text) ? null : int.TryParse(text, out var number) ? number : 0;
}
