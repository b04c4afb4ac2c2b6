using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client;

/// <summary>
/// Contents as bytes and back. A reader ignores members it does not know; what was sealed is kept as it came. Where a kind has several
/// versions, this is the one place that knows: an older content is lifted as it is read, so that nobody else sees any but the newest, and an
/// older one is written only where it says the same.
/// </summary>
public static class Contents
{
    public static byte[] Write(CertificateVerificationRequest content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.CertificateVerificationRequest);

    public static byte[] Write(FeedbackReply content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.FeedbackReply);

    public static byte[] Write(NoteContent content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.NoteContent);

    /// <param name="version">Of the header it goes with, see <see cref="Member.NewHeader"/>.</param>
    /// <exception cref="SealException">That version cannot say it: nothing is left out, so nothing is sent.</exception>
    public static byte[] Write(AssistanceCheckRequest content, int version) => version > 1
        ? JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.AssistanceCheckRequest)
        : JsonSerializer.SerializeToUtf8Bytes(AssistanceCheckRequestV1.Of(content) ?? throw new SealException(new Refusal(RefusalCodes.VersionNotTaken, "/content/stateOn")),
            ContractsJson.Default.AssistanceCheckRequestV1);

    public static byte[] Write(MoveNotice content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.MoveNotice);

    public static byte[] Write(StatisticsReport content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.StatisticsReport);

    public static CertificateVerificationRequest? ReadRequest(byte[] content) => Read(content, ContractsJson.Default.CertificateVerificationRequest);

    public static FeedbackReply? ReadReply(byte[] content) => Read(content, ContractsJson.Default.FeedbackReply);

    /// <param name="version">Of the header it came with.</param>
    public static AssistanceCheckRequest? ReadCheck(byte[] content, int version) => version > 1
        ? Read(content, ContractsJson.Default.AssistanceCheckRequest) : Read(content, ContractsJson.Default.AssistanceCheckRequestV1)?.Lift();

    public static MoveNotice? ReadNotice(byte[] content) => Read(content, ContractsJson.Default.MoveNotice);

    public static StatisticsReport? ReadReport(byte[] content) => Read(content, ContractsJson.Default.StatisticsReport);

    public static NoteContent? ReadNote(byte[] content) => Read(content, ContractsJson.Default.NoteContent);

    static T? Read<T>(byte[] content, JsonTypeInfo<T> type) where T : class
    {
        if (!StrictJson.TryParseObject(content, Limits.ContentDepthMax, out var document))
            return null;
        using (document)
        {
            try
            {
                return document.RootElement.Deserialize(type);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
