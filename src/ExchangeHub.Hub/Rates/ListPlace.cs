using System.Globalization;
using System.Text;
using ExchangeHub.Contracts.Wire;
using Npgsql;

namespace ExchangeHub.Hub.Rates;

/// <summary>A place in a list of obligations, as the cursor of the next page.</summary>
/// <param name="At">The instant that the list is ordered by, UTC.</param>
sealed record ListPlace(DateTimeOffset At, Guid ExchangeId, int Ordinal)
{
    /// <summary>To compare a row's (instant, exchange, ordinal) with; see <see cref="Bind"/>.</summary>
    public const string Parameters = "(@placeAt, @placeId, @placeOrdinal)";

    /// <summary>The cursor's opaque text.</summary>
    public override string ToString() => B64u.Encode(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{WireTime.Format(At)} {ExchangeId} {Ordinal}")));

    /// <returns><c>null</c>: the text is none of ours.</returns>
    public static ListPlace? Read(string cursor) =>
        B64u.TryDecode(cursor, out var bytes) && Encoding.ASCII.GetString(bytes).Split(' ') is [var at, var id, var ordinal]
            && WireTime.TryParse(at, out var instant) && Guid.TryParse(id, out var exchange) && int.TryParse(ordinal, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? new ListPlace(instant, exchange, n)
            : null;

    /// <summary>How many rows a page shall have: the standard where the text is absent or empty; else 1 to the most.</summary>
    public static bool TryReadLimit(string? text, int standard, int most, out int limit)
    {
        limit = standard;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= most);
    }

    public void Bind(NpgsqlParameterCollection values)
    {
        values.AddWithValue("placeAt", At);
        values.AddWithValue("placeId", ExchangeId);
        values.AddWithValue("placeOrdinal", Ordinal);
    }
}
