using System.Text;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

/// <summary>What another county sealed is held to the bounds of the own forms. Invented people; the check digits are valid.</summary>
public sealed class OpenedContentTests
{
    static readonly MoveNotice notice = new("王小明", "420581199003070018", new(2026, 2, 20), "ResidenceRegistration", "NationalRegulation", MovedTo: "330110", Note: new string('长', 2_000));
    static readonly AssistanceCheckRequest check = new("王小明", "420581199003070018", ["identity"], "RecordCheck", "Agreement");
    static readonly CertificateVerificationRequest question = new("ResidencePermit", "RP-1", "王小明", "420581199003070018", "RecordCheck", "Agreement");
    static readonly FeedbackReply reply = new(new Dictionary<string, string> { ["identity"] = "same" }, new string('长', 2_000), "Valid");
    static readonly string tooLong = new('长', 201), tooLongNote = new('长', 2_001);

    [Fact]
    public void A_text_or_a_note_longer_than_a_form_takes_is_not_readable()
    {
        Reads(Kinds.OutflowNotice, Contents.Write(notice with { PersonId = new string('9', 200) }));
        Refuses(Kinds.OutflowNotice, Contents.Write(notice with { PersonId = new string('9', 10_000) }));
        Refuses(Kinds.OutflowNotice, Contents.Write(notice with { Note = tooLongNote }));
        Refuses(Kinds.DepartureNotice, Contents.Write(notice with { MovedTo = "nowhere" }));
        Reads(Kinds.AssistanceCheckRequest, Contents.Write(check, 1));
        Refuses(Kinds.AssistanceCheckRequest, Contents.Write(check with { Phone = tooLong }, 1));
        Reads(Kinds.AssistanceCheckRequest, Contents.Write(check, 2), version: 2);
        Refuses(Kinds.AssistanceCheckRequest, Contents.Write(check with { Phone = tooLong }, 2), version: 2);
        Refuses(Kinds.AssistanceCheckRequest, Contents.Write(check with { Items = [tooLong] }, 2), version: 2);
        Reads(Kinds.CertificateVerificationRequest, Contents.Write(question));
        Refuses(Kinds.CertificateVerificationRequest, Contents.Write(question with { CertificateNumber = tooLong }));
        Reads(Kinds.FeedbackReply, Contents.Write(reply));
        Refuses(Kinds.FeedbackReply, Contents.Write(reply with { Fields = new Dictionary<string, string> { [tooLong] = "same" } }));
        Refuses(Kinds.FeedbackReply, Contents.Write(reply with { Note = tooLongNote }));
        Reads(Kinds.Clarification, Encoding.UTF8.GetBytes("{}"));
        Refuses(Kinds.Clarification, Contents.Write(new NoteContent(tooLongNote)));
    }

    static void Reads(string kind, byte[] content, int version = 1) => OpenedContent.Read(Of(kind, version), content).ShouldNotBeNull();

    static void Refuses(string kind, byte[] content, int version = 1) => OpenedContent.Read(Of(kind, version), content).ShouldBeNull();

    static Header Of(string kind, int version) => new(1, "hub.test", Guid.NewGuid(), Guid.NewGuid(), kind, version, "330109", "340221", default);
}
