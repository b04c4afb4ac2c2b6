using System.Text;
using ExchangeHub.Node.Register;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Node;

public sealed class RegisterCsvTests
{
    const string Head = "certificateType,certificateNumber,holderName,holderId,issuedOn,validUntil,status\n";
    const string Good = "ResidencePermit,RP-1,王小明,420581199003070018,2024-05-01,2029-04-30,Valid\n";

    static List<RegisterLine> Read(string text)
    {
        var missing = RegisterCsv.MissingColumns(text, out var reader);
        missing.ShouldBeEmpty();
        using (reader)
            return [.. RegisterCsv.Lines(reader)];
    }

    [Fact]
    public void A_bad_row_is_named_by_line_column_and_code_and_loses_nothing_else()
    {
        var lines = Read(Head + Good
            + "Passport,RP-2,李四,330109198511121230,2024-13-01,,Valid\n"
            + "ResidencePermit,RP-3,,4.20581E+17,,,Valid\n"
            + "ServiceRegistration,SR-1,赵六,330109198511121230,,,Suspended\n");
        lines.Count.ShouldBe(4);
        lines.Select(l => l.Entry is not null).ShouldBe([true, false, false, true]);
        lines.SelectMany(l => l.Errors).ShouldBe(
        [
            new(3, "certificateType", "MemberInvalid"), new(3, "issuedOn", "MemberInvalid"),
            new(4, "holderName", "MemberMissing"), new(4, "holderId", "MemberInvalid"),
        ], ignoreOrder: true);
    }

    [Fact]
    public void A_certificate_named_twice_in_one_file_is_an_error_the_second_time()
    {
        var lines = Read(Head + Good + Good);
        lines[1].Errors.ShouldBe([new RowNote(3, "certificateNumber", RowNote.DuplicateRow)]);
    }

    [Fact]
    public void A_wrong_check_digit_warns_and_is_stored()
    {
        var line = Read(Head + Good.Replace("070018", "070014", StringComparison.Ordinal)).Single();
        line.Entry.ShouldNotBeNull();
        line.Warnings.ShouldBe([new RowNote(2, "holderId", RowNote.CheckDigitWrong)]);
    }

    [Fact]
    public void A_file_without_a_needed_column_says_which()
    {
        var missing = RegisterCsv.MissingColumns("certificateType,certificateNumber,holderName,status\n", out var reader);
        reader.Dispose();
        missing.ShouldBe([new RowNote(1, "holderId", "MemberMissing")]);
    }

    [Fact]
    public void Columns_may_stand_in_any_order_and_days_may_be_left_out() =>
        Read("status,holderId,holderName,certificateNumber,certificateType\nValid,420581199003070018,王小明,RP-1,ResidencePermit\n")
            .Single().Entry.ShouldBe(new RegisterEntry("ResidencePermit", "RP-1", "王小明", "420581199003070018", null, null, "Valid"));

    [Fact]
    public void A_file_in_gb18030_is_read_as_one()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        RegisterCsv.Decode(Encoding.GetEncoding("GB18030").GetBytes(Head + Good)).ShouldBe(Head + Good);
        RegisterCsv.Decode([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Head + Good)]).ShouldBe(Head + Good);
    }
}
