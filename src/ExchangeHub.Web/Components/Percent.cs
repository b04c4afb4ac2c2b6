using System.Globalization;

namespace ExchangeHub.Web.Components;

/// <summary>Rates as people read them: two decimals, half up; 100.00 only when all are in; a dash where nothing was due.</summary>
public static class Percent
{
    public static string Of(long numerator, long denominator)
    {
        if (denominator == 0)
            return "—";
        if (numerator == denominator)
            return "100.00";
        var hundredths = Math.Min(9999, (numerator * 20000 + denominator) / (denominator * 2));
        return (hundredths / 100m).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
