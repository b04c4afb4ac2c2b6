using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;

// first-request FOLDER COUNTY: asks one county whether a certificate is valid (an invented person) and prints the answer.
await using var county = await County.OpenAsync(args[0]);
var asked = await county.AskAsync(args[1], new CertificateVerificationRequest(
    "ResidencePermit", "JZZ-2025-000123", "林晓雨", "110105199003078123", "ResidenceRegistration", "NationalRegulation"));
Console.WriteLine(await county.ReceiptAsync(asked) is AcceptedStatement accepted ? $"accepted, answer due {accepted.DueOn:yyyy-MM-dd}" : "refused");
await foreach (var item in county.ReceiveAsync())
{
    if (item is not Incoming.Message { Header.Kind: Kinds.FeedbackReply } reply || reply.Header.ExchangeId != asked.ExchangeId)
        continue;
    Console.WriteLine($"{reply.Header.Outcome}: {string.Join(", ", Contents.ReadReply(reply.Content)!.Fields.Select(f => $"{f.Key} {f.Value}"))}");
    break;
}
