using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.IntegrationTests.Blindness;

/// <summary>
/// A question about a person who does not exist, and all that is said about it. No value of it occurs anywhere else: the name is of
/// characters no place and no list uses, the rest is random.
/// </summary>
sealed record InventedCase(string HolderName, string HolderId, string CertificateNumber, string QuestionNote, string AnswerNote, string CorrectionNote)
{
    const string Rare = "龘靐齉爩麤灪龗厵爨癵籱饢驫鱻麣灩鸞鼺";

    public static InventedCase Of(string county, int number) => new(
        $"{Rare[number]}{Rare[(number + 5) % Rare.Length]}{Rare[(number + 11) % Rare.Length]}",
        InventedPerson.Of(county, 4_000 + (number * 7)).HolderId,
        $"HM-{Token()}", $"来函附言{Token()}", $"复函附言{Token()}", $"更正附言{Token()}");

    public IEnumerable<string> Values => [HolderName, HolderId, CertificateNumber, QuestionNote, AnswerNote];

    public object RequestTo(string county) => new
    {
        to = county,
        certificateType = "ResidencePermit",
        certificateNumber = CertificateNumber,
        holderName = HolderName,
        holderId = HolderId,
        purpose = "ResidenceRegistration",
        legalBasis = "NationalRegulation",
        note = QuestionNote,
    };

    static string Token() => Guid.NewGuid().ToString("N")[..12];
}
