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
    static readonly Dictionary<string, IReadOnlyList<string>> lists = new(StringComparer.Ordinal)
    {
        ["outcome"] = Codes.Outcomes,
        ["requestReason"] = Codes.RequestReasons,
        ["replyReason"] = Codes.ReplyReasons,
        ["returnReason"] = Codes.ReturnReasons,
        ["withdrawalReason"] = Codes.WithdrawalReasons,
        ["contestReason"] = Codes.ContestReasons,
        ["disputeReason"] = Codes.DisputeReasons,
        ["extensionReason"] = Codes.ExtensionReasons,
        ["decisionReason"] = Codes.DecisionReasons,
        ["urgency"] = Codes.Urgencies,
        ["satisfaction"] = Codes.Marks,
        ["decision"] = Codes.Decisions,
        ["rulingOutcome"] = Codes.RulingOutcomes,
        ["closureCause"] = Codes.ClosureCauses,
        ["certificateType"] = Codes.CertificateTypes,
        ["purpose"] = Codes.Purposes,
        ["legalBasis"] = Codes.LegalBases,
        ["registerStatus"] = Codes.RegisterStatuses,
        ["checkItem"] = Codes.CheckItems,
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
    public void A_kinds_row_is_its_header_schema()
    {
        foreach (var (rule, type) in Kinds.Submitted.Values.SelectMany(r => r.Types.Select(t => (r, t))))
        {
            var schema = ContractFiles.SchemaJson($"header.{type}");
            var (all, required) = ContractFiles.Members(schema);
            all.ShouldBe([.. rule.CommonOf, .. rule.Required, .. rule.Optional, .. KindRule.Marks], ignoreOrder: true, type);
            required.ShouldBe([.. rule.CommonOf, .. rule.Required], ignoreOrder: true, type);
            schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse(type);
            var (members, versions) = (schema.GetProperty("properties"), ContractFiles.SchemaJson("common").GetProperty("$defs"));
            var version = members.GetProperty("version").GetProperty("$ref").GetString()!.Split('/')[^1];
            Kinds.TypeOf(members.GetProperty("kind").GetProperty("enum")[0].GetString()!, versions.GetProperty(version).GetProperty("enum")[0].GetInt32()).ShouldBe(type);
        }
        ContractFiles.SchemaNames.Where(n => n.StartsWith("header.", StringComparison.Ordinal))
            .ShouldBe(Kinds.Submitted.Values.SelectMany(r => r.Types).Select(t => $"header.{t}"), ignoreOrder: true);
    }

    public static TheoryData<string> Records => [.. records.Keys];

    static readonly Dictionary<string, JsonTypeInfo> records = new(StringComparer.Ordinal)
    {
        ["content.certificate-verification-request.v1"] = ContractsJson.Default.CertificateVerificationRequest,
        ["content.assistance-check-request.v1"] = ContractsJson.Default.AssistanceCheckRequestV1,
        ["content.assistance-check-request.v2"] = ContractsJson.Default.AssistanceCheckRequest,
        ["content.outflow-notice.v1"] = ContractsJson.Default.MoveNotice,
        ["content.inflow-notice.v1"] = ContractsJson.Default.MoveNotice,
        ["content.departure-notice.v1"] = ContractsJson.Default.MoveNotice,
        ["content.feedback-reply.v1"] = ContractsJson.Default.FeedbackReply,
        ["content.statistics-report.v1"] = ContractsJson.Default.StatisticsReport,
        ["content.acknowledgement.v1"] = ContractsJson.Default.NoteContent,
        ["content.interim-reply.v1"] = ContractsJson.Default.NoteContent,
        ["content.extension-request.v1"] = ContractsJson.Default.NoteContent,
        ["content.extension-decision.v1"] = ContractsJson.Default.NoteContent,
        ["content.return.v1"] = ContractsJson.Default.NoteContent,
        ["content.return-contest.v1"] = ContractsJson.Default.NoteContent,
        ["content.withdrawal.v1"] = ContractsJson.Default.NoteContent,
        ["content.confirmation.v1"] = ContractsJson.Default.NoteContent,
        ["content.dispute.v1"] = ContractsJson.Default.NoteContent,
        ["content.clarification.v1"] = ContractsJson.Default.NoteContent,
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

    [Fact]
    public void Every_kind_that_travels_has_a_content_and_a_record_of_it()
    {
        var contents = Kinds.Submitted.Values.SelectMany(r => r.Types).Select(t => $"content.{t}").ToList();
        ContractFiles.SchemaNames.Where(n => n.StartsWith("content.", StringComparison.Ordinal)).ShouldBe(contents, ignoreOrder: true);
        contents.ShouldBeSubsetOf(records.Keys);
    }

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
        fields.EnumerateObject().Select(f => f.Name)
            .ShouldBe(Kinds.Submitted.Values.Where(r => r.OwesFeedback).SelectMany(r => AskedFields.Of(r.Kind)));
    }

    [Fact]
    public void A_certificate_is_asked_by_its_members_and_a_notice_asks_nothing()
    {
        var question = ContractFiles.Members(ContractFiles.SchemaJson("content.certificate-verification-request.v1")).All;
        question.Except(["purpose", "legalBasis", "note"]).ShouldBe(AskedFields.Of(Kinds.CertificateVerificationRequest));
        Kinds.Submitted.Values.Where(r => Kinds.IsNotice(r.Kind)).ShouldAllBe(r => AskedFields.Of(r.Kind).Count == 0);
    }
}
