using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Intake;
using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>A county's node, as little of it as the wire demands: it keeps what it sends until the receipt, has one message per exchange under way,
/// sends the same bytes again, and applies by <c>seq</c>, fetching what is missing.</summary>
sealed class SimCounty(string code, World world)
{
    public string Code => code;

    readonly Dictionary<Guid, Talk> talks = [];
    readonly Dictionary<Guid, Sent> sent = [];
    readonly List<Talk> active = [];
    readonly List<Talk> sending = [];

    public IReadOnlyDictionary<Guid, Talk> Talks => talks;
    public IEnumerable<Sent> AllSent => sent.Values;
    public bool HasToSend => sending.Count > 0;

    /// <summary>A clerk does something, or lets it be.</summary>
    /// <returns>Whether anything happened; so all that follow.</returns>
    public bool Act()
    {
        if (active.Count < 14 || world.Chance.PerMille(40))
        {
            var (opening, follows) = Inventions.Opening(code, active, world);
            var talk = new Talk(opening.Exchange, code, opening.To, isAsker: true, opening.Kind, opening.Test);
            talks.TryAdd(talk.Id, talk);
            talk = talks[talk.Id];
            if (!active.Contains(talk))
                active.Add(talk);
            Queue(talk, opening, follows);
            return true;
        }
        var on = world.Chance.Of(active);
        if (on.ToSend.Count < 2 && Inventions.Move(on, world) is { } move)
        {
            Queue(on, move, null);
            return true;
        }
        if (on.Phase is "Closed" or "Withdrawn" && on.ToSend.Count == 0)
            active.Remove(on); // done with
        return false;
    }

    void Queue(Talk talk, Intent intent, string? caseNumber)
    {
        var message = new Sent(intent, Written(intent, caseNumber));
        sent.Add(intent.Id, message);
        world.Intents.Add(intent.Id, intent);
        if (talk.ToSend.Count == 0)
            sending.Add(talk);
        talk.ToSend.Enqueue(message);
    }

    /// <summary>Publishes one message that has no receipt, for the first time or again.</summary>
    public bool Publish()
    {
        if (sending.Count == 0)
            return false;
        var message = world.Chance.Of(sending).ToSend.Peek();
        if (message.WasPublished && !world.IsEnding && world.Chance.PerMille(700))
            return false; // it waits a little longer
        message.WasPublished = true;
        world.Broker.Submit(message.Bytes);
        return true;
    }

    /// <summary>By its own mistake it sends other bytes under an id that was judged.</summary>
    public bool Reuse()
    {
        if (sent.Count == 0 || sent.ElementAt(world.Chance.Below(Math.Min(sent.Count, 50))) is not { Value: { IsFinal: true } old })
            return false;
        world.Broker.Submit(Written(old.Intent, null, "b3RoZXI"));
        return true;
    }

    /// <summary>Takes one message from its queue; a crash may come before it is applied, or after that and before it is acknowledged.</summary>
    public void Receive()
    {
        var parcel = world.Broker.TakeFor(code);
        var fate = world.IsEnding ? 999 : world.Chance.Below(1000);
        if (fate >= 30)
            Take(parcel);
        if (fate < 60)
            world.Broker.GiveBack(parcel);
    }

    void Take(Parcel parcel)
    {
        if (parcel.Exchange is not { } exchange)
        {
            TakeReceipt(parcel.Said);
            return;
        }
        if (!talks.TryGetValue(exchange, out var talk))
        {
            // The first that is seen may be a later one: the opening comes with the gap.
            var opening = (AcceptedStatement)world.Store.Feed(code, exchange, 1).First().Said;
            talks[exchange] = talk = new Talk(exchange, code, opening.From, isAsker: false, opening.Kind, opening.Test);
            active.Add(talk);
        }
        if (parcel.Seq <= talk.Seq)
            return; // has it
        foreach (var next in parcel.Seq == talk.Seq + 1 ? [parcel] : world.Store.Feed(code, exchange, talk.Seq + 1))
        {
            talk.Apply(next.Said);
            talk.Seq = next.Seq;
        }
    }

    void TakeReceipt(Statement said)
    {
        var (id, digest) = said switch
        {
            AcceptedStatement a => (a.MessageId, a.Digest),
            RefusedStatement r => (r.MessageId, r.Digest),
            HeldStatement h => (h.MessageId, h.Digest),
            _ => throw new SimulationException($"{said.GetType().Name} is no receipt."),
        };
        var message = sent[id];
        if (digest != message.Bytes.Submission!.Digest)
            return; // it speaks of other bytes: no receipt
        if (message.IsFinal)
        {
            if (said is not HeldStatement && !said.Write().AsSpan().SequenceEqual(message.Receipt!.Write()))
                throw new SimulationException($"{id} of {code} got two verdicts: {message.Receipt} and {said}.");
            return;
        }
        var first = message.Receipt is null;
        message.Receipt = said;
        var talk = talks[message.Intent.Exchange];
        if (said is AcceptedStatement accepted)
            talk.Apply(accepted);
        if (!first)
            return;
        talk.ToSend.Dequeue();
        if (talk.ToSend.Count == 0)
            sending.Remove(talk);
    }

    Incoming Written(Intent m, string? caseNumber, string token = "c2VhbGVk")
    {
        var header = new Header(1, World.Hub, m.Id, m.Exchange, m.Kind, 1, m.From, m.To, world.Now)
        {
            InReplyTo = m.InReplyTo,
            Supersedes = m.Supersedes,
            Follows = m.Follows,
            CaseNumber = caseNumber,
            Urgency = m.Urgent ? "urgent" : null,
            Outcome = m.Outcome,
            ReasonCode = m.Reason,
            Decision = m.Kind == "extension-decision" ? m.Grants ? "granted" : "denied" : null,
            WorkingDays = m.Days > 0 ? m.Days : null,
            Changed = m.Changed,
            Test = m.Test,
        };
        var incoming = Incoming.Read(Submission.Write(header.Write(), token),
            new(BrokerNames.RoutingKey(m.Kind, 1, m.From), m.From, m.Id.ToString(), m.Exchange.ToString(), Kinds.TypeOf(m.Kind, 1), "application/json", 2, null, []));
        return incoming.Submission is null
            ? throw new SimulationException($"A {m.Kind} was not well formed: {string.Join(", ", incoming.BodyRefusals)}.")
            : incoming;
    }
}
