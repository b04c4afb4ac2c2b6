namespace ExchangeHub.Client;

/// <summary>
/// Every write of a process that something later relies on passes here by name. The seam where tests let a write fail, or succeed and be
/// reported as failed; in production it does the write and nothing else.
/// </summary>
public class DurableWrite
{
    public virtual Task DoAsync(string name, Func<Task> write) => write();
}
