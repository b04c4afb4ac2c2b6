using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Reports;

namespace ExchangeHub.Hub.Ledger;

/// <summary>Goes through a batch in order of arrival and lets the pure core decide. No clock, no I/O: all it needs was read and locked before.</summary>
/// <param name="at">The batch's reading of the business clock.</param>
/// <param name="seen">What was said before, by (county, message id).</param>
/// <param name="locked">The state of every exchange the batch may change or follow; <c>null</c>: there is none yet.</param>
sealed class BatchFold(string hub, DateTimeOffset at, DeadlineRules rules,
    IReadOnlyDictionary<(string County, Guid MessageId), Seen> seen, IReadOnlyDictionary<Guid, Exchange?> locked)
{
    readonly BatchDraft draft = new(at);
    readonly Dictionary<(string, Guid), byte[]> inThisBatch = [];

    public BatchDraft Fold(IEnumerable<Work> batch)
    {
        foreach (var work in batch)
            _ = work switch
            {
                Work.Judge judge => Judge(judge.Message, judge.Screened, rules, replayed: false),
                Work.Replay replay => Replay(replay),
                Work.Hold hold => Hold(hold),
                Work.Duty duty => Do(duty.ExchangeId, duty.Command),
                Work.Announce announce => Announce(announce),
                _ => throw new InvalidOperationException($"No way to do {work.GetType().Name}."),
            };
        return draft;
    }

    string Replay(Work.Replay replay)
    {
        if (Known(replay.Message, (replay.Message.County!, replay.Message.MessageId!.Value), replayed: true) is { } before)
        {
            // Judged before: its sender is answered again, the row is settled, and no deadline moves for it.
            draft.Replayed[replay.QuarantineId] = before;
            return before;
        }
        // What the hub kept lying is nobody's lateness: first the deadlines move, then the message is judged, its windows by the same outage.
        var lying = new Outage(replay.HeldAt, at);
        if (replay.Message.Submission is { } held && locked.GetValueOrDefault(held.Header.ExchangeId)?.IsParty(replay.Message.County!) == true)
            Do(held.Header.ExchangeId, new HubCommand.MoveForOutage(lying));
        var verdict = Judge(replay.Message, replay.Screened, rules.With(lying), replayed: true);
        draft.Replayed[replay.QuarantineId] = verdict;
        return verdict;
    }

    string Judge(Incoming message, IReadOnlyList<Refusal> screened, DeadlineRules by, bool replayed)
    {
        var key = (message.County!, message.MessageId!.Value);
        if (Known(message, key, replayed) is { } verdict)
            return verdict;
        inThisBatch[key] = message.Digest;
        if (screened.Count > 0)
            return Refuse(message, screened);
        var header = message.Submission!.Header;
        if (header.SentAt - at > Limits.SentAtAheadMax || at - header.SentAt > Limits.SentAtBehindMax)
            return Refuse(message, [new(RefusalCodes.SentAtOutOfRange, "/header/sentAt")]);
        if (Kinds.Submitted[header.Kind].ToHub)
            return Keep(message);

        var thread = ThreadOf(header.ExchangeId);
        var followed = header.Follows is { } follows ? ThreadOf(follows).After : null;
        switch (ExchangeDecider.Decide(thread.After, header, followed, at, by))
        {
            case Decision.Refused refused:
                return Refuse(message, refused.Reasons);
            case Decision.Accepted accepted:
                var told = accepted.Tellings.OfType<Telling.Message>().Single();
                var index = draft.Say(told.Statement(header, message.Submission.Digest, accepted.At));
                draft.Submissions.Add(new(key.Item1, key.Item2, message.Digest, index, Verdicts.Accepted, []));
                draft.Receipts.Add((key.Item1, index));
                draft.Deliveries.Add(new(index, told.To, header.ExchangeId, told.Seq, Kinds.TypeOf(header.Kind, header.Version), header.MessageId, header.From,
                    message.Body, message.Properties.TraceParent, accepted.At, Kinds.Submitted[header.Kind].Opens));
                draft.AcceptedKinds.Add(header.Kind);
                Take(thread, header.ExchangeId, accepted);
                TellEvents(header.ExchangeId, accepted);
                if (accepted.ForFollowed is { } command)
                    Do(header.Follows!.Value, command);
                return Verdicts.Accepted;
            case var decision:
                throw new InvalidOperationException($"No way to take {decision.GetType().Name}.");
        }
    }

    // The duplicate test. Same bytes: the same statement again. Other bytes under a used id: a fresh refusal each time; the first stands.
    string? Known(Incoming message, (string County, Guid MessageId) key, bool replayed)
    {
        if (inThisBatch.TryGetValue(key, out var digest))
            return digest.AsSpan().SequenceEqual(message.Digest) ? Verdicts.Accepted : Reused(message); // the receipt of this batch answers both
        if (!seen.TryGetValue(key, out var before) || (replayed && before.Verdict == Verdicts.Held))
            return null;
        if (!before.Digest.AsSpan().SequenceEqual(message.Digest))
            return Reused(message);
        draft.Repeats.Add((key.County, before));
        return before.Verdict;
    }

    string Reused(Incoming message)
    {
        Tell(message, [new(RefusalCodes.MessageIdReused, "/properties/message-id")]);
        return Verdicts.Refused;
    }

    string Refuse(Incoming message, IReadOnlyList<Refusal> refusals)
    {
        var (index, codes) = Tell(message, refusals);
        draft.Submissions.Add(new(message.County!, message.MessageId!.Value, message.Digest, index, Verdicts.Refused, codes));
        return Verdicts.Refused;
    }

    (int Index, IReadOnlyList<string> Codes) Tell(Incoming message, IReadOnlyList<Refusal> refusals)
    {
        var statement = RefusedStatement.Of(hub, message.County!, message.MessageId!.Value, B64u.Encode(message.Digest), at, refusals);
        var index = draft.Say(statement);
        draft.Receipts.Add((message.County!, index));
        draft.RefusedCodes.Add(statement.Reasons);
        return (index, statement.Reasons);
    }

    string Hold(Work.Hold hold)
    {
        var message = hold.Message;
        var key = (message.County!, message.MessageId!.Value);
        if (Known(message, key, replayed: false) is { } verdict)
            return verdict;
        inThisBatch[key] = message.Digest;
        var index = draft.Say(new HeldStatement(hub, key.Item1, key.Item2, B64u.Encode(message.Digest), at));
        draft.Submissions.Add(new(key.Item1, key.Item2, message.Digest, index, Verdicts.Held, []));
        draft.Receipts.Add((key.Item1, index));
        draft.Quarantine.Add(new(Guid.CreateVersion7(at), hold.Reason, message, hold.MayBeKept));
        return Verdicts.Held;
    }

    string Do(Guid exchangeId, HubCommand command)
    {
        var thread = ThreadOf(exchangeId);
        if (thread.After is not { } state)
            return Verdicts.Refused;
        var done = ExchangeDecider.Decide(state, command, at, rules);
        TellEvents(exchangeId, done);
        draft.OverdueDuties.AddRange(done.Facts.OfType<WentOverdue>().Select(w => w.Duty));
        Take(thread, exchangeId, done);
        return Verdicts.Accepted;
    }

    // A report stands in no exchange: it is kept, and its sender gets a receipt.
    string Keep(Incoming message)
    {
        var (header, key) = (message.Submission!.Header, (message.County!, message.MessageId!.Value));
        var index = draft.Say(new AcceptedReportStatement(hub, header.From, header.To, header.MessageId, header.Kind, header.Version, message.Submission.Digest, at) { Test = header.Test });
        draft.Submissions.Add(new(key.Item1, key.Item2, message.Digest, index, Verdicts.Accepted, []));
        draft.Receipts.Add((key.Item1, index));
        draft.Reports.Add(new(header.From, header.MessageId, header.SentAt, at, header.Test, SignedReport.Read(message.Submission)));
        draft.AcceptedKinds.Add(header.Kind);
        return Verdicts.Accepted;
    }

    void TellEvents(Guid exchangeId, Decision.Accepted done)
    {
        foreach (var told in done.Tellings.OfType<Telling.Event>())
        {
            var eventId = Guid.CreateVersion7(at);
            var index = draft.Say(told.Statement(hub, eventId, exchangeId, done.At));
            draft.Deliveries.Add(new(index, told.To, exchangeId, told.Seq, Kinds.TypeOf(told.Kind, 1), eventId, null, null, null, done.At, Opens: false));
        }
    }

    string Announce(Work.Announce announce)
    {
        var eventId = Guid.CreateVersion7(at);
        var index = draft.Say(new EventStatement(hub, announce.County, eventId, Kinds.RegistryChange, 1, at) { Snapshot = announce.Snapshot, Directory = announce.Directory });
        draft.Deliveries.Add(new(index, announce.County, null, null, Kinds.TypeOf(Kinds.RegistryChange, 1), eventId, null, null, null, at, Opens: false));
        return Verdicts.Accepted;
    }

    void Take(BatchDraft.Thread thread, Guid exchangeId, Decision.Accepted accepted)
    {
        thread.Facts.AddRange(accepted.Facts);
        thread.After = accepted.After;
        draft.Threads[exchangeId] = thread;
    }

    BatchDraft.Thread ThreadOf(Guid exchangeId) =>
        draft.Threads.TryGetValue(exchangeId, out var thread) ? thread : new BatchDraft.Thread(locked.GetValueOrDefault(exchangeId));
}
