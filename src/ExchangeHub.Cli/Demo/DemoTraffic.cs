using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Demo;

/// <summary>Something to look at: a question every few seconds; registers answer some, clerks answer some of the rest, and some are left for the visitor.</summary>
sealed class DemoTraffic(NodePeople people, IReadOnlyList<string> counties, Terminal terminal)
{
    static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(12);
    /// <summary>A county with more open work than this gets an answer given instead of a question asked.</summary>
    const int OpenMax = 6;
    /// <summary>The registers hold certificates 0 to 39.</summary>
    const int OnFile = 40;
    /// <summary>The county a visitor is told to sign in for and to answer the first row of the worklist.</summary>
    public const string Visited = "330106";

    bool greeted;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(AskEvery);
        var told = false;
        try
        {
            do
            {
                try
                {
                    await OnceAsync(cancel);
                    told = false;
                }
                catch (Exception e) when (e is HttpRequestException or InvalidOperationException || (e is OperationCanceledException && !cancel.IsCancellationRequested)) // down, slow, or an account got another password
                {
                    if (!told)
                        terminal.Say($"Demo traffic waits: {e.Message}");
                    told = true;
                }
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The demonstration stops.
        }
    }

    async Task OnceAsync(CancellationToken cancel)
    {
        if (!greeted && (await people.OwedAsync(Visited, cancel)).Count == 0)
            await people.AskAsync(counties.First(c => c != Visited), Visited, NotOnFile(Visited), Codes.RequestReasons[0], cancel);
        greeted = true;
        var (from, to) = Pair();
        var owed = await people.OwedAsync(to, cancel);
        if (owed.Count > OpenMax)
            await people.ReplyAsync(to, owed[^1], cancel);
        else
            await people.AskAsync(from, to, Random.Shared.Next(2) == 0 ? InventedPerson.Of(to, Random.Shared.Next(OnFile)) : NotOnFile(to),
                Codes.RequestReasons[Random.Shared.Next(Codes.RequestReasons.Count)], cancel);
    }

    static InventedPerson NotOnFile(string county) => InventedPerson.Of(county, 20_000 + Random.Shared.Next(50_000));

    (string From, string To) Pair()
    {
        var from = Random.Shared.Next(counties.Count);
        return (counties[from], counties[(from + 1 + Random.Shared.Next(counties.Count - 1)) % counties.Count]);
    }
}
