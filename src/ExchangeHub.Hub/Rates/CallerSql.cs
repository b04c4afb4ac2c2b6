using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Hub.Rates;

/// <summary>The caller's part of the land as a condition: a county, a province by its first two digits, or everything. Nothing beyond it is read.</summary>
static class CallerSql
{
    /// <param name="county">The column that holds whose row it is.</param>
    public static string Within(CallerScope caller, string county) =>
        caller.County is not null ? $"{county} = @callerCounty"
        : caller.Province is not null ? $"{county} like @callerProvince"
        : caller.CoversAll ? "true" : "false";

    public static void Bind(NpgsqlParameterCollection values, CallerScope caller)
    {
        if (caller.County is { } own)
            values.AddWithValue("callerCounty", own);
        if (caller.Province is { } province)
            values.AddWithValue("callerProvince", province[..2] + "%");
    }
}
