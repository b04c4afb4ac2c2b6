using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>The SDK against a real hub: what a county's own program meets.</summary>
public sealed class RealHubTests(TestServers servers)
{
    const string A = "330106";
    const string B = "510104";

    static readonly FeedbackReply same = new(new Dictionary<string, string> { ["holderName"] = FieldMatch.Same, ["holderId"] = FieldMatch.Same });

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static CertificateVerificationRequest Question => InventedPerson.Of(B, 1).Ask();

    Task<World> WorldAsync() =>
        World.CreateAsync(servers.Addresses, new WorldOptions { Name = "client", Counties = [A, B], StartNode = false }, Ct);

    static string FolderOf(World world, string county) => Path.Combine(world.Installation.CountiesFolder, county);

    static async Task<Office> OpenAsync(World world, string county) => new(await County.OpenAsync(FolderOf(world, county), world.Clocks, ct: Ct));

    /// <summary>A county's program at its desk: takes what comes one by one, and has handled it once it takes the next.</summary>
    sealed class Office(County county) : IAsyncDisposable
    {
        readonly IAsyncEnumerator<Incoming> inbox = county.ReceiveAsync(Ct).GetAsyncEnumerator(Ct);

        public County County => county;

        public async Task<T> NextAsync<T>() where T : Incoming => (await inbox.MoveNextAsync() ? inbox.Current : null).ShouldBeOfType<T>();

        public async ValueTask DisposeAsync()
        {
            await inbox.DisposeAsync();
            await county.DisposeAsync();
        }
    }

    [Fact]
    public async Task Asker_and_receiver_hold_the_same_times_and_an_exchange_goes_from_question_to_answer()
    {
        await using var world = await WorldAsync();
        await using var a = await OpenAsync(world, A);
        await using var b = await OpenAsync(world, B);
        var asked = await a.County.AskAsync(B, Question, "CertificateDoubtful", Ct);
        var question = await b.NextAsync<Incoming.Message>();
        var receipt = (await a.County.ReceiptAsync(asked, Ct)).ShouldBeOfType<AcceptedStatement>();
        receipt.ShouldBe(question.Accepted);
        receipt.DueAt.ShouldNotBeNull();
        Contents.ReadRequest(question.Content).ShouldBe(Question);

        await world.AdvanceToAsync(world.Clocks.Now.AddHours(1), Ct);
        await b.County.AcknowledgeAsync(question, Ct);
        (await a.NextAsync<Incoming.Message>()).Header.Kind.ShouldBe(Kinds.Acknowledgement);
        await b.County.ReplyAsync(question, Outcomes.MatchWithDifferences, same, "FieldsDiffer", Ct);
        var answer = await a.NextAsync<Incoming.Message>();
        answer.Header.Outcome.ShouldBe(Outcomes.MatchWithDifferences);
        answer.Header.InReplyTo.ShouldBe(asked.MessageId);
        answer.Accepted.Seq.ShouldBe(2);
        answer.Accepted.AcceptedAt.ShouldBe(world.Clocks.Now);
        Contents.ReadReply(answer.Content)!.Fields.ShouldBe(same.Fields);
        answer.TraceParent.ShouldStartWith($"00-{asked.ExchangeId:N}-");

        await a.County.Member.WhenAsync(s => s.IsQuiet, Ct);
        await b.County.Member.WhenAsync(s => s.IsQuiet, Ct);
        a.County.Notices.ShouldBeEmpty();
        b.County.Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_check_goes_in_the_newest_version_that_both_take_and_without_its_day_to_nobody_who_would_not_see_it()
    {
        await using var world = await WorldAsync();
        await using var a = await OpenAsync(world, A);
        await using var b = await OpenAsync(world, B);
        var person = InventedPerson.Of(B, 1);
        var ofADay = new AssistanceCheckRequest(person.HolderName, person.HolderId, ["residence"], "RecordCheck", "Agreement", StateOn: new(2025, 9, 1));
        await TakesAsync([.. Kinds.Submitted.Values.SelectMany(k => k.Types)]);
        (await a.County.AskAsync(B, ofADay, ct: Ct)).Version.ShouldBe(2);
        var question = await b.NextAsync<Incoming.Message>();
        Contents.ReadCheck(question.Content, question.Header.Version)!.StateOn.ShouldBe(ofADay.StateOn);

        await TakesAsync([.. Kinds.Submitted.Keys.Select(k => Kinds.TypeOf(k, 1))]);
        (await Should.ThrowAsync<SealException>(() => a.County.AskAsync(B, ofADay, ct: Ct))).Refusals.ShouldBe([new Refusal(RefusalCodes.VersionNotTaken, "/content/stateOn")]);
        (await a.County.AskAsync(B, ofADay with { StateOn = null }, "RoutineCheck", Ct)).Version.ShouldBe(1);
        question = await b.NextAsync<Incoming.Message>();
        Contents.ReadCheck(question.Content, question.Header.Version)!.PersonName.ShouldBe(person.HolderName);

        async Task TakesAsync(string[] types)
        {
            await b.County.Member.Api.PutTakesAsync(types, Ct);
            await a.County.Member.WhenAsync(_ => a.County.Member.Directory?.Find(B)?.Takes.Order().SequenceEqual(types.Order()) == true, Ct);
        }
    }

    [Fact]
    public async Task A_refusal_reaches_the_sender_and_frees_its_exchange()
    {
        await using var world = await WorldAsync();
        await using var a = await OpenAsync(world, A);
        await using var b = await OpenAsync(world, B);
        var asked = await a.County.AskAsync(B, Question, ct: Ct);
        var question = await b.NextAsync<Incoming.Message>();
        var twice = await b.County.AcknowledgeAsync(question, Ct);
        var again = await b.County.AcknowledgeAsync(question, Ct);
        (await b.County.ReceiptAsync(twice, Ct)).ShouldBeOfType<AcceptedStatement>();
        (await b.County.ReceiptAsync(again, Ct)).ShouldBeOfType<RefusedStatement>().Reasons.ShouldBe([RefusalCodes.LimitReached]);
        var returned = await b.County.ReturnAsync(question, ReturnReasons.NotOurs, suggestedTo: "420581", ct: Ct);
        (await b.County.ReceiptAsync(returned, Ct)).ShouldBeOfType<AcceptedStatement>();
        (await a.NextAsync<Incoming.Message>()).Header.Kind.ShouldBe(Kinds.Acknowledgement);
        (await a.NextAsync<Incoming.Message>()).Header.SuggestedTo.ShouldBe("420581");
        var late = await a.County.WithdrawAsync(asked, ct: Ct);
        (await a.County.ReceiptAsync(late, Ct)).ShouldBeOfType<RefusedStatement>().Reasons.ShouldBe([RefusalCodes.PhaseNotAllowed]);
    }

    [Fact]
    public async Task An_overdue_event_comes_to_both_sides_in_order()
    {
        await using var world = await WorldAsync();
        await using var a = await OpenAsync(world, A);
        await using var b = await OpenAsync(world, B);
        var asked = await a.County.AskAsync(B, Question, ct: Ct);
        var question = await b.NextAsync<Incoming.Message>();
        var due = (await a.County.ReceiptAsync(asked, Ct)).ShouldBeOfType<AcceptedStatement>().DueAt.ShouldNotBeNull();
        await world.AdvanceToAsync(due + TimeSpan.FromMinutes(3), Ct);
        foreach (var side in new[] { a, b })
        {
            // Reminders come before, and the acknowledgement is overdue earlier.
            Incoming.Event overdue;
            do
                overdue = await side.NextAsync<Incoming.Event>();
            while (overdue.Statement is not { Kind: Kinds.Overdue, Duty: Duties.Feedback });
            overdue.Statement.DueAt.ShouldBe(due);
            overdue.Statement.ExchangeId.ShouldBe(question.Header.ExchangeId);
        }
    }

    [Fact]
    public async Task A_county_that_lost_its_store_gets_everything_again_by_the_feed()
    {
        await using var world = await WorldAsync();
        await using var a = await OpenAsync(world, A);
        Header asked;
        await using (var b = await OpenAsync(world, B))
        {
            asked = await a.County.AskAsync(B, Question, ct: Ct);
            await b.NextAsync<Incoming.Message>();
        }
        Directory.Delete(Path.Combine(FolderOf(world, B), "store"), recursive: true);
        await using var restored = await OpenAsync(world, B);
        var question = await restored.NextAsync<Incoming.Message>();
        question.Header.ExchangeId.ShouldBe(asked.ExchangeId);
        await restored.County.ReplyAsync(question, Outcomes.Match, same, ct: Ct);
        (await a.NextAsync<Incoming.Message>()).Header.Outcome.ShouldBe(Outcomes.Match);
    }

    [Fact]
    public async Task Keys_rotate_in_a_running_program_with_messages_in_flight()
    {
        await using var world = await WorldAsync();
        await using var a = await OpenAsync(world, A);
        await using var b = await OpenAsync(world, B);
        await a.County.AskAsync(B, Question, ct: Ct);
        var first = await b.NextAsync<Incoming.Message>();
        var before = SignerOf(a);

        await world.AdvanceToAsync(world.Clocks.Now.AddMinutes(1), Ct);
        await NodeSteps.RenewAsync(world.Installation.CountiesFolder, A, world.Clocks, Ct); // by hands of its own, as a command does
        (await world.Steps.SignAsync(await world.OperatorTokenAsync(Ct), Ct)).ShouldHaveSingleItem().Outcome.ShouldBe(EnrolmentFailure.None);

        // Sealed to the old key, by one who knows no other yet.
        await b.County.ReplyAsync(first, Outcomes.Match, same, ct: Ct);
        (await a.NextAsync<Incoming.Message>()).Header.Outcome.ShouldBe(Outcomes.Match);
        // Sealed to the new key, whether or not the hub's word of the change has reached its owner.
        await b.County.Member.RefreshRegistryAsync(Ct);
        await a.County.AskAsync(B, Question, ct: Ct);
        await b.County.ReplyAsync(await b.NextAsync<Incoming.Message>(), Outcomes.PersonNotFound, same, "NoRecord", Ct);
        (await a.NextAsync<Incoming.Message>()).Header.Outcome.ShouldBe(Outcomes.PersonNotFound);

        await a.County.Member.RefreshRegistryAsync(Ct);
        SignerOf(a).ShouldNotBe(before);
        (await a.County.ReceiptAsync(await a.County.AskAsync(B, Question, ct: Ct), Ct)).ShouldBeOfType<AcceptedStatement>();
        (await b.NextAsync<Incoming.Message>()).Header.Kind.ShouldBe(Kinds.CertificateVerificationRequest);
        a.County.Notices.ShouldBeEmpty();
        b.County.Notices.ShouldBeEmpty();

        static string SignerOf(Office office) => office.County.Member.Api.Token().Split('.')[0]; // the header names the key
    }
}
