namespace ExchangeHub.Contracts.Wire;

/// <summary>Every limit of the wire, in one place. Changing one is a change of the wire.</summary>
public static class Limits
{
    /// <summary>A submission's body. Small bodies keep the hub's latency and memory flat; attachments travel apart.</summary>
    public const int BodyBytesMax = 131_072;
    /// <summary>A delivery: body, escaped, and stamp. The broker closes the channel above it.</summary>
    public const int DeliveryBytesMax = 1_048_576;
    public const int HeaderBytesMax = 4_096;
    public const int BodyDepthMax = 4;
    public const int ContentDepthMax = 16;
    /// <summary>How far a sender's clock may be ahead of the hub's.</summary>
    public static readonly TimeSpan SentAtAheadMax = TimeSpan.FromMinutes(10);
    /// <summary>How old a message may be; receivers remember ids at least as long, so an old one cannot come back.</summary>
    public static readonly TimeSpan SentAtBehindMax = TimeSpan.FromDays(400);
    /// <summary>The sealed payload is padded to a multiple of this, so that sizes tell little.</summary>
    public const int PadToBytes = 512;
    /// <summary>An extension adds at most this many working days to a due date.</summary>
    public const int ExtensionDaysMax = 30;
    /// <summary>How often one exchange may be extended or disputed: an answer must come to an end.</summary>
    public const int ExtensionsMax = 2;
    public const int DisputesMax = 2;
    public const int RefusalCodesMax = 8;
    public const int RefusalFieldsMax = 16;
    /// <summary>A node's bearer token lives at most this long.</summary>
    public static readonly TimeSpan HttpTokenMax = TimeSpan.FromSeconds(300);
    public static readonly TimeSpan ResendFirst = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan ResendMax = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan SnapshotWarnAfter = TimeSpan.FromDays(14);
    public static readonly TimeSpan SnapshotStopAfter = TimeSpan.FromDays(30);
    public static readonly TimeSpan EnrolmentCodeMax = TimeSpan.FromDays(14);
    public static readonly TimeSpan KeyOverlap = TimeSpan.FromDays(30);
    public const int FeedItemsMax = 200;
    /// <summary>Between two changes of a county's details: each is a new directory, which every county is told of and fetches.</summary>
    public static readonly TimeSpan DetailsRest = TimeSpan.FromMinutes(1);
    /// <summary>The directory's token: all counties of the country and ten thousand agreements stay below.</summary>
    public const int DirectoryCharactersMax = 16_777_216;
}
