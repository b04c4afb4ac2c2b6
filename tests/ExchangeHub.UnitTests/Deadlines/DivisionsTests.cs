using ExchangeHub.Hub.Deadlines;
using ExchangeHub.UnitTests.Exchanges;

namespace ExchangeHub.UnitTests.Deadlines;

public sealed class DivisionsTests
{
    static readonly Divisions Table = Core.Rules.Divisions;

    [Theory]
    [InlineData("330106", "330106", Scope.WithinCounty)]
    [InlineData("330106", "330109", Scope.WithinCity)]
    [InlineData("330109", "330205", Scope.WithinProvince)]
    [InlineData("330109", "340221", Scope.BetweenProvinces)]
    [InlineData("110101", "110105", Scope.WithinProvince)] // districts of a municipality
    [InlineData("310101", "310115", Scope.WithinProvince)]
    [InlineData("120101", "120110", Scope.WithinProvince)]
    [InlineData("500101", "500229", Scope.WithinProvince)] // a county of Chongqing, another digit group
    [InlineData("110101", "120101", Scope.BetweenProvinces)]
    [InlineData("429004", "429005", Scope.WithinProvince)] // run by the province: no city
    [InlineData("469001", "469030", Scope.WithinProvince)]
    [InlineData("659001", "659011", Scope.WithinProvince)]
    [InlineData("429004", "420102", Scope.WithinProvince)]
    [InlineData("441900", "442000", Scope.WithinProvince)] // Dongguan and Zhongshan
    [InlineData("441900", "440303", Scope.WithinProvince)]
    [InlineData("460400", "469001", Scope.WithinProvince)] // Danzhou
    public void Scope_comes_from_the_table(string one, string other, Scope scope)
    {
        Table.ScopeOf(one, other).ShouldBe(scope);
        Table.ScopeOf(other, one).ShouldBe(scope);
    }

    [Theory]
    [InlineData("330109", true)]
    [InlineData("441900", true)] // a prefecture without counties takes part as a county
    [InlineData("460400", true)]
    [InlineData("330100", false)]
    [InlineData("330000", false)]
    [InlineData("429000", false)]
    [InlineData("999999", false)]
    public void Who_takes_part(string code, bool takesPart) => Table.TakesPart(code).ShouldBe(takesPart);

    [Fact]
    public void Names_and_provinces()
    {
        Table.NameOf("330109").ShouldBe("萧山区");
        Table.NameOf("999999").ShouldBe("999999");
        Table.ProvinceOf("429004").ShouldBe("420000");
        Table.ProvinceOf("441900").ShouldBe("440000");
        Table.ProvinceOf("110101").ShouldBe("110000");
        Table.ProvinceOf("330000").ShouldBe("330000");
        Table.CityOf("429004").ShouldBeNull();
        Table.CityOf("330109").ShouldBe("330100");
    }

    [Fact]
    public void Every_county_of_the_table_has_a_province()
    {
        foreach (var division in Table.All)
            Table.ProvinceOf(division.Code)[..2].ShouldBe(division.Code[..2]);
    }

    [Theory]
    [InlineData("code,name,level,parent\n330000,浙江省,province,\n33010,杭州市,prefecture,330000\n", "line 3: code")]
    [InlineData("code,name,level,parent\n330000,浙江省,region,\n33010,,county,330000\n", "line 2: level, parent; line 3: code")]
    [InlineData("code,name,level,parent\n330000,浙江省,province,330000\n", "line 2: parent")]
    [InlineData("code,name,level,parent\n330100,杭州市,prefecture,330000\n", "330100")]
    [InlineData("code,name,level\n330000,浙江省,province\n", "parent")]
    public void A_bad_table_says_where(string csv, string where) =>
        Should.Throw<FormatException>(() => Divisions.ReadCsv(new StringReader(csv))).Message.ShouldContain(where);
}
