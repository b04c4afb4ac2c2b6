using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Shouldly;

namespace ExchangeHub.UnitTests.Client;

/// <summary>The registrar's book and the hub after a crash, a lost update, or two commands at once.</summary>
public sealed class RegistrarTests : RegistryWorld
{
    Registrar Reopened()
    {
        registrar.Dispose();
        return Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Hub, clocks);
    }

    [Fact]
    public void What_was_signed_once_is_handed_out_again_to_the_byte()
    {
        var invitation = registrar.Invite(A, "http://h", "amqp://h/v");
        using var a = CountyFolder.Create(Path.Combine(folder, A), invitation, "p");
        var lost = registrar.Accept(a.Enrol(invitation.Code, clocks.Now), out _).ShouldNotBeNull();
        time.Advance(TimeSpan.FromHours(1));
        var again = registrar.Accept(a.Enrol(invitation.Code, clocks.Now), out var failure).ShouldNotBeNull();
        failure.ShouldBe(EnrolmentFailure.None);
        Same(again, lost);

        Same(registrar.AddHub(hubKey.Public), new RegistryUpdate([registrar.Whole().Entries[^1]], lost.Snapshot));
        var kid = NewRing().KeysOf(A)[0].Kid;
        var revoked = registrar.Revoke(A, kid);
        time.Advance(TimeSpan.FromHours(1));
        Same(registrar.Revoke(A, kid), revoked);

        KeyRing NewRing() => atStart.Accept(registrar.Whole()).Ring;
        static void Same(RegistryUpdate one, RegistryUpdate other)
        {
            one.Entries.ShouldBe(other.Entries);
            one.Snapshot.ShouldBe(other.Snapshot);
        }
    }

    [Fact]
    public void An_update_that_never_reached_the_hub_holds_up_no_later_one()
    {
        var invitation = registrar.Invite(A, "http://h", "amqp://h/v");
        using var a = CountyFolder.Create(Path.Combine(folder, A), invitation, "p");
        registrar.Accept(a.Enrol(invitation.Code, clocks.Now), out _).ShouldNotBeNull();
        using var restarted = Reopened();
        Publish(restarted.Missing(hub.SnapshotToken));
        restarted.Missing(hub.SnapshotToken).ShouldBeNull();
        Publish(restarted.Reissue());
        hub.Holds(A).ShouldBeTrue();
        // A hub that lost everything, too.
        atStart.Accept(restarted.Missing(served: null)!).Verdict.ShouldBe(RingVerdict.Accepted);
    }

    [Fact]
    public void An_old_copy_of_the_book_signs_nothing()
    {
        using var old = Registrar.OpenOrCreate(CopyOfTheBook(), Hub, clocks);
        Publish(registrar.Reissue());
        Should.Throw<InvalidDataException>(() => old.Missing(hub.SnapshotToken)).Message.ShouldContain("old copy");
        // Of the same number, but another snapshot: no better.
        old.Reissue();
        Should.Throw<InvalidDataException>(() => old.Missing(hub.SnapshotToken));
    }

    [Fact]
    public void Two_commands_at_once_have_the_book_one_after_the_other()
    {
        Should.Throw<RegistrarBusyException>(() => Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Hub, clocks)).Message.ShouldContain("registrar's book");
        using var next = Reopened();
        next.Number.ShouldBe(hub.Number);
    }

    [Fact]
    public void A_roll_over_counts_whole_or_not_at_all_wherever_it_is_cut_off()
    {
        using var a = Enrolled(A);
        var book = Path.Combine(folder, "registrar", "registrar.json");
        var before = File.ReadAllBytes(book);
        var pinned = registrar.Public;
        registrar.RollOver();
        var after = File.ReadAllBytes(book);

        // Cut off before the book was written: the new key's file is there, the old key signs on.
        registrar.Dispose();
        File.WriteAllBytes(book, before);
        using (var cut = Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Hub, clocks))
        {
            cut.Public.ShouldBe(pinned);
            atStart.Accept(cut.Whole()).Verdict.ShouldBe(RingVerdict.Accepted);
        }
        // Cut off after it, before the hub had it.
        File.WriteAllBytes(book, after);
        using var rolled = Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Hub, clocks);
        rolled.Public.ShouldNotBe(pinned);
        Publish(rolled.Missing(hub.SnapshotToken));
        Publish(rolled.Reissue());
        // Whoever pinned the first key follows over every roll-over since.
        Publish(rolled.RollOver());
        atStart.Trusting(Forge.Bytes(hub.EntryOf(Party.Registrar, [])!.Leaf)).Accept(hub.View()).Verdict.ShouldBe(RingVerdict.Accepted);
        a.OwnEntryHolds(NodeOf(A), clocks.Now).ShouldBeFalse("the ring of this test pins the first key alone");
    }

    [Fact]
    public void Keys_that_were_asked_for_in_vain_are_asked_for_again()
    {
        using var a = Enrolled(A);
        var current = a.SigningKeyAt(NodeOf(A), clocks.Now)!;
        Asked(a.Rotate(current, NodeOf(A), clocks.Now)).ShouldBe(Asked(a.Rotate(current, NodeOf(A), clocks.Now)));
        Publish(registrar.Accept(a.Rotate(current, NodeOf(A), clocks.Now), out _));
        var once = Asked(a.Rotate(current, NodeOf(A), clocks.Now));
        a.SigningKeyAt(NodeOf(A), clocks.Now.AddMinutes(1))!.Kid.ShouldNotBe(once);

        static string Asked(Enrolment enrolment) =>
            PublicJwk.Kid(System.Text.Json.JsonSerializer.Deserialize(Forge.Bytes(enrolment.Request.Split('.')[1]), ContractsJson.Default.EnrolmentRequest)!.Sig);
    }

    [Fact]
    public void A_key_that_another_process_made_is_found_while_this_one_runs()
    {
        using var running = Enrolled(A);
        using (var other = CountyFolder.Open(running.Path))
            Publish(registrar.Accept(other.Rotate(other.SigningKeyAt(NodeOf(A), clocks.Now)!, NodeOf(A), clocks.Now), out _));
        var ring = NodeOf(A);
        running.OwnEntryHolds(ring, clocks.Now).ShouldBeTrue();
        running.EncryptionKeyOf(ring.KeysOf(A).Last(k => k.Use == RegisteredKey.Encryption).Kid).ShouldNotBeNull();
        foreach (var strange in new[] { "../keys/newest", "..", "", new string('A', 43) })
            running.EncryptionKeyOf(strange).ShouldBeNull();
    }
}
