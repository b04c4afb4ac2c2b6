using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>An accepted message: what a later one may refer to.</summary>
public sealed record AcceptedMessage(Guid Id, string Kind, string From);

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
    /// <summary>Every obligation row, ended ones included; never more than two that have not ended.</summary>
    public ImmutableList<Owed> Owed { get; init; } = [];

    public bool IsParty(string county) => county == Asker || county == Receiver;

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
            Opened o => on.Heard(o, on.Kind),
            Acknowledged a => on.Heard(a, Kinds.Acknowledgement),
            Answered a => on.Heard(a, Kinds.FeedbackReply),
            Corrected c => on.Heard(c, Kinds.FeedbackReply),
            ReturnedByReceiver r => on.Heard(r, Kinds.Return),
            WithdrawnByAsker w => on.Heard(w, Kinds.Withdrawal),
            HubFact => on with { SeqToAsker = on.SeqToAsker + 1, SeqToReceiver = on.SeqToReceiver + 1 },
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

    Exchange Heard(MessageFact fact, string kind)
    {
        var rule = Kinds.Submitted[kind].Within;
        var byAsker = rule is null or { By: Side.Asker };
        var heard = this with
        {
            Phase = rule?.To ?? Phase,
            Messages = Messages.Add(new AcceptedMessage(fact.MessageId, kind, byAsker ? Asker : Receiver)),
        };
        return byAsker ? heard with { SeqToReceiver = SeqToReceiver + 1 } : heard with { SeqToAsker = SeqToAsker + 1 };
    }

    /// <summary>The state row's JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ExchangeJson.Default.Exchange);

    /// <exception cref="JsonException">The row is broken.</exception>
    public static Exchange FromJson(string json) =>
        JsonSerializer.Deserialize(json, ExchangeJson.Default.Exchange) ?? throw new JsonException("The state row is empty.");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Exchange))]
sealed partial class ExchangeJson : JsonSerializerContext;
