using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>What is missing here or at the hub is nobody else's fault: it is waited for, and no sender's exchange ends by it.</summary>
public sealed class OwnFaultTests(TestServers servers)
{
    const string A = "330109";
    const string B = "340221";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static byte[] Question(ScriptedHub hub, CountyFolder a)
    {
        var now = hub.Signing.Clocks.Now;
        return Sealer.Seal(new Header(1, SigningHub.Id, Guid.NewGuid(), Guid.NewGuid(), Kinds.CertificateVerificationRequest, 1, A, B, now), "{}"u8,
            a.SigningKeyAt(hub.Signing.Ring, now)!, hub.Signing.Ring.SealingKey(B, now)!.Jwk);
    }

    static void Renew(ScriptedHub hub, CountyFolder county)
    {
        var now = hub.Signing.Clocks.Now;
        hub.Signing.Publish(hub.Signing.Registrar.Accept(county.Rotate(county.SigningKeyAt(hub.Signing.Ring, now)!, hub.Signing.Ring, now), out _));
    }

    [Fact]
    public async Task A_node_that_began_from_an_old_copy_of_its_keys_waits_for_the_missing_one_and_goes_on_once_it_is_back()
    {
        var business = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await ScriptedHub.StartAsync(servers, new Clocks(business, TimeProvider.System));
        using var a = hub.Signing.Enrol(A);
        var b = await hub.JoinAsync(B);
        business.Advance(TimeSpan.FromMinutes(1)); // the newest key is the one that holds latest
        Renew(hub, b.Folder);
        var newest = Path.Combine(b.Folder.Path, "keys", hub.Signing.Ring.SealingKey(B, hub.Signing.Clocks.Now)!.Kid + ".enc.pem");
        var kept = await File.ReadAllBytesAsync(newest, Ct);
        File.Delete(newest);
        await b.RestartAsync(fromFolder: true);

        await hub.DeliverAsync(B, hub.Keep(Question(hub, a), 1));
        await b.ToldAsync(NoticeCodes.OwnKeyMissing, Ct);
        (await b.Store.OutgoingCountAsync(Ct)).ShouldBe(0); // no return
        await File.WriteAllBytesAsync(newest, kept, Ct);
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        b.Store.Notices.Count(n => n.Code == NoticeCodes.OwnKeyMissing).ShouldBe(1);
        b.Store.Notices.ShouldNotContain(n => n.Code == NoticeCodes.Unreadable);
    }

    [Fact]
    public async Task A_question_to_a_lost_key_is_sent_back_once_the_key_is_revoked()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        using var a = hub.Signing.Enrol(A);
        var b = await hub.JoinAsync(B);
        var question = Question(hub, a);
        var lost = hub.Signing.Ring.SealingKey(B, hub.Signing.Clocks.Now)!.Kid;
        File.Delete(Path.Combine(b.Folder.Path, "keys", lost + ".enc.pem"));
        await b.RestartAsync(fromFolder: true);
        await hub.DeliverAsync(B, hub.Keep(question, 1));
        await b.ToldAsync(NoticeCodes.OwnKeyMissing, Ct);
        hub.Signing.Publish(hub.Signing.Registrar.Revoke(B, lost));
        await b.Member.RefreshRegistryAsync(Ct);
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.PutAside>().Detail.ShouldBe(nameof(OpenFailure.KeyNotOurs));
    }

    [Fact]
    public async Task A_sender_with_a_new_key_is_not_sent_back_while_the_hub_shows_an_older_registry()
    {
        var business = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await ScriptedHub.StartAsync(servers, new Clocks(business, TimeProvider.System));
        using var a = hub.Signing.Enrol(A);
        var old = hub.Signing.Ring.View();
        var b = await hub.JoinAsync(B);
        await hub.DeliverAsync(B, hub.Keep(Question(hub, a), 1));
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        hub.RegistryAnswer = () => old;
        business.Advance(TimeSpan.FromMinutes(1));
        Renew(hub, a);
        await hub.DeliverAsync(B, hub.Keep(Question(hub, a), 1));
        await b.ToldAsync(NoticeCodes.SnapshotSmaller, Ct);
        (await b.Store.OutgoingCountAsync(Ct)).ShouldBe(0);
        hub.RegistryAnswer = null;
        (await b.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>();
        b.Store.Notices.ShouldNotContain(n => n.Code == NoticeCodes.Unreadable);
    }

    [Fact]
    public async Task A_look_at_the_registry_that_cannot_be_kept_is_followed_by_the_next()
    {
        var system = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await ScriptedHub.StartAsync(servers);
        var b = await hub.JoinAsync(B, new Clocks(TimeProvider.System, system));
        var file = Path.Combine(b.Folder.Path, "registry.json");
        File.Delete(file);
        Directory.CreateDirectory(file); // no file can take its place
        await LookedAsync();
        Directory.Delete(file);
        await LookedAsync();

        async Task LookedAsync()
        {
            hub.Signing.Publish(hub.Signing.Registrar.Reissue());
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            while (b.Member.Ring.Number < hub.Signing.Ring.Number)
            {
                system.Advance(TimeSpan.FromMinutes(10));
                await look.WaitForNextTickAsync(Ct);
            }
        }
    }
}
