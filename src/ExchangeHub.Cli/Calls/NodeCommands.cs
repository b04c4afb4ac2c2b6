using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Node.Worklist;

namespace ExchangeHub.Cli.Calls;

/// <summary>A county's work at its node: one command for each thing that its interface does to an exchange, and the lists.</summary>
public static class NodeCommands
{
    const string Id = "0198c7f2-6d1e-7c3a-9f10-3b2a4c5d6e7f";

    static readonly Argument<Guid> Exchange = new("exchange") { Description = "The exchange's id, from send, worklist or outgoing." };

    /// <summary>A command that posts a body; <c>{id}</c> in the path is the exchange.</summary>
    /// <param name="Reasons">What <c>reasonCode</c> chooses from.</param>
    sealed record Post(string Name, string Meaning, string Path, Type Body, IReadOnlyList<string>? Reasons, params string[] Examples);

    static Post Opens<T>(string name, string meaning, string path, IReadOnlyList<string>? reasons, params string[] examples) where T : Opening =>
        new(name, meaning, path, typeof(T), reasons, examples);

    static Post Moves<T>(string name, string meaning, string path, IReadOnlyList<string>? reasons, params string[] examples) =>
        new(name, meaning, "exchanges/{id}/" + path, typeof(T), reasons, examples);

    static readonly IReadOnlyList<Post> Posts =
    [
        Opens<SendRequest>("send", "Ask another county whether a certificate is valid.", "requests", Codes.RequestReasons,
            "send --to 420581 --file question.json", "send --to 420581 --file - --urgency urgent --json < question.json"),
        Opens<SendCheck>("check", "Ask another county to compare items of a person with its records.", "checks", Codes.RequestReasons,
            "check --to 420581 --items identity residence --file person.json"),
        Opens<SendNotice>("notice", "Tell another county who moved: out to it, in from it, on from here; or take the place of an own notice.", "notices", null,
            "notice --kind outflow-notice --to 420581 --file movement.json", $"notice --kind outflow-notice --to 420581 --supersedes {Id} --file movement.json"),
        Moves<Acknowledge>("acknowledge", "Say that the question or notice was received.", "acknowledgement", null, $"acknowledge {Id}", $"acknowledge {Id} --open"),
        Moves<InterimReply>("interim", "Say that the question is being verified; stops no clock.", "interim-reply", null, $"interim {Id} --note 核查中"),
        Moves<Reply>("reply", "Answer a question; correct the own answer; answer a dispute.", "reply", Codes.ReplyReasons,
            $"reply {Id} --outcome Match --fields holderName=same holderId=same", $"reply {Id} --outcome PersonNotFound --reason-code NoRecord", $"reply {Id} --file answer.json"),
        Moves<AskExtension>("extend", "Ask for more working days, before the due time.", "extension", Codes.ExtensionReasons, $"extend {Id} --working-days 3 --reason-code VisitNeeded"),
        Moves<DecideExtension>("decide", "Grant or deny the extension that is asked for.", "extension-decision", Codes.DecisionReasons,
            $"decide {Id} --decision granted", $"decide {Id} --decision denied --reason-code CannotWait"),
        Moves<Return>("return", "Send a question or notice back; may name the county that is the right one.", "return", Codes.ReturnReasons,
            $"return {Id} --reason-code NotOurs --suggested-to 340221"),
        Moves<Contest>("contest", "Say that a return was wrong: open again, the old due date stands.", "contest", Codes.ContestReasons, $"contest {Id} --reason-code OnYourRegister"),
        Moves<Withdraw>("withdraw", "Take an own question or notice back.", "withdrawal", Codes.WithdrawalReasons, $"withdraw {Id} --reason-code SentInError"),
        Moves<Confirm>("confirm", "Confirm the answer and close the exchange.", "confirmation", null, $"confirm {Id}", $"confirm {Id} --mark sufficient"),
        Moves<Dispute>("dispute", "Dispute the answer: open again with a fresh clock.", "dispute", Codes.DisputeReasons, $"dispute {Id} --reason-code ContradictsDocument"),
        Moves<Clarify>("clarify", "Say something to the other side beside the case.", "clarification", null, $"clarify {Id} --file note.json"),
        Moves<AskAgain>("resend", "Ask the county that a return suggested, or send again what the hub refused to open, in a new exchange.", "resend", null, $"resend {Id}"),
    ];

    /// <summary>What the commands post.</summary>
    public static IEnumerable<Type> Bodies => Posts.Select(p => p.Body);

    public static IEnumerable<Command> All() => [.. Posts.Select(Create), Worklist(), Outgoing(), Show()];

    static Command Create(Post post)
    {
        var command = new ExampledCommand(post.Name, post.Meaning, post.Examples);
        var within = post.Path.Contains("{id}", StringComparison.Ordinal);
        if (within)
            command.Add(Exchange);
        var options = new BodyOptions(command, post.Body, ("reasonCode", post.Reasons));
        Door.Node.Run(command, async (parse, api, terminal, cancel) =>
        {
            var path = within ? post.Path.Replace("{id}", parse.GetValue(Exchange).ToString(), StringComparison.Ordinal) : post.Path;
            return await api.ShowAsync(terminal, HttpMethod.Post, path, await options.ReadAsync(parse, cancel), cancel, Tables.Stored);
        });
        return command;
    }

    static ExampledCommand Worklist()
    {
        var command = new ExampledCommand("worklist", "What the county owes, most pressing first, and its own questions.", "worklist", "worklist --due overdue --json", "worklist --due awaited");
        var query = new QueryOptions(command,
            ("due", "overdue, today, later or pending; own questions: awaited, toDecide, ended. Left out: all that is owed."),
            ("after", "Where a page before ended: its next."), ("limit", $"Rows of a page, at most {WorklistQueries.PageMax}."));
        Door.Node.Run(command, (parse, api, terminal, cancel) => api.ShowAsync(terminal, HttpMethod.Get, query.Path(parse, "worklist"), null, cancel, Tables.Worklist, Tables.Next));
        return command;
    }

    static ExampledCommand Outgoing()
    {
        var command = new ExampledCommand("outgoing", "Own messages, newest first, and what became of them at the hub.", "outgoing", "outgoing --waiting true --json");
        var query = new QueryOptions(command, ("waiting", "true: only those without a final receipt."), ("after", "Where a page before ended: its next."), ("limit", $"Rows of a page, at most {OutgoingQueries.PageMax}."));
        Door.Node.Run(command, (parse, api, terminal, cancel) => api.ShowAsync(terminal, HttpMethod.Get, query.Path(parse, "outgoing"), null, cancel, Tables.Outgoing, Tables.Next));
        return command;
    }

    static ExampledCommand Show()
    {
        var command = new ExampledCommand("show", "An exchange with its question, answer, timeline and what may be done now; the person is masked.",
            $"show {Id}", $"show {Id} --json", $"show {Id} --reveal 来访核对");
        var reveal = new Option<string?>("--reveal") { Description = "See the person in full, for this reason: who, when and why is written down." };
        command.Add(Exchange);
        command.Add(reveal);
        Door.Node.Run(command, (parse, api, terminal, cancel) =>
        {
            var path = $"exchanges/{parse.GetValue(Exchange)}";
            return parse.GetValue(reveal) is { } reason
                ? api.ShowAsync(terminal, HttpMethod.Post, path + "/reveals", new { reason }, cancel, [.. Tables.OfExchange])
                : api.ShowAsync(terminal, HttpMethod.Get, path, null, cancel, [.. Tables.OfExchange]);
        });
        return command;
    }
}
