using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>What the hub itself does in the whole language, at the bare wire and over its HTTP interface.</summary>
public sealed class WholeLanguageTests(TestServers servers)
{
    [Fact]
    public async Task A_reminder_before_the_due_time_an_overdue_and_an_escalation_reach_both_sides_and_the_province()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync(); // Monday 2 February, 09:00; acknowledgement due on the 3rd, answer on the 11th
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 3, 15), HubWorld.Stop);
        foreach (var county in new[] { hub.Asker, hub.Receiver })
            (await county.EventAsync(question.ExchangeId, Kinds.Reminder)).Duty.ShouldBe(Duties.Acknowledgement);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 4, 0, 2), HubWorld.Stop);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 6, 9), HubWorld.Stop);
        foreach (var county in new[] { hub.Asker, hub.Receiver })
            (await county.EventAsync(question.ExchangeId, Kinds.Escalation)).DueAt.ShouldBe(HubWorld.Shanghai(2026, 2, 4));

        using var province = await SignInAsync(hub, "510000");
        (await ToldAsync(province)).Items.Single().ShouldSatisfyAllConditions(
            t => t.ExchangeId.ShouldBe(question.ExchangeId), t => t.Unit.ShouldBe(hub.Receiver.Code), t => t.StillOpen.ShouldBeTrue());
        using var other = await SignInAsync(hub, "330000");
        (await ToldAsync(other)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_duty_that_was_escalated_owed_again_and_escalated_again_is_listed_once_page_by_page()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 27, 9), HubWorld.Stop);
        var reply = hub.Receiver.Reply(question);
        await Sent(hub.Receiver, reply);
        await Sent(hub.Asker, Within(question, Kinds.Dispute, hub.Asker.Code) with { InReplyTo = reply.MessageId, ReasonCode = "ContradictsDocument" });
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 3, 31, 9), HubWorld.Stop);
        await hub.Receiver.EventAsync(question.ExchangeId, Kinds.Escalation, nth: 3); // acknowledgement, answer, answer again

        using var province = await SignInAsync(hub, "510000");
        var first = await ToldAsync(province, "?limit=1");
        first.Items.Single().ShouldSatisfyAllConditions(t => t.Duty.ShouldBe(Duties.Feedback), t => t.StillOpen.ShouldBeTrue());
        var second = await ToldAsync(province, $"?limit=1&after={first.Next}");
        (second.Items.Single().Duty, second.Next).ShouldBe((Duties.Acknowledgement, null));
        (await province.GetAsync("api/v1/escalations?after=elsewhere", HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_outage_of_a_county_is_its_provinces_to_record_and_moves_what_was_due_inside()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync(); // acknowledgement due at the end of the 3rd
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 4, 9), HubWorld.Stop);
        using var reviewer = await SignInAsync(hub, "510000");
        using var stranger = await SignInAsync(hub, "330000");
        using var own = await SignInAsync(hub, county: hub.Receiver.Code);
        CountyOutage Away(DateTimeOffset to) => new(hub.Receiver.Code, WireTime.Format(HubWorld.Shanghai(2026, 2, 3, 14)), WireTime.Format(to), "机房检修");
        var outage = Away(HubWorld.Shanghai(2026, 2, 4, 8));
        (await RecordAsync(stranger, outage)).ShouldBe((HttpStatusCode.NotFound, ""));
        (await RecordAsync(own, outage)).ShouldBe((HttpStatusCode.NotFound, ""));
        (await RecordAsync(reviewer, Away(HubWorld.Shanghai(2026, 2, 4, 10)))).ShouldBe((HttpStatusCode.BadRequest, "/to")); // not over yet
        (await RecordAsync(reviewer, outage with { Reason = "a\0b" })).ShouldBe((HttpStatusCode.BadRequest, "/reason"));
        for (var twice = 0; twice < 2; twice++)
            (await RecordAsync(reviewer, outage)).ShouldBe((HttpStatusCode.NoContent, null));
        await hub.Service<OutageWatch>().SettleAsync(HubWorld.Stop);
        var moved = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange);
        (moved.Duty, moved.Cause, moved.DueAt).ShouldBe((Duties.Acknowledgement, DueChangeCauses.CountyOutage, HubWorld.Shanghai(2026, 2, 4, 9)));
        (await hub.ScalarAsync<string>("select string_agg(account, ' ') from hub.outages where unit = $1", hub.Receiver.Code)).ShouldBe("reviewer-510000");
    }

    [Fact]
    public async Task A_provinces_reviewer_sets_its_follow_up_policy_and_what_is_wrong_with_it_is_named()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        using var reviewer = await SignInAsync(hub, "510000");
        var policy = new FollowUpTexts("2026-02-03", "0@09:30", "2@10:00", 3, 4);
        (await reviewer.PutAsJsonAsync("api/v1/policies/follow-up", policy, HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 3, 9), HubWorld.Stop);
        using var own = await SignInAsync(hub, county: hub.Receiver.Code); // half a day on, the first token is no longer good
        (await own.GetFromJsonAsync<FollowUpTexts>("api/v1/policies/follow-up", HubWorld.Stop)).ShouldBe(policy); // its province's
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 4, 9, 30), HubWorld.Stop);
        (await hub.Receiver.EventAsync(question.ExchangeId, Kinds.Reminder)).AcceptedAt.ShouldBe(HubWorld.Shanghai(2026, 2, 4, 9, 30));

        using var later = await SignInAsync(hub, "510000");
        (await later.GetFromJsonAsync<FollowUpTexts>("api/v1/policies/follow-up", HubWorld.Stop)).ShouldBe(policy);
        var today = await later.PutAsJsonAsync("api/v1/policies/follow-up", policy with { EffectiveFrom = "2026-02-04", Reminders = string.Join(' ', Enumerable.Repeat("0@09:30", 11)) }, HubWorld.Stop);
        (await today.Content.ReadAsStringAsync(HubWorld.Stop)).ShouldSatisfyAllConditions(t => t.ShouldContain("/effectiveFrom"), t => t.ShouldContain("/reminders"));
        var tooLong = await later.PutAsJsonAsync("api/v1/policies/follow-up", policy with { Reminders = new string(' ', 10_000) }, HubWorld.Stop);
        tooLong.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var month = await later.GetAsync($"api/v1/reports/{hub.Receiver.Code}?month=9999-12", HubWorld.Stop);
        (month.StatusCode, (await month.Content.ReadAsStringAsync(HubWorld.Stop)).Contains("NotAMonth", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.BadRequest, true));
        var wrong = await later.PutAsJsonAsync("api/v1/policies/follow-up", new FollowUpTexts("2026-02-01", "tomorrow", "0@10:00", 5, 4), HubWorld.Stop);
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var said = await wrong.Content.ReadAsStringAsync(HubWorld.Stop);
        foreach (var field in new[] { "/effectiveFrom", "/reminders", "/escalation", "/closeAfter" })
            said.ShouldContain(field);
    }

    [Fact]
    public async Task A_ruling_is_the_reviewers_of_the_province_that_owes_and_only_once()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        using var reviewer = await SignInAsync(hub, "510000");
        using var stranger = await SignInAsync(hub, "420000");
        var question = await hub.AskAsync();
        var reply = hub.Receiver.Reply(question);
        await Sent(hub.Receiver, reply);
        (await RuleAsync(reviewer, question, RulingOutcomes.Upheld)).ShouldBe(HttpStatusCode.Conflict); // nobody disputed
        await Sent(hub.Asker, Within(question, Kinds.Dispute, hub.Asker.Code) with { InReplyTo = reply.MessageId, ReasonCode = "ContradictsDocument" });
        await Sent(hub.Receiver, hub.Receiver.Reply(question));

        (await RuleAsync(stranger, question, RulingOutcomes.Upheld)).ShouldBe(HttpStatusCode.NotFound);
        using var own = await SignInAsync(hub, county: hub.Receiver.Code);
        (await RuleAsync(own, question, RulingOutcomes.Maintained)).ShouldBe(HttpStatusCode.NotFound); // nobody rules on a dispute of his own office
        (await RuleAsync(reviewer, question, "Perhaps")).ShouldBe(HttpStatusCode.BadRequest);
        (await RuleAsync(reviewer, question, RulingOutcomes.Upheld)).ShouldBe(HttpStatusCode.NoContent);
        (await RuleAsync(reviewer, question, RulingOutcomes.Maintained)).ShouldBe(HttpStatusCode.Conflict);
        foreach (var county in new[] { hub.Asker, hub.Receiver })
            (await county.EventAsync(question.ExchangeId, Kinds.Ruling)).Outcome.ShouldBe(RulingOutcomes.Upheld);
        (await hub.ScalarAsync<string>("select data ->> 'By' from events.mt_events where type = 'ruled'")).ShouldBe("reviewer-510000");
    }

    [Fact]
    public async Task What_the_first_release_stored_as_answered_may_be_disputed_extended_and_closes_in_its_time()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var questions = new List<(Header Question, Header Reply)>();
        for (var i = 0; i < 2; i++)
        {
            var question = await hub.AskAsync();
            questions.Add((question, hub.Receiver.Reply(question)));
            await Sent(hub.Receiver, questions[^1].Reply);
        }
        var open = await hub.AskAsync();
        // As the first release left it, and the step of the schema after it: see Golden/states/answered-first-form.json.
        await hub.ExecuteAsync("""
            update hub.exchanges set look_at = '2000-01-01T00:00:00Z', state = state - '{repliedAt,outcome,returnedAt,extensions,disputes,supersededBy,lookAt}'::text[]
                || jsonb_build_object('owed', (select jsonb_agg(o - '{withdrawnWhy,toldUntil,escalatedAt,byReturn}'::text[]) from jsonb_array_elements(state -> 'owed') o))
            """);
        var (disputed, closing) = (questions[0], questions[1].Question);
        await Sent(hub.Receiver, hub.Receiver.Next(Kinds.ExtensionRequest, open, open.MessageId) with { WorkingDays = 2, ReasonCode = "VisitNeeded" });
        await Sent(hub.Asker, hub.Asker.Next(Kinds.Dispute, disputed.Question, disputed.Reply.MessageId) with { ReasonCode = "ContradictsDocument" });
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 13, 9), HubWorld.Stop);
        (await hub.ScalarAsync<string>("select phase from hub.exchanges where id = $1", closing.ExchangeId)).ShouldBe(nameof(Phase.Answered));
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 27, 9), HubWorld.Stop); // the tenth working day is over
        foreach (var county in new[] { hub.Asker, hub.Receiver })
            (await county.EventAsync(closing.ExchangeId, Kinds.Closure)).Cause.ShouldBe(ClosureCauses.Automatic);
    }

    [Fact]
    public async Task A_newer_notice_closes_the_one_whose_place_it_takes_and_both_sides_are_told()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var first = hub.Asker.Ask(hub.Receiver.Code) with { Kind = Kinds.OutflowNotice, ReasonCode = null, Urgency = null };
        await Sent(hub.Asker, first);
        var newer = first with { MessageId = Guid.NewGuid(), ExchangeId = Guid.NewGuid(), CaseNumber = null, Follows = first.ExchangeId, Supersedes = first.MessageId };
        await Sent(hub.Asker, newer);
        foreach (var county in new[] { hub.Asker, hub.Receiver })
            (await county.EventAsync(first.ExchangeId, Kinds.Closure)).Cause.ShouldBe(ClosureCauses.Superseded);
        (await hub.ScalarAsync<string>("select phase from hub.exchanges where id = $1", first.ExchangeId)).ShouldBe(nameof(Phase.Closed));
        (await hub.ScalarAsync<string>("select ended_why from hub.obligations where exchange_id = $1", first.ExchangeId)).ShouldBe(ClosureCauses.Superseded);
    }

    static Header Within(Header question, string kind, string from) => new(1, question.Hub, Guid.NewGuid(), question.ExchangeId, kind, 1, from,
        from == question.From ? question.To : question.From, question.SentAt);

    static async Task Sent(WireCounty county, Header message)
    {
        await county.SendAsync(message);
        await county.AcceptedAsync(message);
    }

    static async Task<HttpStatusCode> RuleAsync(HttpClient reviewer, Header question, string outcome)
    {
        using var answer = await reviewer.PostAsJsonAsync($"api/v1/exchanges/{question.ExchangeId}/ruling", new { outcome }, HubWorld.Stop);
        return answer.StatusCode;
    }

    static async Task<HttpClient> SignInAsync(HubWorld hub, string? province = null, string? county = null)
    {
        var token = await hub.World.SignInAtHubAsync($"reviewer-{province ?? county}", Roles.Reviewer, county, province, HubWorld.Stop);
        return new HttpClient { BaseAddress = hub.World.Installation.HubUrl, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    }

    static async Task<TellingPage> ToldAsync(HttpClient caller, string query = "") =>
        (await caller.GetFromJsonAsync<TellingPage>("api/v1/escalations" + query, HubWorld.Stop))!;

    static async Task<(HttpStatusCode, string?)> RecordAsync(HttpClient reviewer, CountyOutage outage)
    {
        using var answer = await reviewer.PostAsJsonAsync("api/v1/outages", outage, HubWorld.Stop);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<Refused>(HubWorld.Stop))!.Field);
    }

    sealed record TellingPage(IReadOnlyList<Told> Items, string? Next);

    sealed record Told(Guid ExchangeId, string Unit, string Duty, bool StillOpen);

    sealed record Refused(string Field);
}
