namespace ExchangeHub.UnitTests.Simulation.Expected;

/// <summary>What was said to a message: <c>accepted</c>, <c>refused</c> with codes, or <c>held</c>.</summary>
/// <param name="Version">The store's, when it was said.</param>
sealed record Verdict(string What, string Codes, int Version)
{
    public bool IsFinal => What != "held";
}

/// <summary>What should have become of all that was meant, in the order in which batches were committed.</summary>
sealed class Book
{
    readonly Dictionary<Guid, (Life Life, int Version)> lives = [];
    readonly Dictionary<Guid, Verdict> verdicts = [];

    public IEnumerable<KeyValuePair<Guid, Life>> Lives => lives.Select(l => KeyValuePair.Create(l.Key, l.Value.Life));
    public IReadOnlyDictionary<Guid, Verdict> Verdicts => verdicts;
    public Life this[Guid exchange] => lives[exchange].Life;

    /// <summary>One committed batch as the model sees it.</summary>
    /// <param name="Read">The store's version when the batch looked at it: what began later it does not know.</param>
    /// <param name="Version">The version the commit made.</param>
    public sealed record Batch(DateTimeOffset At, WalkedDays Days, int Read, int Version);

    /// <returns>What is newly said; <c>null</c>: it was judged before and moves nothing.</returns>
    public Verdict? Judge(Intent m, Batch batch)
    {
        if (verdicts.TryGetValue(m.Id, out var before) && (before.IsFinal || before.Version <= batch.Read || before.Version == batch.Version))
            return null;
        return Say(m, batch);
    }

    public Verdict? Hold(Intent m, Batch batch) =>
        verdicts.ContainsKey(m.Id) ? null : verdicts[m.Id] = new Verdict("held", "", batch.Version);

    public Verdict? Replay(Intent m, DateTimeOffset heldAt, Batch batch)
    {
        if (verdicts.TryGetValue(m.Id, out var before) && before.IsFinal)
            return null;
        if (Known(m.Exchange, batch) is { } life && life.IsParty(m.From)) // what the hub kept lying is nobody's lateness
            life.Outage(heldAt, batch.At, Later(life, batch));
        return Say(m, batch with { Days = batch.Days.With((heldAt, batch.At)) });
    }

    public void Do(Guid exchange, Batch batch, Action<Life, DateTimeOffset> duty)
    {
        if (lives.TryGetValue(exchange, out var on))
            duty(on.Life, Later(on.Life, batch));
    }

    Verdict Say(Intent m, Batch batch)
    {
        var codes = m.Opens ? Opening(m, batch) : Within(m, batch);
        return verdicts[m.Id] = new Verdict(codes.Count == 0 ? "accepted" : "refused", string.Join(' ', codes), batch.Version);
    }

    SortedSet<string> Opening(Intent m, Batch batch)
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        if (lives.TryGetValue(m.Exchange, out var there))
            codes.Add(there.Life.IsParty(m.From) ? "ExchangeExists" : "ExchangeUnknown");
        var followed = m.Follows is { } follows ? Known(follows, batch) : null;
        if (m.Follows is not null && followed?.IsParty(m.From) != true)
            codes.Add("ExchangeUnknown");
        else if (m.Supersedes is { } older)
        {
            if (!followed!.HasOfOwn(older, m.From, m.Kind))
                codes.Add("ReferenceUnknown");
            else if (followed.IsSuperseded)
                codes.Add("LimitReached");
            if (followed.IsTest != m.Test)
                codes.Add("TestMarkDiffers");
        }
        if (codes.Count > 0)
            return codes;
        lives[m.Exchange] = (new Life(m, batch.At, batch.Days), batch.Version);
        if (m.Supersedes is not null)
            followed!.Supersede(Later(followed, batch));
        return codes;
    }

    SortedSet<string> Within(Intent m, Batch batch)
    {
        if (Known(m.Exchange, batch) is not { } life || !life.IsParty(m.From))
            return ["ExchangeUnknown"]; // a stranger learns nothing
        var at = Later(life, batch);
        var codes = life.Refusals(m, at, batch.Days);
        if (codes.Count == 0)
            life.Hear(m, at, batch.Days);
        return codes;
    }

    // Across exchanges there is no order: what began after this batch had looked is not there for it.
    Life? Known(Guid exchange, Batch batch) =>
        lives.TryGetValue(exchange, out var there) && (there.Version <= batch.Read || there.Version == batch.Version) ? there.Life : null;

    static DateTimeOffset Later(Life life, Batch batch) => batch.At > life.Last ? batch.At : life.Last;
}
