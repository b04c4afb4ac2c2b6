using ExchangeHub.Contracts;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Movements;

/// <summary>Which way a person moved, seen from this county.</summary>
public static class Directions
{
    /// <summary>Came here from the counterpart.</summary>
    public const string In = "in";
    /// <summary>Left for the counterpart.</summary>
    public const string Out = "out";

    public static IReadOnlyList<string> All { get; } = [In, Out];

    /// <summary>What a notice that this county sends says of it.</summary>
    public static string OfSent(string kind) => kind == Kinds.OutflowNotice ? Out : In;

    /// <summary>What a notice that came to this county says of it: who left the other side came here.</summary>
    public static string OfReceived(string kind) => kind == Kinds.OutflowNotice ? In : Out;
}

/// <summary>On which side of a movement there is a record, as far as this county knows.</summary>
public static class MovementStates
{
    /// <summary>This county has a record, and nothing is known of the other side's.</summary>
    public const string OwnOnly = nameof(OwnOnly);
    /// <summary>The other county told of it, and this county has no record of its own.</summary>
    public const string ToldOnly = nameof(ToldOnly);
    public const string Matched = nameof(Matched);
    /// <summary>The person moved on, or the notice was taken back.</summary>
    public const string Ended = nameof(Ended);

    public static IReadOnlyList<string> All { get; } = [OwnOnly, ToldOnly, Matched, Ended];
}

/// <summary>What the county's records of movements say of a notice that came.</summary>
public static class RecordMatches
{
    /// <summary>The county's own record was there: both sides have it.</summary>
    public const string Found = nameof(Found);
    /// <summary>There is none here.</summary>
    public const string OneSided = nameof(OneSided);
    /// <summary>There was none, and a clerk opened it from the notice.</summary>
    public const string Opened = nameof(Opened);

    public static IReadOnlyList<string> All { get; } = [Found, OneSided, Opened];
}

/// <summary>A movement as a county's own records have it.</summary>
/// <param name="Direction">One of <see cref="Directions.All"/>.</param>
/// <param name="Counterpart">The other county's code.</param>
public sealed record Movement(string Direction, string PersonName, string PersonId, string Counterpart, DateOnly MovedOn)
{
    public string IdKey => RegisterEntry.KeyOf(PersonId);
}

/// <summary>A movement in a list; the person is masked.</summary>
/// <param name="State">One of <see cref="MovementStates.All"/>.</param>
/// <param name="Source"><c>Own</c>, or <c>Notice</c>.</param>
/// <param name="ExchangeId">The notice that told of it, the other county's or the own.</param>
/// <param name="AskedBy">The check that asks about it and is not answered yet.</param>
public sealed record MovementRow(long Id, string Direction, string Counterpart, string PersonNameMasked, string PersonIdMasked, DateOnly MovedOn, string Source, string State,
    DateTimeOffset RecordedAt, Guid? ExchangeId, Guid? AskedBy);

/// <summary>A page of movements, oldest first.</summary>
/// <param name="Next">Where to go on; <c>null</c> on the last page.</param>
public sealed record MovementPage(IReadOnlyList<MovementRow> Rows, long? Next);

/// <summary>A record that only one side has, with the question that would settle it.</summary>
public sealed record OneSidedRow(MovementRow Movement, PrefilledCheck Ask);

/// <summary>An assistance check to the counterpart, the person's data left out: <c>POST /one-sided/{id}/ask</c> takes it from the record.</summary>
/// <param name="Follows">The notice that told of the movement.</param>
public sealed record PrefilledCheck(string To, IReadOnlyList<string> Items, string Purpose, Guid? Follows);

/// <summary>A page of one-sided records, oldest first.</summary>
public sealed record OneSidedPage(IReadOnlyList<OneSidedRow> Rows, long? Next);
