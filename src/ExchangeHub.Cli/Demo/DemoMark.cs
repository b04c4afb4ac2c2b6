using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Jose;

namespace ExchangeHub.Cli.Demo;

/// <summary>
/// What keeps a demonstration away from everything else: folder, databases and virtual host carry one mark, made with them. Nothing is dropped,
/// deleted or taken up that carries another or none.
/// </summary>
static class DemoMark
{
    const string LockFile = "up.lock";
    const string PlayedFile = "february.played";

    public static string New() => $"exchangehub demonstration {Guid.NewGuid():n}";

    /// <summary>Takes the folder for one command at a time; given back when disposed, or when the process ends, however that happens.</summary>
    /// <exception cref="InvalidOperationException">It holds something else, or another command runs in it.</exception>
    public static FileStream Claim(string folder)
    {
        if (Directory.Exists(folder) && Installation.Load(folder)?.Demonstration is null && Directory.EnumerateFileSystemEntries(folder).Any(e => Path.GetFileName(e) != LockFile))
            throw new InvalidOperationException($"{folder} holds an installation or files that no demonstration made: nothing in it was touched. --folder names another place.");
        Directory.CreateDirectory(folder);
        return PrivateFile.TryLock(Path.Combine(folder, LockFile))
            ?? throw new InvalidOperationException($"Another exchangehub up runs in {folder}. Stop it first (Ctrl-C), or name another place with --folder.");
    }

    /// <summary>Whether databases and virtual host, where there are any of these names, are this demonstration's.</summary>
    /// <exception cref="InvalidOperationException">They are somebody else's.</exception>
    public static async Task EnsureOwnAsync(ServerAddresses servers, BrokerAdmin broker, Installation demo, CancellationToken cancel)
    {
        await EnsureOwnAsync(servers, demo.HubDatabase, demo, cancel);
        await EnsureOwnAsync(servers.OfNode, demo.NodeDatabase, demo, cancel);
        if (await broker.ExistsAsync(demo.VirtualHost, cancel) && await broker.MarkOfAsync(demo.VirtualHost, cancel) != demo.Demonstration)
            throw Anothers("virtual host", demo.VirtualHost);
    }

    static async Task EnsureOwnAsync(ServerAddresses servers, string database, Installation demo, CancellationToken cancel)
    {
        if (await Databases.ExistsAsync(servers, database, cancel) && await Databases.MarkOfAsync(servers, database, cancel) != demo.Demonstration)
            throw Anothers("database", database);
    }

    /// <summary>Broker users are the server's: a county that works through it keeps its password.</summary>
    /// <exception cref="InvalidOperationException">One of the counties has a user that no demonstration made.</exception>
    public static async Task EnsureUsersFreeAsync(ServerAddresses servers, BrokerAdmin broker, IReadOnlyList<string> counties, CancellationToken cancel)
    {
        foreach (var county in counties)
            if (await broker.HasAnotherPasswordAsync(county, servers.SharedPasswordOf(county), cancel))
                throw Anothers("broker user", county);
    }

    static InvalidOperationException Anothers(string what, string name) =>
        new($"The {what} {name} on these servers is not this demonstration's: nothing was touched. Use other servers, or remove it yourself where nobody needs it.");

    /// <summary>Whether February lies behind it: a first run that was cut off begins anew.</summary>
    public static bool IsPlayed(Installation demo) => File.Exists(PlayedFileOf(demo));

    /// <summary>Says so.</summary>
    public static void Played(Installation demo) => PrivateFile.Write(PlayedFileOf(demo), "");

    // Where it goes with the keys that February was played with.
    static string PlayedFileOf(Installation demo) => Path.Combine(demo.HubFolder, PlayedFile);
}
