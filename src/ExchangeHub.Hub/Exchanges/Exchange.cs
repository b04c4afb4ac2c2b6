using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>An accepted message: what a later one may refer to.</summary>
public sealed record AcceptedMessage(Guid Id, string Kind, string From);

/// <summary>The receiver asked for more time.</summary>
/// <param name="Granted"><c>null</c>: the asker has not decided.</param>
public sealed record Extension(Guid RequestId, int WorkingDays, bool? Granted = null);

/// <summary>The asker disputed an answer.</summary>
/// <param name="Upheld"><c>null</c>: not answered yet; <c>false</c>: the answer was maintained, and a reviewer may rule.</param>
/// <param name="Ruling">One of <see cref="RulingOutcomes"/>.</param>
public sealed record Dispute(DateTimeOffset At, bool? Upheld = null, string? Ruling = null);

/// <summary>The state of one exchange, folded from its facts: what a decision needs and no more. Immutable.</summary>
public sealed record Exchange
{
    public required Guid Id { get; init; }
    public required string Asker { get; init; }
    /// <summary>The county that owes the answer.</summary>
    public required string Receiver { get; init; }
    /// <summary>The opening message's kind.</summary>
    public required string Kind { get; init; }
    public required Phase Phase { get; init; }
    public required Scope Scope { get; init; }
    /// <summary>A trial: in no figure.</summary>
    public bool Test { get; init; }
    public bool Urgent { get; init; }
    /// <summary>The request's reason code.</summary>
    public string? Reason { get; init; }
    /// <summary>The opening's acceptance: the delivery time, UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }
    /// <summary>The last fact's time, UTC: the next one is never before it.</summary>
    public required DateTimeOffset LastAt { get; init; }
    /// <summary>How many facts the stream holds; the next fact's <c>number</c> is one more.</summary>
    public int Facts { get; init; }
    /// <summary>The last <c>seq</c> delivered to the asker.</summary>
    public int SeqToAsker { get; init; }
    /// <summary>The last <c>seq</c> delivered to the receiver.</summary>
    public int SeqToReceiver { get; init; }
    public ImmutableList<AcceptedMessage> Messages { get; init; } = [];
    /// <summary>The latest reply's acceptance, UTC: the time to dispute counts from here.</summary>
    public DateTimeOffset? RepliedAt { get; init; }
    /// <summary>The latest reply's outcome.</summary>
    public string? Outcome { get; init; }
    /// <summary>The latest return's acceptance, UTC.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }
    public ImmutableList<Extension> Extensions { get; init; } = [];
    public ImmutableList<Dispute> Disputes { get; init; } = [];
    /// <summary>The exchange whose notice took this one's place.</summary>
    public Guid? SupersededBy { get; init; }
    /// <summary>When the hub has something to tell or to close next, by the policy of the day it was said; <c>null</c>: never, as things stand.</summary>
    public DateTimeOffset? LookAt { get; init; }
    /// <summary>Every obligation row, ended ones included; never more than two that have not ended.</summary>
    public ImmutableList<Owed> Owed { get; init; } = [];

    public bool IsParty(string county) => county == Asker || county == Receiver;

    public Side SideOf(string party) => party == Asker ? Side.Asker : Side.Receiver;

    /// <summary>The last accepted message of a kind; <c>null</c>: there is none.</summary>
    public Guid? LastOf(string kind) => Messages.FindLast(m => m.Kind == kind)?.Id;

    /// <summary>The other side of a party.</summary>
    public string OtherThan(string county) => county == Asker ? Receiver : Asker;

    /// <summary>Folds a stream from its beginning; <c>null</c> when it is empty.</summary>
    public static Exchange? Fold(IEnumerable<ExchangeEvent> facts) => facts.Aggregate(default(Exchange), Apply);

    /// <summary>The state after a fact.</summary>
    /// <exception cref="InvalidOperationException">A first fact that opens nothing, or a second opening: the stream is broken.</exception>
    public static Exchange Apply(Exchange? before, ExchangeEvent fact)
    {
        var on = (before, fact) switch
        {
            (null, Opened o) => Begin(o),
            ({ } state, not Opened) => state,
            _ => throw new InvalidOperationException($"{fact.GetType().Name} does not follow here."),
        };
        on = fact switch
        {
            MessageFact message => on.Heard(message).Told(message),
            HubFact => on.Told((HubFact)fact) with { SeqToAsker = on.SeqToAsker + 1, SeqToReceiver = on.SeqToReceiver + 1 },
            Superseded newer => on with { SupersededBy = newer.By },
            _ => throw new InvalidOperationException($"No fold for {fact.GetType().Name}."),
        };
        return on with { Facts = on.Facts + 1, LastAt = fact.At, Owed = Exchanges.Owed.Fold(on.Owed, fact) };
    }

    static Exchange Begin(Opened o) => new()
    {
        Id = o.ExchangeId,
        Asker = o.Asker,
        Receiver = o.Receiver,
        Kind = o.Kind,
        Phase = Phase.Open,
        Scope = o.Scope,
        Test = o.Test,
        Urgent = o.Urgent,
        Reason = o.Reason,
        OpenedAt = o.At,
        LastAt = o.At,
    };

    Exchange Heard(MessageFact fact)
    {
        var kind = MessageFacts.KindOf(fact, Kind);
        var side = MessageFacts.SideOf(fact);
        var heard = this with
        {
            Phase = Kinds.Submitted[kind].Within?.After(Kind) ?? Phase,
            Messages = Messages.Add(new AcceptedMessage(fact.MessageId, kind, side is Side.Asker ? Asker : Receiver)),
        };
        return side is Side.Asker ? heard with { SeqToReceiver = SeqToReceiver + 1 } : heard with { SeqToAsker = SeqToAsker + 1 };
    }

    // What later decisions need to know of it.
    Exchange Told(MessageFact fact) => fact switch
    {
        Answered a => this with { RepliedAt = a.At, Outcome = a.Outcome },
        Corrected c => this with { RepliedAt = c.At, Outcome = c.Outcome },
        AnsweredAgain a => this with { RepliedAt = a.At, Outcome = a.Outcome, Disputes = Last(Disputes, d => d with { Upheld = a.Upheld }) },
        ExtensionRequested e => this with { Extensions = Extensions.Add(new(e.MessageId, e.WorkingDays)) },
        ExtensionDecided e => this with { Extensions = Last(Extensions, x => x with { Granted = e.Granted }) },
        ReturnedByReceiver r => this with { ReturnedAt = r.At },
        DisputeRaised d => this with { Disputes = Disputes.Add(new(d.At)) },
        _ => this,
    };

    Exchange Told(HubFact fact) => fact switch
    {
        ClosedByHub => this with { Phase = Phase.Closed },
        Ruled r => this with { Disputes = Last(Disputes, d => d with { Ruling = r.Outcome }) },
        _ => this,
    };

    static ImmutableList<T> Last<T>(ImmutableList<T> list, Func<T, T> change) => list.SetItem(list.Count - 1, change(list[^1]));

    /// <summary>The state row's JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ExchangeJson.Default.Exchange);

    /// <returns><c>null</c>: the row was written before exchanges were extended or disputed and lacks what decisions need now; the stream has it all.</returns>
    /// <exception cref="JsonException">The row is broken.</exception>
    public static Exchange? FromJson(string json) =>
        (JsonSerializer.Deserialize(json, ExchangeJson.Default.Exchange) ?? throw new JsonException("The state row is empty.")) is { Disputes: not null, Extensions: not null } state ? state : null;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Exchange))]
sealed partial class ExchangeJson : JsonSerializerContext;
