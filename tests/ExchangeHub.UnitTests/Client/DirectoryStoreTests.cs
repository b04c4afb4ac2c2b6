using System.Text;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Client;

public sealed class DirectoryStoreTests : IDisposable
{
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
    readonly string folder = Directory.CreateTempSubdirectory("exchangehub-store").FullName;
    readonly SigningHub hub;
    readonly CountyFolder asker;
    readonly CountyFolder receiver;
    DirectoryStore store;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DirectoryStoreTests()
    {
        hub = new SigningHub(new Clocks(time, time));
        asker = hub.Enrol("330109");
        receiver = hub.Enrol("340221");
        store = DirectoryStore.Open(folder, time);
    }

    public void Dispose()
    {
        store.Dispose();
        asker.Dispose();
        receiver.Dispose();
        hub.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    string JournalFile => Path.Combine(folder, "journal");

    void Reopen(long? compactAtBytes = null)
    {
        store.Dispose();
        store = compactAtBytes is { } bytes ? DirectoryStore.Open(folder, time, bytes) : DirectoryStore.Open(folder, time);
    }

    OutgoingMessage Request(Guid? exchange = null, string note = "", Guid? follows = null)
    {
        var header = new Header(1, SigningHub.Id, Guid.NewGuid(), exchange ?? Guid.NewGuid(), exchange is null ? Kinds.CertificateVerificationRequest : Kinds.Withdrawal, 1,
            "330109", "340221", time.GetUtcNow())
        { Follows = follows };
        var content = Contents.Write(new NoteContent(note));
        var body = Sealer.Seal(header, content, asker.SigningKeyAt(hub.Ring, hub.Clocks.Now)!, hub.Ring.SealingKey("340221", hub.Clocks.Now)!.Jwk);
        time.Advance(TimeSpan.FromMilliseconds(1));
        return new OutgoingMessage(header, body, B64u.Hash(body), content) { TraceParent = "00-1-2-01" };
    }

    [Fact]
    public async Task A_correction_sent_right_after_its_notice_waits_for_the_notices_receipt()
    {
        var (notice, unrelated) = (Request(), Request());
        var correction = Request(follows: notice.Header.ExchangeId);
        foreach (var message in new[] { notice, correction, unrelated })
            await store.AddOutgoingAsync(message, Ct);
        (await DueAsync()).ShouldBe([notice.Header.MessageId, unrelated.Header.MessageId]);
        await store.ApplyAsync([ReceiptOf(notice)], Ct);
        (await DueAsync()).ShouldBe([unrelated.Header.MessageId, correction.Header.MessageId]);

        async Task<IEnumerable<Guid>> DueAsync() => (await store.DueAsync(time.GetUtcNow(), 10, Ct)).Select(m => m.Header.MessageId);
    }

    Incoming.Message Delivered(OutgoingMessage message, int seq)
    {
        var accepted = hub.Accept(message.Body, seq);
        return new Incoming.Message(message.Header, message.Content, message.Body, accepted, hub.Stamp(accepted)[0], B64u.Encode(MerkleTree.HashLeaf(accepted.Write())));
    }

    Incoming.Receipt ReceiptOf(OutgoingMessage message, Func<AcceptedStatement, Statement>? made = null)
    {
        var statement = (made ?? (a => a))(hub.Accept(message.Body, 1));
        return new Incoming.Receipt(message.Header.MessageId, statement, hub.Stamp(statement)[0]);
    }

    async Task<List<Guid>> DueAsync() => [.. (await store.DueAsync(DateTimeOffset.MaxValue, 100, Ct)).Select(m => m.Header.MessageId)];

    [Fact]
    public async Task A_stored_message_is_the_same_bytes_after_a_restart()
    {
        var message = Request(note: "说明");
        await store.AddOutgoingAsync(message, Ct);
        Reopen();
        var due = (await store.DueAsync(time.GetUtcNow(), 10, Ct)).ShouldHaveSingleItem();
        due.Body.ShouldBe(message.Body);
        due.Content.ShouldBe(message.Content);
        due.TraceParent.ShouldBe(message.TraceParent);
        due.Header.ShouldBe(message.Header);
        (await store.OutgoingCountAsync(Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_first_message_of_an_exchange_is_due_until_its_receipt()
    {
        var first = Request();
        var second = Request(first.Header.ExchangeId);
        var other = Request();
        await store.AddOutgoingAsync(first, Ct);
        await store.AddOutgoingAsync(second, Ct);
        await store.AddOutgoingAsync(other, Ct);
        (await DueAsync()).ShouldBe([first.Header.MessageId, other.Header.MessageId]);
        await store.PublishedAsync([new(first.Header.MessageId, 1, time.GetUtcNow().AddSeconds(60))], Ct);
        (await store.DueAsync(time.GetUtcNow(), 10, Ct)).ShouldHaveSingleItem().Header.MessageId.ShouldBe(other.Header.MessageId);
        await store.ApplyAsync([ReceiptOf(first)], Ct);
        (await DueAsync()).ShouldBe([second.Header.MessageId, other.Header.MessageId]);
        Reopen();
        (await DueAsync()).ShouldBe([second.Header.MessageId, other.Header.MessageId]);
    }

    [Fact]
    public async Task A_held_message_frees_its_exchange_and_the_final_statement_replaces_it()
    {
        var first = Request();
        var second = Request(first.Header.ExchangeId);
        await store.AddOutgoingAsync(first, Ct);
        await store.AddOutgoingAsync(second, Ct);
        await store.ApplyAsync([ReceiptOf(first, a => new HeldStatement(a.Hub, a.From, a.MessageId, a.Digest, a.AcceptedAt))], Ct);
        (await DueAsync()).ShouldBe([second.Header.MessageId]);
        var statement = store.StatementOf(first.Header.MessageId, Ct);
        statement.IsCompleted.ShouldBeFalse();
        await store.ApplyAsync([ReceiptOf(first)], Ct);
        (await statement).ShouldBeOfType<AcceptedStatement>();
        await store.ApplyAsync([ReceiptOf(first, a => RefusedStatement.Of(a.Hub, a.From, a.MessageId, a.Digest, a.AcceptedAt, [new(RefusalCodes.WrongHub, "")]))], Ct);
        (await store.StatementOf(first.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>("the first final statement stands");
    }

    [Fact]
    public async Task An_own_message_learnt_from_the_hub_is_given_out_once_and_stays_known()
    {
        var lost = Request();
        var receipt = ReceiptOf(lost);
        var accepted = receipt.Statement.ShouldBeOfType<AcceptedStatement>();
        var recovered = new Incoming.Recovered(lost.Header, lost.Body, accepted, receipt.Stamp);
        await store.ApplyAsync([recovered, recovered], Ct);
        await store.SetCursorAsync(Feeds.Receipts, "r1", Ct);
        Reopen(compactAtBytes: 0);
        (await store.RecallAsync([lost.Header.ExchangeId, Guid.NewGuid()], [], Ct)).Here.ShouldBe([lost.Header.ExchangeId]);
        (await store.OwnAsync([lost.Header.MessageId], Ct))[lost.Header.MessageId].ShouldBe(new OwnMessage(accepted.Digest, Settled: true));
        (await store.CursorAsync(Feeds.Receipts, Ct)).ShouldBe("r1");
        var (id, item) = await store.NextAsync(Ct);
        item.ShouldBeOfType<Incoming.Recovered>().Header.ShouldBe(lost.Header);
        await store.HandledAsync(id, Ct);
        Reopen(compactAtBytes: 0);
        store.NextAsync(Ct).IsCompleted.ShouldBeFalse();
        await store.ApplyAsync([recovered], Ct);
        store.NextAsync(Ct).IsCompleted.ShouldBeFalse();
        (await store.OutgoingCountAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_received_is_known_again_and_given_out_until_it_was_handled()
    {
        var message = Request();
        var delivered = Delivered(message, 1);
        await store.ApplyAsync([delivered], Ct);
        await store.ApplyAsync([delivered], Ct);
        await store.SetCursorAsync(Feeds.Deliveries, "c1", Ct);
        Reopen();
        var remembered = await store.RecallAsync([message.Header.ExchangeId], [("330109", message.Header.MessageId), ("330109", Guid.NewGuid())], Ct);
        remembered.LastSeq[message.Header.ExchangeId].ShouldBe(1);
        remembered.Applied.ShouldBe([("330109", message.Header.MessageId)]);
        (await store.LeafHashAsync(message.Header.ExchangeId, 1, Ct)).ShouldBe(delivered.LeafHash);
        (await store.CursorAsync(Feeds.Deliveries, Ct)).ShouldBe("c1");
        var (id, item) = await store.NextAsync(Ct);
        var again = item.ShouldBeOfType<Incoming.Message>();
        again.Content.ShouldBe(delivered.Content);
        again.Header.ShouldBe(delivered.Header);
        again.Accepted.ShouldBe(delivered.Accepted);
        await store.HandledAsync(id, Ct);
        Reopen();
        store.NextAsync(Ct).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_torn_last_line_is_cut_off_and_everything_before_it_stands()
    {
        var kept = Request();
        await store.AddOutgoingAsync(kept, Ct);
        var whole = new FileInfo(JournalFile).Length;
        await store.AddOutgoingAsync(Request(), Ct);
        store.Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalFile, Ct);
        foreach (var cut in new[] { whole + 1, whole + 44, (whole + bytes.Length) / 2, bytes.Length - 1 })
        {
            await File.WriteAllBytesAsync(JournalFile, bytes[..(int)cut], Ct);
            store = DirectoryStore.Open(folder, time);
            (await DueAsync()).ShouldBe([kept.Header.MessageId], $"cut at {cut} of {bytes.Length}");
            new FileInfo(JournalFile).Length.ShouldBe(whole);
            await store.AddOutgoingAsync(Request(), Ct);
            Reopen();
            (await store.OutgoingCountAsync(Ct)).ShouldBe(2);
            store.Dispose();
        }
        store = DirectoryStore.Open(folder, time);
    }

    [Fact]
    public async Task A_batch_is_applied_whole_or_not_at_all()
    {
        var (one, two) = (Request(), Request());
        await store.SetCursorAsync(Feeds.Deliveries, "before", Ct);
        var before = new FileInfo(JournalFile).Length;
        await store.ApplyAsync([Delivered(one, 1), Delivered(two, 1)], Ct);
        store.Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalFile, Ct);
        await File.WriteAllBytesAsync(JournalFile, bytes[..^10], Ct);
        store = DirectoryStore.Open(folder, time);
        (await store.RecallAsync([one.Header.ExchangeId, two.Header.ExchangeId], [], Ct)).LastSeq.ShouldBeEmpty();
        new FileInfo(JournalFile).Length.ShouldBe(before);
    }

    [Fact]
    public async Task Damage_in_the_middle_is_said_not_hidden()
    {
        await store.AddOutgoingAsync(Request(), Ct);
        await store.AddOutgoingAsync(Request(), Ct);
        store.Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalFile, Ct);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(JournalFile, bytes, Ct);
        Should.Throw<InvalidDataException>(() => DirectoryStore.Open(folder, time));
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(JournalFile, bytes, Ct);
        store = DirectoryStore.Open(folder, time);
        (await store.OutgoingCountAsync(Ct)).ShouldBe(2);
    }

    [Fact]
    public void Two_programs_cannot_share_one_store() => Should.Throw<IOException>(() => DirectoryStore.Open(folder, time));

    [Fact]
    public async Task A_journal_written_anew_holds_all_that_is_still_needed()
    {
        var (waiting, done, read, unread) = (Request(), Request(), Request(), Request());
        await store.AddOutgoingAsync(waiting, Ct);
        await store.AddOutgoingAsync(done, Ct);
        await store.ApplyAsync([ReceiptOf(done), Delivered(read, 1), Delivered(unread, 1)], Ct);
        await store.HandledAsync((await store.NextAsync(Ct)).Id, Ct);
        await store.SetCursorAsync(Feeds.Deliveries, "c", Ct);
        store.Dispose();
        var before = new FileInfo(JournalFile).Length;
        store = DirectoryStore.Open(folder, time, compactAtBytes: 1);
        new FileInfo(JournalFile).Length.ShouldBeLessThan(before);
        (await DueAsync()).ShouldBe([waiting.Header.MessageId]);
        (await store.StatementOf(done.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>();
        (await store.NextAsync(Ct)).Item.ShouldBeOfType<Incoming.Message>().Header.ShouldBe(unread.Header);
        (await store.RecallAsync([read.Header.ExchangeId], [("330109", read.Header.MessageId)], Ct)).Applied.Count.ShouldBe(1);
        (await store.CursorAsync(Feeds.Deliveries, Ct)).ShouldBe("c");
    }
}
