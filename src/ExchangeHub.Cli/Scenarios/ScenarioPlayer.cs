using System.Globalization;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Node.Exchanges;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>
/// Plays a scenario's steps in a world through the node's own commands. Steps of one instant that do not build on each other are one act;
/// after each act the world comes to rest before time moves on.
/// </summary>
public sealed class ScenarioPlayer(World world, Action<int, int>? progress = null)
{
    /// <summary>Commands at once: sealing is what costs, and it uses every core.</summary>
    static readonly int Parallel = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Clerks are asked about people who are in no register.</summary>
    const int FirstOffFile = 10_000;

    readonly Dictionary<string, Asked[]> asked = new(StringComparer.Ordinal);
    int offFile = FirstOffFile;

    sealed record Asked(Guid ExchangeId, string From, string To);

    /// <exception cref="ScenarioFailedException">A county's own node refused a step.</exception>
    public async Task PlayAsync(Scenario scenario, CancellationToken cancel = default)
    {
        foreach (var (county, count) in scenario.Register ?? new Dictionary<string, int>())
            await world.ImportRegisterAsync(county, InventedPerson.RegisterFile(county, 0, count), cancel);
        for (var next = 0; next < scenario.Steps.Count;)
        {
            var act = ActFrom(scenario.Steps, next);
            await world.AdvanceToAsync(act[0].At.At, cancel);
            foreach (var step in act)
                await StepAsync(step, $"/steps/{next++}", cancel);
            if (world.HubIsUp)
                await world.QuietAsync(cancel: cancel);
            progress?.Invoke(next, scenario.Steps.Count);
        }
    }

    /// <summary>The steps from here on that belong to one instant and need nothing that another of them begins.</summary>
    static List<Step> ActFrom(IReadOnlyList<Step> steps, int first)
    {
        var act = new List<Step> { steps[first] };
        for (var i = first + 1; i < steps.Count && steps[i].At == steps[first].At && steps[i] is AskStep or ActStep; i++)
        {
            if (steps[i] is ActStep dependent && act.Any(s => s is AskStep ask && ask.As == dependent.Of || s is ActStep other && other.Of == dependent.Of && Overlap(other, dependent)))
                break;
            act.Add(steps[i]);
        }
        return act;
    }

    static bool Overlap(ActStep one, ActStep other) =>
        one.Skip < other.Skip + (other.Count ?? int.MaxValue / 2) && other.Skip < one.Skip + (one.Count ?? int.MaxValue / 2);

    Task StepAsync(Step step, string path, CancellationToken cancel) => step switch
    {
        AskStep ask => AskAsync(ask, path, cancel),
        AcknowledgeStep act => ActAsync(act, path, a => Commands.DoAsync(Clerk(a.To), a.ExchangeId, new Acknowledge(), cancel), cancel),
        ReplyStep act => ActAsync(act, path, a => Commands.DoAsync(Clerk(a.To), a.ExchangeId, ReplyOf(act), cancel), cancel),
        ReturnStep act => ActAsync(act, path, a => Commands.DoAsync(Clerk(a.To), a.ExchangeId, new Return(act.Reason, act.SuggestedTo), cancel), cancel),
        WithdrawStep act => ActAsync(act, path, a => Commands.DoAsync(Clerk(a.From), a.ExchangeId, new Withdraw(act.Reason), cancel), cancel),
        HubStep { State: HubState.Stopped } => world.StopHubAsync(cancel),
        HubStep => world.StartHubAsync(cancel),
        CalendarStep calendar => LoadAsync(calendar, cancel),
        _ => Task.CompletedTask, // a tick: the advance itself ran the deadline clock
    };

    ExchangeCommands Commands => world.Node.Services.GetRequiredService<ExchangeCommands>();

    static Author Clerk(string county) => new(county, $"clerk-{county}", $"{county} scenario");

    async Task AskAsync(AskStep ask, string path, CancellationToken cancel)
    {
        var first = ask.OnFile ? 0 : offFile;
        if (!ask.OnFile)
            offFile += ask.Count;
        var done = new Asked[ask.Count];
        await EachAsync(ask.Count, async n =>
        {
            var question = InventedPerson.Of(ask.To, first + n).Ask();
            var result = await Commands.SendAsync(Clerk(ask.From), new SendRequest(ask.To, question.CertificateType, question.CertificateNumber,
                question.HolderName, question.HolderId, question.IssuedOn?.ToString("O", CultureInfo.InvariantCulture), question.ValidUntil?.ToString("O", CultureInfo.InvariantCulture), question.Purpose, question.LegalBasis,
                Urgency: ask.Urgent ? "urgent" : null, ReasonCode: ask.Reason, Test: ask.Test), cancel);
            Check(result, path);
            done[n] = new Asked(result.ExchangeId, ask.From, ask.To);
        }, cancel);
        if (ask.As is { } name)
            asked[name] = done;
    }

    Task ActAsync(ActStep act, string path, Func<Asked, Task<CommandResult>> command, CancellationToken cancel)
    {
        var of = asked[act.Of].AsMemory(act.Skip, act.Count ?? asked[act.Of].Length - act.Skip);
        return EachAsync(of.Length, async n => Check(await command(of.Span[n]), path), cancel);
    }

    async Task LoadAsync(CalendarStep calendar, CancellationToken cancel)
    {
        var csv = "date,kind,occasion\n" + string.Concat(calendar.Days.Select(d => $"{d.Date:yyyy-MM-dd},{d.Kind},{d.Occasion}\n"));
        using var reader = new StringReader(csv);
        await HubSchema.ImportCalendarAsync(world.Servers.Database(world.Installation.HubDatabase), reader, ct: cancel);
        await world.RunDeadlineClockAsync(cancel);
    }

    static Reply ReplyOf(ReplyStep step) => new(step.Outcome, step.Reason, step.Outcome switch
    {
        Outcomes.Match => AskedFields.All.ToDictionary(f => f, _ => FieldMatch.Same),
        Outcomes.MatchWithDifferences => AskedFields.All.ToDictionary(f => f, f => f == "validUntil" ? FieldMatch.Different : FieldMatch.Same),
        _ => null,
    });

    static Task EachAsync(int count, Func<int, Task> one, CancellationToken cancel) =>
        System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancel },
            async (n, _) => await one(n));

    static void Check(CommandResult result, string path)
    {
        if (!result.Succeeded)
            throw new ScenarioFailedException($"{path}: the node refused: {string.Join(", ", result.Errors.Select(e => e.Code + " " + e.Field))}");
    }
}

/// <summary>A step could not be played as written.</summary>
public sealed class ScenarioFailedException(string message) : Exception(message);
