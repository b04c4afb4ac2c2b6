namespace ExchangeHub.Hub.Ledger;

/// <summary>
/// Every write of the hub that something later relies on passes here by name. The seam where tests let a write fail, or succeed and be
/// reported as failed; in production it does the write and nothing else.
/// </summary>
public class DurableWrite
{
    /// <summary>The commit of a batch; see <see cref="BatchLedger"/>.</summary>
    public const string Batch = "batch";
    /// <summary>The commit of a quarantined message.</summary>
    public const string Quarantine = "quarantine";
    /// <summary>The publishing of one message, confirmed by the broker.</summary>
    public const string Publish = "publish";
    /// <summary>The note that the broker confirmed.</summary>
    public const string Confirmed = "confirmed";

    public virtual Task DoAsync(string name, Func<Task> write) => write();
}
