using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Reports;
using ExchangeHub.Web.Accounts;
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

    readonly Dictionary<string, Begun[]> begun = new(StringComparer.Ordinal);
    readonly Verdicts verdicts = new(world);
    int offFile = FirstOffFile;

    /// <summary>The exchange that a played step opened.</summary>
    public (Guid Id, string Asker) ExchangeOf(string name, int index) => (begun[name][index].Id, begun[name][index].From);

    /// <exception cref="ScenarioFailedException">A county's own node, or the hub, refused a step that it should take, or took one that it should refuse.</exception>
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
            {
                await world.QuietAsync(cancel: cancel);
                await verdicts.JudgeAsync(cancel);
            }
            progress?.Invoke(next, scenario.Steps.Count);
        }
    }

    /// <summary>The steps from here on that belong to one instant and need nothing that another of them begins.</summary>
    static List<Step> ActFrom(IReadOnlyList<Step> steps, int first)
    {
        var act = new List<Step> { steps[first] };
        for (var i = first + 1; i < steps.Count && steps[i].At == steps[first].At && steps[i] is ExchangeStep next && !act.Exists(s => s is ExchangeStep one && NeedsRest(one, next)); i++)
            act.Add(steps[i]);
        return act;
    }

    static bool NeedsRest(ExchangeStep before, ExchangeStep after)
    {
        var name = after is ActStep act ? act.Of : (after as AskStep)?.Follows;
        return name is not null && before switch
        {
            AskStep ask => ask.As == name || ask.Follows == name,
            ActStep other => other.Of == name && (after is not ActStep a || Overlap(other, a)) || other is ResendStep { As: { } again } && again == name,
            _ => false,
        };
    }

    static bool Overlap(ActStep one, ActStep other) =>
        one.Skip < other.Skip + (other.Count ?? int.MaxValue / 2) && other.Skip < one.Skip + (one.Count ?? int.MaxValue / 2);

    Task StepAsync(Step step, string path, CancellationToken cancel) => step switch
    {
        AskStep ask => AskAsync(ask, path, cancel),
        MoveStep act => EachAsync(Of(act), async (of, _) => Note(path, act, await Commands.DoAsync(Clerk(act.By is Side.Asker ? of.From : of.To), of.Id, act.Move(of), cancel)), cancel),
        ResendStep act => ResendAsync(act, path, cancel),
        RuleStep act => EachAsync(Of(act), (of, _) => RuleAsync(act, of, path, cancel), cancel),
        SignInStep clerk => world.SignInAtNodeAsync($"clerk-{clerk.From}", Roles.Clerk, clerk.From, cancel),
        ReportStep report => ReportAsync(report, path, cancel),
        HubStep { State: HubState.Stopped } => world.StopHubAsync(cancel),
        HubStep => world.StartHubAsync(cancel),
        CalendarStep calendar => LoadAsync(calendar, cancel),
        _ => Task.CompletedTask, // a tick: the advance itself ran the deadline clock
    };

    ExchangeCommands Commands => world.Node.Services.GetRequiredService<ExchangeCommands>();

    static Author Clerk(string county) => new(county, $"clerk-{county}", $"{county} scenario");

    async Task AskAsync(AskStep ask, string path, CancellationToken cancel)
    {
        if (ask.StateOn is not null)
            await HeardOfAsync(ask, cancel);
        var first = ask.OnFile ? 0 : offFile;
        var followed = ask.Follows is { } earlier ? begun[earlier] : null;
        if (!ask.OnFile && followed is null)
            offFile += ask.Count;
        var done = new Begun[ask.Count];
        await EachAsync(done, async (_, n) =>
        {
            var about = followed?[n].About ?? InventedPerson.Of(ask.To, first + n);
            var result = await Commands.SendAsync(Clerk(ask.From), OpeningOf(ask, about, followed?[n].Id), cancel);
            Note(path, ask, result);
            done[n] = new Begun(result.ExchangeId, ask.Kind, ask.From, ask.To, about);
        }, cancel);
        if (ask.As is { } name)
            begun[name] = done;
    }

    /// <summary>Nodes tell what they take when they start; only a county that has heard of it asks in the newest version.</summary>
    Task<MemberState> HeardOfAsync(AskStep ask, CancellationToken cancel)
    {
        var member = world.Node.Services.GetRequiredService<HostedCounties>().Find(ask.From)!.Member;
        var newest = Kinds.Submitted[ask.Kind].Types.Last();
        return member.WhenAsync(_ => member.Directory?.Find(ask.To)?.Takes.Contains(newest) == true, cancel);
    }

    static Opening OpeningOf(AskStep ask, InventedPerson about, Guid? follows)
    {
        var q = about.Ask();
        return ask.Kind switch
        {
            Kinds.CertificateVerificationRequest => new SendRequest(ask.To, q.CertificateType, q.CertificateNumber, q.HolderName, q.HolderId, Day(q.IssuedOn!.Value),
                Day(q.ValidUntil!.Value), q.Purpose, q.LegalBasis, Urgency: Urgency(), ReasonCode: ask.Reason, Follows: follows, Test: ask.Test),
            // A register knows who somebody is; the other items are a clerk's.
            Kinds.AssistanceCheckRequest => new SendCheck(ask.To, q.HolderName, q.HolderId, ask.OnFile ? [Codes.CheckItems[0]] : Codes.CheckItems, q.Purpose, q.LegalBasis,
                StateOn: ask.StateOn is { } on ? Day(on) : null, Urgency: Urgency(), ReasonCode: ask.Reason, Follows: follows, Test: ask.Test),
            _ => new SendNotice(ask.Kind, ask.To, q.HolderName, q.HolderId, Day(WireTime.DayOf(ask.At.At)), q.Purpose, q.LegalBasis,
                Supersedes: ask.Supersedes ? follows : null, Follows: ask.Supersedes ? null : follows, Test: ask.Test),
        };

        string? Urgency() => ask.Urgent ? Codes.Urgencies[0] : null;
        static string Day(DateOnly day) => WireTime.Format(day);
    }

    async Task ResendAsync(ResendStep act, string path, CancellationToken cancel)
    {
        var done = new Begun[Of(act).Length];
        await EachAsync(Of(act), async (of, n) =>
        {
            var result = await Commands.AskAgainAsync(Clerk(of.From), of.Id, cancel);
            Note(path, act, result);
            if (result.Succeeded)
                done[n] = of with { Id = result.ExchangeId, To = await SuggestedAsync(of, cancel) };
        }, cancel);
        if (act.As is { } name)
            begun[name] = done;
    }

    async Task<string> SuggestedAsync(Begun of, CancellationToken cancel) =>
        (await world.Node.Services.GetRequiredService<ExchangeQueries>().FindAsync(of.From, of.Id, cancel))!.Exchange.SuggestedTo!;

    async Task RuleAsync(RuleStep act, Begun of, string path, CancellationToken cancel)
    {
        var province = of.To[..2] + "0000";
        var reviewer = new HubInterface(world.Installation.HubUrl, await world.SignInAtHubAsync($"reviewer-{province}", Roles.Reviewer, province: province, cancel: cancel));
        Verdicts.Compare(path, act.Refused, await reviewer.RuleAsync(of.Id, act.Outcome, cancel) is { } code ? [code] : []);
    }

    Begun[] Of(ActStep act) => begun[act.Of][act.Skip..(act.Skip + (act.Count ?? begun[act.Of].Length - act.Skip))];

    void Note(string path, ExchangeStep step, CommandResult result) => verdicts.Note(path, step.Refused, result.MessageId, result.Errors);

    async Task ReportAsync(ReportStep step, string path, CancellationToken cancel)
    {
        var (sent, errors) = await world.Node.Services.GetRequiredService<DailyReports>().SendAsync(step.From, step.On, automatic: false, cancel);
        verdicts.Note(path, refused: null, sent?.MessageId ?? default, errors);
    }

    async Task LoadAsync(CalendarStep calendar, CancellationToken cancel)
    {
        var csv = "date,kind,occasion\n" + string.Concat(calendar.Days.Select(d => $"{d.Date:yyyy-MM-dd},{d.Kind},{d.Occasion}\n"));
        using var reader = new StringReader(csv);
        await HubSchema.ImportCalendarAsync(world.Servers.Database(world.Installation.HubDatabase), reader, ct: cancel);
        await world.RunDeadlineClockAsync(cancel);
    }

    static Task EachAsync<T>(T[] of, Func<T, int, Task> one, CancellationToken cancel) =>
        System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, of.Length), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancel },
            async (n, _) => await one(of[n], n));
}

/// <summary>A step could not be played as written.</summary>
public sealed class ScenarioFailedException(string message) : Exception(message);
