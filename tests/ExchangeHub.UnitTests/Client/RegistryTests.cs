using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Client;

public sealed class RegistryTests : RegistryWorld
{
    [Fact]
    public void An_enrolled_county_finds_its_own_two_keys_and_the_others()
    {
        using var a = Enrolled(A);
        using var b = Enrolled(B);
        var ring = NodeOf(A, B, Hub);
        ring.Number.ShouldBe(3);
        ring.Parties.ShouldBe([A, B, Hub]);
        a.OwnEntryHolds(ring, clocks.Now).ShouldBeTrue();
        b.SigningKeyAt(ring, clocks.Now).ShouldNotBeNull();
        ring.SigningKey(Hub, hubKey.Kid).ShouldNotBeNull();
        ring.SealingKey(B, clocks.Now).ShouldNotBeNull();
        ring.SealingKey("110101", clocks.Now).ShouldBeNull();
    }

    [Fact]
    public void A_code_serves_once_one_party_and_two_weeks()
    {
        var invitation = registrar.Invite(A, "http://h", "amqp://h/v");
        invitation.ExpiresAt.ShouldBe("2026-03-16T00:00:00.000000Z");
        using var a = CountyFolder.Create(Path.Combine(folder, "a"), invitation, "p");
        using var b = CountyFolder.Create(Path.Combine(folder, "b"), invitation with { Party = B }, "p");
        Failure(a.Enrol("0123456789ABCDEFGHJKMNPQRS", clocks.Now)).ShouldBe(EnrolmentFailure.NotAuthorised);
        Failure(b.Enrol(invitation.Code, clocks.Now)).ShouldBe(EnrolmentFailure.NotAuthorised);
        Failure(a.Enrol(invitation.Code, clocks.Now)).ShouldBe(EnrolmentFailure.None);
        using var again = CountyFolder.Create(Path.Combine(folder, "again"), invitation, "p");
        Failure(again.Enrol(invitation.Code, clocks.Now)).ShouldBe(EnrolmentFailure.CodeUsed);
        var late = registrar.Invite(A, "http://h", "amqp://h/v");
        time.Advance(TimeSpan.FromDays(14));
        Failure(again.Enrol(late.Code, clocks.Now)).ShouldBe(EnrolmentFailure.CodeExpired);

        EnrolmentFailure Failure(Enrolment enrolment)
        {
            registrar.Accept(enrolment, out var failure);
            return failure;
        }
    }

    [Fact]
    public void A_hub_in_between_cannot_put_other_keys_into_a_request()
    {
        var invitation = registrar.Invite(A, "http://h", "amqp://h/v");
        using var a = CountyFolder.Create(Path.Combine(folder, "a"), invitation, "p");
        using var thief = CountyFolder.Create(Path.Combine(folder, "thief"), invitation with { Code = "unknown" }, "p");
        var stolen = thief.Enrol("unknown", clocks.Now) with { Mac = a.Enrol(invitation.Code, clocks.Now).Mac };
        registrar.Accept(stolen, out var failure).ShouldBeNull();
        failure.ShouldBe(EnrolmentFailure.NotAuthorised);
        registrar.Accept(stolen with { Request = "a.b.c" }, out failure).ShouldBeNull();
        failure.ShouldBe(EnrolmentFailure.RequestMalformed);
    }

    [Fact]
    public void Many_enrolments_share_one_snapshot_and_a_bad_one_spoils_none()
    {
        var invitations = new[] { A, B }.Select(p => registrar.Invite(p, "http://h", "amqp://h/v")).ToList();
        var folders = invitations.ConvertAll(i => CountyFolder.Create(Path.Combine(folder, i.Party), i, "p"));
        var enrolments = folders.Zip(invitations, (f, i) => f.Enrol(i.Code, clocks.Now)).Append(new Enrolment("x", "y")).ToList();
        Publish(registrar.AcceptAll(enrolments, out var failures));
        failures.ShouldBe([EnrolmentFailure.None, EnrolmentFailure.None, EnrolmentFailure.RequestMalformed]);
        hub.Number.ShouldBe(2);
        folders.ForEach(f => f.Dispose());
    }

    [Fact]
    public void Old_and_new_keys_overlap_thirty_days_and_sealing_takes_the_newest()
    {
        using var a = Enrolled(A);
        var before = NodeOf(A).SealingKey(A, clocks.Now)!;
        time.Advance(TimeSpan.FromDays(1));
        Publish(registrar.Accept(a.Rotate(a.SigningKeyAt(NodeOf(A), clocks.Now)!, NodeOf(A), clocks.Now), out var failure));
        failure.ShouldBe(EnrolmentFailure.None);
        var ring = NodeOf(A);
        ring.SealingKey(A, clocks.Now)!.Kid.ShouldNotBe(before.Kid);
        ring.IsSealingKey(A, before.Kid, clocks.Now.AddDays(30).AddTicks(-10)).ShouldBeTrue();
        ring.IsSealingKey(A, before.Kid, clocks.Now.AddDays(30)).ShouldBeFalse();
        a.OwnEntryHolds(ring, clocks.Now).ShouldBeTrue();
        a.SigningKeyAt(ring, clocks.Now)!.Kid.ShouldNotBe(a.SigningKeyAt(ring, clocks.Now.AddHours(-1))!.Kid);
    }

    [Fact]
    public void A_strangers_endorsement_rotates_nothing()
    {
        using var a = Enrolled(A);
        using var b = Enrolled(B);
        registrar.Accept(a.Rotate(b.SigningKeyAt(NodeOf(B), clocks.Now)!, NodeOf(A), clocks.Now), out var failure).ShouldBeNull();
        failure.ShouldBe(EnrolmentFailure.NotAuthorised);
    }

    [Fact]
    public void A_revoked_key_is_valid_before_and_not_after()
    {
        using var a = Enrolled(A);
        var kid = NodeOf(A).SealingKey(A, clocks.Now)!.Kid;
        time.Advance(TimeSpan.FromHours(1));
        Publish(registrar.Revoke(A, kid));
        var ring = NodeOf(A);
        ring.IsSealingKey(A, kid, clocks.Now.AddMinutes(-1)).ShouldBeTrue();
        ring.SealingKey(A, clocks.Now).ShouldBeNull();
        a.OwnEntryHolds(ring, clocks.Now).ShouldBeFalse();
    }

    [Fact]
    public void A_key_in_the_own_entry_that_is_not_ours_is_noticed()
    {
        using var a = Enrolled(A);
        var invitation = registrar.Invite(A, "http://h", "amqp://h/v");
        using var thief = CountyFolder.Create(Path.Combine(folder, "thief"), invitation, "p");
        Publish(registrar.Accept(thief.Enrol(invitation.Code, clocks.Now), out _));
        a.OwnEntryHolds(NodeOf(A), clocks.Now).ShouldBeFalse();
    }

    [Fact]
    public void A_smaller_number_is_refused()
    {
        using var a = Enrolled(A);
        var old = hub.View();
        var oldEntry = hub.EntryOf(A, [])!;
        Publish(registrar.Reissue());
        var node = NodeOf(A);
        node.Accept(old).Verdict.ShouldBe(RingVerdict.SmallerNumber);
        node.AcceptEntry(A, oldEntry).Verdict.ShouldBe(RingVerdict.SmallerNumber);
        node.Accept(old).Ring.ShouldBeSameAs(node);
        atStart.Accept(old).Ring.AcceptEntry(A, hub.EntryOf(A, [])!).Verdict.ShouldBe(RingVerdict.NewerSnapshot);
    }

    [Fact]
    public void One_number_with_two_roots_is_fraud()
    {
        using var a = Enrolled(A);
        var node = NodeOf(A);
        // The same book, copied before it went on: it signs the same number over something else.
        using var twin = Registrar.OpenOrCreate(CopyOfTheBook(), Hub, clocks);
        Publish(registrar.Reissue());
        using var other = SigningKey.Create();
        var forged = hub.Accept(twin.AddHub(other.Public));
        forged.Verdict.ShouldBe(RingVerdict.Fraud);
        var forgedView = KeyRing.Pinned(Hub, twin.Public).Accept(twin.Whole()).Ring.View();
        var ahead = node.Accept(hub.View()).Ring;
        ahead.Accept(forgedView).Verdict.ShouldBe(RingVerdict.Fraud);
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_registry_is_noticed()
    {
        using var a = Enrolled(A);
        var view = hub.View();
        var node = atStart.Accept(view).Ring;
        var entry = hub.EntryOf(A, [])!;
        node.AcceptEntry(A, entry).Verdict.ShouldBe(RingVerdict.Accepted);
        node.AcceptEntry(A, entry with { Leaf = Forge.FlipBit(entry.Leaf) }).Verdict.ShouldBe(RingVerdict.Invalid);
        node.AcceptEntry(A, entry with { Path = [Forge.FlipBit(entry.Path[0])] }).Verdict.ShouldBe(RingVerdict.Invalid);
        node.AcceptEntry(A, entry with { Index = 1 - entry.Index }).Verdict.ShouldBe(RingVerdict.Invalid);
        node.AcceptEntry(A, hub.EntryOf(Hub, [])!).Verdict.ShouldBe(RingVerdict.Invalid);
        node.AcceptEntry(A, entry with { Root = Forge.WithPart(entry.Root, 1, Forge.FlipBit(entry.Root.Split('.')[1])) }).Verdict.ShouldBe(RingVerdict.Invalid);
        atStart.Accept(view with { Leaves = [Forge.FlipBit(view.Leaves[0]), .. view.Leaves.Skip(1)] }).Verdict.ShouldBe(RingVerdict.Invalid);
        atStart.Accept(view with { Parties = [.. view.Parties.Reverse()] }).Verdict.ShouldBe(RingVerdict.Invalid);
        atStart.Accept(view with { Snapshot = Forge.WithPart(view.Snapshot, 2, Forge.FlipBit(view.Snapshot.Split('.')[2])) }).Verdict.ShouldBe(RingVerdict.Invalid);
    }

    [Fact]
    public void A_key_record_that_the_registrar_did_not_sign_is_refused_even_where_the_tree_holds()
    {
        using var a = Enrolled(A);
        var update = registrar.Whole();
        var entry = JsonNode.Parse(Forge.Bytes(update.Entries[0]))!;
        var record = (string)entry["records"]![0]!;
        entry["records"]![0] = Forge.WithPart(record, 2, Forge.FlipBit(record.Split('.')[2]));
        // Even an entry under a snapshot signed by a false registrar of its own is worth nothing to who pinned the true one.
        atStart.Accept(update with { Entries = [B64u.Encode(Encoding.ASCII.GetBytes(entry.ToJsonString())), .. update.Entries.Skip(1)] }).Verdict.ShouldBe(RingVerdict.Invalid);
        using var impostor = Registrar.OpenOrCreate(Path.Combine(folder, "impostor"), Hub, clocks);
        using var key = SigningKey.Create();
        atStart.Accept(impostor.AddHub(key.Public)).Verdict.ShouldBe(RingVerdict.Invalid);
    }

    [Fact]
    public void Another_hubs_registry_is_worth_nothing_here()
    {
        using var elsewhere = Registrar.OpenOrCreate(Path.Combine(folder, "elsewhere"), "hub.other", clocks);
        KeyRing.Pinned(Hub, elsewhere.Public).Accept(elsewhere.AddHub(hubKey.Public)).Verdict.ShouldBe(RingVerdict.Invalid);
    }

    [Fact]
    public void The_registry_grows_old_after_14_days_and_too_old_after_30()
    {
        var ring = NodeOf();
        ring.AgeAt(clocks.Now.AddDays(14)).ShouldBe(RegistryAge.Fresh);
        ring.AgeAt(clocks.Now.AddDays(14).AddSeconds(1)).ShouldBe(RegistryAge.Old);
        ring.AgeAt(clocks.Now.AddDays(30)).ShouldBe(RegistryAge.Old);
        ring.AgeAt(clocks.Now.AddDays(30).AddSeconds(1)).ShouldBe(RegistryAge.TooOld);
        atStart.AgeAt(clocks.Now).ShouldBe(RegistryAge.TooOld);
    }

    [Fact]
    public void A_new_registrar_key_counts_once_the_pinned_one_signed_it()
    {
        using var a = Enrolled(A);
        var node = NodeOf(A);
        Publish(registrar.RollOver());
        Publish(registrar.Reissue());
        node.Accept(hub.View()).Verdict.ShouldBe(RingVerdict.Invalid);
        var trusting = node.Trusting(Forge.Bytes(hub.EntryOf(Party.Registrar, [])!.Leaf));
        var after = trusting.Accept(hub.View());
        after.Verdict.ShouldBe(RingVerdict.Accepted);
        after.Ring.AcceptEntry(A, hub.EntryOf(A, [])!).Verdict.ShouldBe(RingVerdict.Accepted);
        // Who pins only the new key reads everything, too.
        KeyRing.Pinned(Hub, registrar.Public).Accept(registrar.Whole()).Verdict.ShouldBe(RingVerdict.Accepted);
    }

    [Fact]
    public void An_entry_that_did_not_change_is_kept_over_a_new_snapshot()
    {
        using var a = Enrolled(A);
        var node = NodeOf(A, Hub);
        using var b = Enrolled(B);
        var after = node.Accept(hub.View()).Ring;
        after.Holds(A).ShouldBeTrue();
        after.Holds(B).ShouldBeFalse();
        after.Knows(B).ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(1));
        Publish(registrar.Revoke(A, after.SealingKey(A, clocks.Now)!.Kid));
        after.Accept(hub.View()).Ring.Holds(A).ShouldBeFalse();
    }

    [Fact]
    public void The_registrars_book_survives_its_folder_and_no_number_is_signed_twice()
    {
        using (Enrolled(A)) { }
        registrar.Dispose();
        using var again = Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Hub, clocks);
        again.Number.ShouldBe(hub.Number);
        hub.Accept(again.Reissue()).Ring.Number.ShouldBe(hub.Number + 1);
        again.Dispose();
        Should.Throw<InvalidDataException>(() => Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), "hub.other", clocks));
    }

    [Fact]
    public void Private_keys_and_passwords_are_readable_by_their_owner_alone()
    {
        using var a = Enrolled(A);
        if (OperatingSystem.IsWindows())
            return;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }
}
