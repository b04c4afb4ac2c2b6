using ExchangeHub.Client;

namespace ExchangeHub.Hub;

/// <summary>The writes of the hub that something later relies on, as they pass <see cref="DurableWrite"/>.</summary>
public static class HubWrites
{
    /// <summary>The commit of a batch; see <see cref="Ledger.BatchLedger"/>.</summary>
    public const string Batch = "batch";
    /// <summary>The commit of a quarantined message.</summary>
    public const string Quarantine = "quarantine";
    /// <summary>The publishing of one message, confirmed by the broker.</summary>
    public const string Publish = "publish";
    /// <summary>The note that the broker confirmed.</summary>
    public const string Confirmed = "confirmed";
    /// <summary>The T that a figure is about to be told for.</summary>
    public const string Answered = "answered";
    /// <summary>A beat, and before it the outage that the silence was.</summary>
    public const string Beat = "beat";
    /// <summary>The note that every deadline inside an outage was moved.</summary>
    public const string Moved = "moved";
    /// <summary>The note that messages rest, and why.</summary>
    public const string Parked = "parked";
    /// <summary>A county's request to be enrolled, and that it was judged.</summary>
    public const string Enrolment = "enrolment";
    /// <summary>What the registrar published.</summary>
    public const string Registry = "registry";
    /// <summary>What a county's node takes.</summary>
    public const string Takes = "takes";
    /// <summary>A county's details, its end, agreements and who demands them.</summary>
    public const string Directory = "directory";
    /// <summary>An outage of a county, as its province recorded it.</summary>
    public const string CountyOutage = "county-outage";
    /// <summary>How a province follows up.</summary>
    public const string FollowUp = "follow-up";
    /// <summary>The note that all counties were told of a change.</summary>
    public const string Announced = "announced";
    /// <summary>The jump of a demonstration's clock.</summary>
    public const string Clock = "clock";
    /// <summary>The epoch after a restore from a copy.</summary>
    public const string Epoch = "epoch";
}
