using System.Text;

namespace ExchangeHub.IntegrationTests.Blindness;

/// <summary>The search itself: it finds what it must.</summary>
public sealed class PlaintextSearchTests
{
    const string Value = "龘靐甲-HM07";

    [Fact]
    public void A_value_is_found_in_every_form()
    {
        var utf8 = Encoding.UTF8.GetBytes(Value);
        var hidden = new Dictionary<string, byte[]>
        {
            ["UTF-8"] = utf8,
            ["UTF-16LE"] = Encoding.Unicode.GetBytes(Value),
            ["UTF-16BE"] = Encoding.BigEndianUnicode.GetBytes(Value),
            ["escaped"] = @"\u9F98\u9750\u7532-HM07"u8.ToArray(),
            ["hex"] = Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)),
            ["lower hex"] = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)),
        };
        foreach (var before in new[] { "", "x", "xy", "xyz" })
            foreach (var after in new[] { "", "x", "xy", "xyz" })
                hidden[$"base64 '{before}' '{after}'"] = Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(before + Value + after)));
        foreach (var (form, bytes) in hidden)
        {
            var search = new PlaintextSearch([Value, "another value"]);
            search.Search(form, [1, 2, .. bytes, 3]);
            search.Found.SingleOrDefault().ShouldBe(Value, form);
        }
    }

    [Fact]
    public void A_value_that_lies_across_two_parts_of_a_large_file_is_found_and_one_that_is_not_there_is_not()
    {
        var large = new byte[(4 << 20) + 100];
        Encoding.UTF8.GetBytes(Value).CopyTo(large, (4 << 20) - 3);
        var search = new PlaintextSearch([Value, "another value"]);
        search.Search("large", large);
        search.Found.ShouldHaveSingleItem().ShouldBe(Value);
    }
}
