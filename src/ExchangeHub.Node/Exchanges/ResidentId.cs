namespace ExchangeHub.Node.Exchanges;

/// <summary>Resident identity numbers, GB 11643. A wrong one warns, it never blocks: old numbers with known faults are in use.</summary>
public static class ResidentId
{
    static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const string CheckDigits = "10X98765432";

    /// <summary>Whether 18 characters end in the digit that the first 17 demand.</summary>
    public static bool CheckDigitHolds(string id) =>
        id.Length == 18 && id[..17].All(char.IsAsciiDigit) && char.ToUpperInvariant(id[17]) == CheckDigitOf(id.AsSpan(0, 17));

    /// <summary>The check digit of 17 digits: <c>0</c> to <c>9</c> or <c>X</c>.</summary>
    public static char CheckDigitOf(ReadOnlySpan<char> first17)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
            sum += (first17[i] - '0') * Weights[i];
        return CheckDigits[sum % 11];
    }
}
