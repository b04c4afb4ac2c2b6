using System.Globalization;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Worlds;

/// <summary>
/// A certificate of a person who does not exist: name and number are computed from the county and a running number,
/// only the check digit of GB 11643 is real. The same inputs give the same person.
/// </summary>
/// <param name="HolderId">18 characters with a valid check digit.</param>
public sealed record InventedPerson(string CertificateNumber, string HolderName, string HolderId, DateOnly IssuedOn, DateOnly ValidUntil)
{
    static readonly string[] Families = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨"];
    static readonly string[] Given = ["试一", "例二", "样三", "拟四", "仿五", "虚六", "设七", "假八", "演九", "示十", "练甲", "测乙", "模丙"];
    static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>The columns of a register file.</summary>
    public const string RegisterColumns = "certificateType,certificateNumber,holderName,holderId,issuedOn,validUntil,status";

    /// <param name="county">The county whose certificate it is.</param>
    /// <param name="number">0 to 99,999.</param>
    public static InventedPerson Of(string county, int number)
    {
        var born = new DateOnly(1970, 1, 1).AddDays(number * 37 % 12_000);
        var id = string.Create(CultureInfo.InvariantCulture, $"{county}{born:yyyyMMdd}{number % 1000:000}");
        var issued = new DateOnly(2024, 1, 2).AddDays(number % 700);
        return new InventedPerson(
            string.Create(CultureInfo.InvariantCulture, $"{county}-RP-{number:000000}"),
            Families[number % Families.Length] + Given[number / Families.Length % Given.Length],
            id + CheckDigit(id), issued, issued.AddYears(10));
    }

    /// <summary>ISO 7064 MOD 11-2 over the first 17 digits, as GB 11643 asks.</summary>
    public static char CheckDigit(ReadOnlySpan<char> first17)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
            sum += (first17[i] - '0') * Weights[i];
        return "10X98765432"[sum % 11];
    }

    /// <summary>The question another county asks about this certificate.</summary>
    public CertificateVerificationRequest Ask() => new("ResidencePermit", CertificateNumber, HolderName, HolderId,
        "ResidenceRegistration", "NationalRegulation", IssuedOn, ValidUntil);

    /// <summary>Its line in the county's register.</summary>
    public string RegisterLine() => string.Create(CultureInfo.InvariantCulture,
        $"ResidencePermit,{CertificateNumber},{HolderName},{HolderId},{IssuedOn:yyyy-MM-dd},{ValidUntil:yyyy-MM-dd},{Codes.RegisterValid}");

    /// <summary>A register file with entries <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    public static string RegisterFile(string county, int first, int count) =>
        string.Join('\n', Enumerable.Range(first, count).Select(n => Of(county, n).RegisterLine()).Prepend(RegisterColumns)) + "\n";
}
