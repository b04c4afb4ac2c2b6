using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>What the hub says is written by the wire's table and reads back to the same bytes.</summary>
public sealed class StatementTests
{
    static readonly DateTimeOffset at = new(2026, 11, 24, 1, 5, 0, TimeSpan.Zero);
    static readonly Guid id = Guid.Parse("0f8b2c1a-1111-4222-8333-444455556666");
    static readonly string hash = B64u.Hash("x"u8);

    const string eventRow = "what hub to eventId kind version acceptedAt exchangeId number seq";

    // The wire's table, word for word: a statement written again must carry the same bytes.
    public static TheoryData<string, string> StatementRows => new()
    {
        { "accepted", "what hub from to messageId exchangeId kind version digest number seq acceptedAt test ackDueOn ackDueAt dueOn dueAt duePending" },
        { "accepted-report", "what hub from to messageId kind version digest acceptedAt test" },
        { "refused", "what hub from messageId digest refusedAt codes fields" },
        { "held", "what hub from messageId digest heldAt" },
        { "event.reminder.v1", $"{eventRow} duty dueAt" },
        { "event.overdue.v1", $"{eventRow} duty dueAt" },
        { "event.escalation.v1", $"{eventRow} duty dueAt" },
        { "event.due-change.v1", $"{eventRow} duty dueOn dueAt cause" },
        { "event.closure.v1", $"{eventRow} cause" },
        { "event.ruling.v1", $"{eventRow} outcome" },
        { "event.registry-change.v1", "what hub to eventId kind version acceptedAt snapshot directory" },
    };

    static readonly Dictionary<string, Statement> full = new(StringComparer.Ordinal)
    {
        ["accepted"] = new AcceptedStatement("hub.x", "330109", "420581", id, id, Kinds.CertificateVerificationRequest, 1, hash, 1, 1, at)
        {
            Test = true,
            AckDueOn = new(2026, 11, 25),
            AckDueAt = at,
            DueOn = new(2026, 12, 3),
            DueAt = at,
            DuePending = true,
        },
        ["accepted-report"] = new AcceptedReportStatement("hub.x", "330109", "hub.x", id, Kinds.StatisticsReport, 1, hash, at) { Test = true },
        ["refused"] = RefusedStatement.Of("hub.x", "330109", id, hash, at, [new(RefusalCodes.MemberMissing, "/header/to")]),
        ["held"] = new HeldStatement("hub.x", "330109", id, hash, at),
        ["event.reminder.v1"] = Event(Kinds.Reminder) with { Duty = Duties.Feedback, DueAt = at },
        ["event.overdue.v1"] = Event(Kinds.Overdue) with { Duty = Duties.Feedback, DueAt = at },
        ["event.escalation.v1"] = Event(Kinds.Escalation) with { Duty = Duties.Acknowledgement, DueAt = at },
        ["event.due-change.v1"] = Event(Kinds.DueChange) with
        { Duty = Duties.Feedback, DueOn = new(2026, 12, 3), DueAt = at, Cause = DueChangeCauses.HubOutage },
        ["event.closure.v1"] = Event(Kinds.Closure) with { Cause = ClosureCauses.Automatic },
        ["event.ruling.v1"] = Event(Kinds.Ruling) with { Outcome = RulingOutcomes.Maintained },
        ["event.registry-change.v1"] = new EventStatement("hub.x", "330109", id, Kinds.RegistryChange, 1, at) { Snapshot = 7, Directory = 12 },
    };

    static EventStatement Event(string kind) => new("hub.x", "330109", id, kind, 1, at) { ExchangeId = id, Number = 2, Seq = 2 };

    [Theory]
    [MemberData(nameof(StatementRows))]
    public async Task A_statement_is_written_in_the_order_of_its_row_and_fits_its_schema(string name, string row)
    {
        var leaf = full[name].Write();
        using var written = JsonDocument.Parse(leaf);
        string.Join(' ', written.RootElement.EnumerateObject().Select(m => m.Name)).ShouldBe(row);
        string.Join(' ', ContractFiles.Members(ContractFiles.SchemaJson($"statement.{name}")).All).ShouldBe(row);
        var text = System.Text.Encoding.ASCII.GetString(leaf);
        (await ContractFiles.SchemaAsync($"statement.{name}")).Validate(text).ShouldBeEmpty();
        (await ContractFiles.SchemaAsync("statement")).Validate(text).ShouldBeEmpty();
        Statement.Read(leaf)!.Write().ShouldBe(leaf);
    }

    [Fact]
    public void Every_statement_that_travels_has_a_row() =>
        ContractFiles.SchemaNames.Where(n => n.StartsWith("statement.", StringComparison.Ordinal) && n != "statement.event")
            .ShouldBe(full.Keys.Select(n => $"statement.{n}"), ignoreOrder: true);

    [Fact]
    public void A_statement_of_another_writer_is_read_and_written_again_with_the_same_bytes()
    {
        foreach (var example in ContractFiles.Examples.Where(e => e.Schema.StartsWith("statement.", StringComparison.Ordinal)))
        {
            var leaf = ContractFiles.Bytes(example.File);
            var read = Statement.Read(leaf);
            if (example.IsValid)
                read!.Write().ShouldBe(leaf, example.File);
        }
    }

    [Fact]
    public void Members_of_a_statement_that_are_not_known_are_left_alone() =>
        Statement.Read("""{"what":"held","hub":"hub.x","from":"330109","messageId":"0f8b2c1a-1111-4222-8333-444455556666","digest":"jmcanj5Aymys2W39NDgRcHOvqDyH6I7ci2t_WByiSMA","heldAt":"2026-11-24T01:05:00.000000Z","later":7}"""u8.ToArray())
            .ShouldBeOfType<HeldStatement>();

    [Fact]
    public void A_refusal_names_at_most_eight_codes_and_sixteen_fields()
    {
        var many = RefusalCodes.All.Select((code, i) => new Refusal(code, $"/header/m{i}"));
        var refused = RefusedStatement.Of("hub.x", "330109", id, hash, at, many);
        refused.Reasons.Count.ShouldBe(8);
        refused.Fields.Count.ShouldBe(16);
        Statement.Read(refused.Write()).ShouldNotBeNull();
    }
}
