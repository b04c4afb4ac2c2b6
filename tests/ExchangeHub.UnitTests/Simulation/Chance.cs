namespace ExchangeHub.UnitTests.Simulation;

/// <summary>All that is left to chance in a run, from its seed.</summary>
sealed class Chance(int seed)
{
    readonly Random random = new(seed);

    public int Below(int max) => random.Next(max);

    /// <summary>True in so many of a thousand.</summary>
    public bool PerMille(int many) => random.Next(1000) < many;

    public T Of<T>(IReadOnlyList<T> some) => some[random.Next(some.Count)];

    /// <summary>One of several, by weight.</summary>
    public T Weighed<T>(params ReadOnlySpan<(int Weight, T Value)> some)
    {
        var sum = 0;
        foreach (var (weight, _) in some)
            sum += weight;
        var left = random.Next(sum);
        foreach (var (weight, value) in some)
            if ((left -= weight) < 0)
                return value;
        return some[^1].Value;
    }

    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public int Copies(bool mayBeLost) => random.Next(100) switch
    {
        < 3 when mayBeLost => 0,
        < 88 => 1,
        < 97 => 2,
        _ => 3,
    };

    /// <summary>How long nothing happens: mostly minutes, now and then half a day.</summary>
    public TimeSpan Pause() => TimeSpan.FromSeconds(random.Next(100) switch
    {
        < 60 => 1 + random.Next(600),
        < 95 => 60 + random.Next(3 * 3600),
        _ => 3600 + random.Next(11 * 3600),
    });
}

/// <summary>Who takes part: two of one city, a third of their province, and one of another province.</summary>
static class Counties
{
    public static IReadOnlyList<string> All { get; } = ["330109", "330106", "330205", "340221"];
}
