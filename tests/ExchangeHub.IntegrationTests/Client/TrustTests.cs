using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Client;

public sealed class TrustTests(TestServers servers)
{
    const string A = "330109";
    const string B = "340221";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<string> NotSealedAsync(TestMember member, string to) => (await Should.ThrowAsync<SealException>(() => member.AskAsync(to, Ct))).Refusals[0].Code;

    [Fact]
    public async Task A_key_record_that_the_registrar_did_not_sign_is_refused_and_told()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(B).Dispose();
        hub.EntryAnswer = party =>
        {
            var entry = hub.Signing.Ring.EntryOf(party, [])!;
            if (party != B)
                return entry;
            B64u.TryDecode(entry.Leaf, out var leaf);
            leaf![leaf.Length / 2] = leaf[leaf.Length / 2] == (byte)'A' ? (byte)'B' : (byte)'A';
            return entry with { Leaf = B64u.Encode(leaf) };
        };
        (await NotSealedAsync(a, B)).ShouldBe(RefusalCodes.ReceiverNotActive);
        await a.ToldAsync(NoticeCodes.RegistryInvalid, Ct);
        hub.EntryAnswer = null;
        await a.AskAsync(B, Ct);
    }

    [Fact]
    public async Task A_snapshot_with_a_smaller_number_is_refused_and_told()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var old = hub.Signing.Ring.View();
        var a = await hub.JoinAsync(A);
        var number = a.Member.Ring.Number;
        hub.RegistryAnswer = () => old;
        await a.Member.RefreshRegistryAsync(Ct);
        a.Member.Ring.Number.ShouldBe(number);
        a.Store.Notices.ShouldContain(n => n.Code == NoticeCodes.SnapshotSmaller);
        await a.RestartAsync();
        a.Member.Ring.Number.ShouldBe(number, "the number survives a restart");
        await a.AskAsync(B, Ct);
    }

    [Fact]
    public async Task One_number_with_two_roots_stops_sealing_also_after_a_restart()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        var view = hub.Signing.SignAgain(hub.Signing.Ring.Number);
        hub.RegistryAnswer = () => view;
        await a.Member.RefreshRegistryAsync(Ct);
        a.Store.Notices.ShouldContain(n => n.Code == NoticeCodes.RegistryFraud);
        (await NotSealedAsync(a, B)).ShouldBe(SealException.RegistryFraud);
        hub.RegistryAnswer = null;
        await a.RestartAsync();
        (await NotSealedAsync(a, B)).ShouldBe(SealException.RegistryFraud);
    }

    [Fact]
    public async Task Nothing_is_sealed_with_a_registry_older_than_thirty_days_until_a_new_snapshot_comes()
    {
        var business = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
        await using var hub = await ScriptedHub.StartAsync(servers, new Clocks(business, TimeProvider.System));
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        business.Advance(TimeSpan.FromDays(15));
        await a.Member.RefreshRegistryAsync(Ct);
        a.Store.Notices.ShouldContain(n => n.Code == NoticeCodes.RegistryOld);
        await a.AskAsync(B, Ct);
        business.Advance(TimeSpan.FromDays(15).Add(TimeSpan.FromSeconds(1)));
        (await NotSealedAsync(a, B)).ShouldBe(SealException.RegistryTooOld);
        hub.Signing.Publish(hub.Signing.Registrar.Reissue());
        await a.AskAsync(B, Ct);
    }

    [Fact]
    public async Task A_county_whose_entry_holds_a_key_that_is_not_its_own_seals_nothing()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        hub.Signing.Enrol(A).Dispose();
        await a.Member.RefreshRegistryAsync(Ct);
        await a.ToldAsync(NoticeCodes.OwnEntryWrong, Ct);
        (await NotSealedAsync(a, B)).ShouldBe(SealException.OwnEntryWrong);
    }

    [Fact]
    public async Task A_hub_that_signs_with_a_new_registered_key_is_looked_up_before_it_is_judged()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        var sent = await a.AskAsync(B, Ct);
        await hub.TakeAsync(Ct);
        hub.Signing.ChangeKey();
        await hub.ReceiptAsync(A, hub.Signing.Accept(sent.Body, 1));
        (await a.Store.StatementOf(sent.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>();
        a.Store.Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rolled_over_registrar_is_followed()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        hub.Signing.Publish(hub.Signing.Registrar.RollOver());
        hub.Signing.Publish(hub.Signing.Registrar.Reissue());
        await a.Member.RefreshRegistryAsync(Ct);
        a.Member.Ring.Number.ShouldBe(hub.Signing.Ring.Number);
        await a.AskAsync(B, Ct);
        await a.RestartAsync();
        await a.AskAsync(B, Ct);
    }

    [Fact]
    public async Task A_newer_snapshot_that_only_an_entry_shows_is_fetched()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        hub.Signing.Publish(hub.Signing.Registrar.Reissue());
        hub.Asked.Clear();
        await a.AskAsync(B, Ct);
        a.Member.Ring.Number.ShouldBe(hub.Signing.Ring.Number);
        hub.Asked.Where(p => p.Contains("/registry", StringComparison.Ordinal)).ShouldBe([$"/api/v1/registry/{B}/keys", "/api/v1/registry", $"/api/v1/registry/{B}/keys"]);
        a.Store.Notices.ShouldBeEmpty();
        await a.RestartAsync();
        a.Member.Ring.Number.ShouldBe(hub.Signing.Ring.Number);
    }

    [Fact]
    public async Task A_new_registrar_that_only_an_entry_shows_is_followed()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        hub.Signing.Publish(hub.Signing.Registrar.RollOver());
        await a.AskAsync(B, Ct);
        a.Member.Ring.Number.ShouldBe(hub.Signing.Ring.Number);
        a.Store.Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_of_a_smaller_snapshot_is_refused_and_told()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var old = hub.Signing.Ring;
        var a = await hub.JoinAsync(A);
        hub.EntryAnswer = party => old.EntryOf(party, []);
        (await NotSealedAsync(a, B)).ShouldBe(RefusalCodes.ReceiverNotActive);
        await a.ToldAsync(NoticeCodes.SnapshotSmaller, Ct);
        hub.EntryAnswer = null;
        await a.AskAsync(B, Ct);
    }

    [Fact]
    public async Task A_hub_that_speaks_of_a_newer_snapshot_and_never_shows_it_is_not_asked_for_ever()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        var shown = hub.Signing.Ring.View();
        hub.RegistryAnswer = () => shown;
        hub.Signing.Enrol(A).Dispose();
        (await NotSealedAsync(a, B)).ShouldBe(RefusalCodes.ReceiverNotActive);
        hub.RegistryAnswer = null;
        hub.Signing.Enrol(B).Dispose();
        await a.Member.RefreshRegistryAsync(Ct);
        a.Member.Ring.Number.ShouldBe(hub.Signing.Ring.Number);
    }
}
