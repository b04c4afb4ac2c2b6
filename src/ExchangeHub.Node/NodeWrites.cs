using ExchangeHub.Client;

namespace ExchangeHub.Node;

/// <summary>The writes of the node that something later relies on, as they pass <see cref="DurableWrite"/>.</summary>
public static class NodeWrites
{
    /// <summary>What a person or a county's own system did, with the message to send.</summary>
    public const string Command = "command";
    /// <summary>The note that the broker has taken messages.</summary>
    public const string Published = "published";
    /// <summary>The hub's receipts, and what it tells outside of exchanges.</summary>
    public const string Receipts = "receipts";
    /// <summary>What came in, with the answers that follow by themselves.</summary>
    public const string Received = "received";
    /// <summary>How far the hub's feed was read.</summary>
    public const string Cursor = "cursor";
    /// <summary>A register file.</summary>
    public const string Register = "register";
    /// <summary>Own records of movements, from a person or a file.</summary>
    public const string Movements = "movements";
    /// <summary>A day's report.</summary>
    public const string Report = "report";
    /// <summary>Open questions compared with a new register.</summary>
    public const string Compared = "compared";
}
