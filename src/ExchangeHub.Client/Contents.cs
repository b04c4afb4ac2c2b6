using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client;

/// <summary>Contents as bytes and back. A reader ignores members it does not know; what was sealed is kept as it came.</summary>
public static class Contents
{
    public static byte[] Write(CertificateVerificationRequest content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.CertificateVerificationRequest);

    public static byte[] Write(FeedbackReply content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.FeedbackReply);

    public static byte[] Write(NoteContent content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.NoteContent);

    public static byte[] Write(AssistanceCheckRequest content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.AssistanceCheckRequest);

    public static byte[] Write(MoveNotice content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.MoveNotice);

    public static byte[] Write(StatisticsReport content) => JsonSerializer.SerializeToUtf8Bytes(content, ContractsJson.Default.StatisticsReport);

    public static CertificateVerificationRequest? ReadRequest(byte[] content) => Read(content, ContractsJson.Default.CertificateVerificationRequest);

    public static FeedbackReply? ReadReply(byte[] content) => Read(content, ContractsJson.Default.FeedbackReply);

    public static AssistanceCheckRequest? ReadCheck(byte[] content) => Read(content, ContractsJson.Default.AssistanceCheckRequest);

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
