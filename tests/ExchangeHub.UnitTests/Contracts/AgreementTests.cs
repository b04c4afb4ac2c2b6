using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>Records, code lists and schemas name the same members and codes.</summary>
public sealed class AgreementTests
{
    static readonly DateTimeOffset at = new(2026, 11, 24, 1, 5, 0, TimeSpan.Zero);
    static readonly Guid id = Guid.Parse("0f8b2c1a-1111-4222-8333-444455556666");
    static readonly string hash = B64u.Hash("x"u8);

    static readonly Dictionary<string, IReadOnlyList<string>> lists = new(StringComparer.Ordinal)
    {
        ["outcome"] = Codes.Outcomes,
        ["requestReason"] = Codes.RequestReasons,
        ["replyReason"] = Codes.ReplyReasons,
        ["returnReason"] = Codes.ReturnReasons,
        ["withdrawalReason"] = Codes.WithdrawalReasons,
        ["urgency"] = Codes.Urgencies,
        ["certificateType"] = Codes.CertificateTypes,
        ["purpose"] = Codes.Purposes,
        ["legalBasis"] = Codes.LegalBases,
        ["registerStatus"] = Codes.RegisterStatuses,
        ["fieldMatch"] = Codes.FieldMatches,
        ["duty"] = [Duties.Acknowledgement, Duties.Feedback],
        ["dueChangeCause"] = Codes.DueChangeCauses,
        ["countyStatus"] = Codes.CountyStatuses,
        ["refusalCode"] = RefusalCodes.All,
        ["suite"] = [Suites.P256],
    };

    [Fact]
    public void Every_closed_list_is_the_same_in_code_and_schema()
    {
        var inSchema = ContractFiles.SchemaJson("common").GetProperty("$defs").EnumerateObject()
            .Where(d => d.Value.TryGetProperty("enum", out var values) && values[0].ValueKind == JsonValueKind.String).ToList();
        inSchema.Select(d => d.Name).ShouldBe(lists.Keys, ignoreOrder: true);
        foreach (var list in inSchema)
            list.Value.GetProperty("enum").EnumerateArray().Select(v => v.GetString()!).ShouldBe(lists[list.Name], list.Name);
    }

    [Fact]
    public void Every_refusal_code_constant_is_in_the_list_and_named_as_it_is_written()
    {
        var constants = typeof(RefusalCodes).GetFields().Where(f => f.IsLiteral).ToDictionary(f => f.Name, f => (string)f.GetRawConstantValue()!);
        constants.Keys.ShouldBe(RefusalCodes.All, ignoreOrder: true);
        constants.ShouldAllBe(c => c.Key == c.Value);
    }

    [Fact]
    public void A_kinds_row_is_its_header_schema()
    {
        foreach (var (kind, rule) in Kinds.Submitted)
        {
            var schema = ContractFiles.SchemaJson($"header.{kind}.v{rule.Version}");
            var (all, required) = ContractFiles.Members(schema);
            all.ShouldBe([.. KindRule.Common, .. rule.Required, .. rule.Optional, .. KindRule.Marks], ignoreOrder: true, kind);
            required.ShouldBe([.. KindRule.Common, .. rule.Required], ignoreOrder: true, kind);
            schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse(kind);
            schema.GetProperty("properties").GetProperty("kind").GetProperty("enum")[0].GetString().ShouldBe(kind);
        }
        ContractFiles.SchemaNames.Where(n => n.StartsWith("header.", StringComparison.Ordinal))
            .ShouldBe(Kinds.Submitted.Values.Select(r => $"header.{r.Kind}.v{r.Version}"), ignoreOrder: true);
    }

    public static TheoryData<string> Records => [.. records.Keys];

    static readonly Dictionary<string, JsonTypeInfo> records = new(StringComparer.Ordinal)
    {
        ["content.certificate-verification-request.v1"] = ContractsJson.Default.CertificateVerificationRequest,
        ["content.feedback-reply.v1"] = ContractsJson.Default.FeedbackReply,
        ["content.acknowledgement.v1"] = ContractsJson.Default.NoteContent,
        ["content.return.v1"] = ContractsJson.Default.NoteContent,
        ["content.withdrawal.v1"] = ContractsJson.Default.NoteContent,
        ["receipts.v1"] = ContractsJson.Default.ReceiptsMessage,
        ["feed-page"] = ContractsJson.Default.FeedPage,
        ["receipts-page"] = ContractsJson.Default.ReceiptsPage,
        ["batch-root"] = ContractsJson.Default.BatchRoot,
        ["key-record"] = ContractsJson.Default.KeyRecord,
        ["registry-entry"] = ContractsJson.Default.RegistryEntry,
        ["registry-snapshot"] = ContractsJson.Default.RegistrySnapshot,
        ["registry-view"] = ContractsJson.Default.RegistryView,
        ["entry-view"] = ContractsJson.Default.EntryView,
        ["registry-update"] = ContractsJson.Default.RegistryUpdate,
        ["enrolment-invitation"] = ContractsJson.Default.EnrolmentInvitation,
        ["enrolment-request"] = ContractsJson.Default.EnrolmentRequest,
        ["enrolment"] = ContractsJson.Default.Enrolment,
        ["takes"] = ContractsJson.Default.Takes,
        ["hub-time"] = ContractsJson.Default.HubTime,
        ["directory-view"] = ContractsJson.Default.DirectoryView,
        ["county-directory"] = ContractsJson.Default.CountyDirectory,
        ["county-details"] = ContractsJson.Default.CountyDetails,
        ["county-closure"] = ContractsJson.Default.CountyClosure,
        ["agreement"] = ContractsJson.Default.CountyAgreement,
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_has_the_members_of_its_schema_and_requires_the_same(string schema)
    {
        var (all, required) = ContractFiles.Members(ContractFiles.SchemaJson(schema));
        var record = records[schema].Properties;
        record.Select(p => p.Name).ShouldBe(all, ignoreOrder: true);
        record.Where(p => p.IsRequired).Select(p => p.Name).ShouldBe(required, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_reads_each_valid_example_of_its_schema(string schema)
    {
        foreach (var example in ContractFiles.Examples.Where(e => e.Schema == schema && e.IsValid))
            JsonSerializer.Deserialize(ContractFiles.Bytes(example.File), records[schema]).ShouldNotBeNull(example.File);
    }

    [Fact]
    public void A_public_key_with_a_private_member_is_refused() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("""{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}""", ContractsJson.Default.Jwk));

    [Fact]
    public void A_reply_speaks_of_the_members_that_its_schema_names()
    {
        var fields = ContractFiles.SchemaJson("content.feedback-reply.v1").GetProperty("properties").GetProperty("fields").GetProperty("properties");
        fields.EnumerateObject().Select(f => f.Name).ShouldBe(AskedFields.All);
    }

    // The wire's table, word for word: a statement written again must carry the same bytes.
    public static TheoryData<string, string> StatementRows => new()
    {
        { "accepted", "what hub from to messageId exchangeId kind version digest number seq acceptedAt test ackDueOn ackDueAt dueOn dueAt duePending" },
        { "refused", "what hub from messageId digest refusedAt codes fields" },
        { "held", "what hub from messageId digest heldAt" },
        { "event.overdue.v1", "what hub to eventId kind version acceptedAt exchangeId number seq duty dueAt" },
        { "event.due-change.v1", "what hub to eventId kind version acceptedAt exchangeId number seq duty dueOn dueAt cause" },
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
        ["refused"] = RefusedStatement.Of("hub.x", "330109", id, hash, at, [new(RefusalCodes.MemberMissing, "/header/to")]),
        ["held"] = new HeldStatement("hub.x", "330109", id, hash, at),
        ["event.overdue.v1"] = new EventStatement("hub.x", "330109", id, Kinds.Overdue, 1, at)
        { ExchangeId = id, Number = 2, Seq = 2, Duty = Duties.Feedback, DueAt = at },
        ["event.due-change.v1"] = new EventStatement("hub.x", "330109", id, Kinds.DueChange, 1, at)
        { ExchangeId = id, Number = 2, Seq = 2, Duty = Duties.Feedback, DueOn = new(2026, 12, 3), DueAt = at, Cause = "HubOutage" },
        ["event.registry-change.v1"] = new EventStatement("hub.x", "330109", id, Kinds.RegistryChange, 1, at) { Snapshot = 7, Directory = 12 },
    };

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
