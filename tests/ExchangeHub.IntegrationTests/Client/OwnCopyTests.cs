using System.Text.Json;
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

namespace ExchangeHub.IntegrationTests.Client;

/// <summary>Registry and directory as a county keeps them: what it lives on while the hub is away, and how it hears of what is new.</summary>
public sealed class OwnCopyTests(TestServers servers)
{
    const string A = "330109", B = "340221";

    static readonly DirectoryCounty ended = new(B, "湾沚区", CountyStatuses.Merged, [], [], "2026-01-01", ["340207"]);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<string> NotSealedAsync(TestMember member, string to) => (await Should.ThrowAsync<SealException>(() => member.AskAsync(to, Ct))).Refusals[0].Code;

    [Fact]
    public async Task A_directory_is_verified_kept_and_there_after_a_restart_without_the_hub()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.DirectoryAnswer = () => hub.Signing.Directory(7, [ended]);
        var a = await hub.JoinAsync(A);
        a.Member.Directory.ShouldNotBeNull().Place.ShouldBe((1, 7));
        hub.HttpIsAway = true;
        await a.RestartAsync();
        a.Member.Directory.ShouldNotBeNull().EndedBy(B, new DateOnly(2026, 1, 1)).ShouldNotBeNull().Successors.ShouldBe(["340207"]);
        a.Member.Directory!.EndedBy(B, new DateOnly(2025, 12, 31)).ShouldBeNull("it ends on its day");
        a.Store.Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_smaller_directory_is_refused_and_told_and_one_after_a_restore_of_the_hub_is_not()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.DirectoryAnswer = () => hub.Signing.Directory(7);
        var a = await hub.JoinAsync(A);
        hub.DirectoryAnswer = () => hub.Signing.Directory(6, [ended]);
        await a.Member.RefreshRegistryAsync(Ct);
        a.Member.Directory!.Place.ShouldBe((1, 7));
        a.Store.Notices.ShouldHaveSingleItem().ShouldBe(new OperatorNotice(NoticeCodes.DirectorySmaller, "1.6, newest seen 1.7"));
        hub.DirectoryAnswer = () => hub.Signing.Directory(6, [ended], epoch: 2);
        await a.Member.RefreshRegistryAsync(Ct);
        a.Member.Directory!.Place.ShouldBe((2, 6));
    }

    [Fact]
    public async Task A_directory_that_the_hub_s_registered_key_did_not_sign_for_this_purpose_is_refused_and_told()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        using var stranger = SigningKey.Create();
        var a = await hub.JoinAsync(A);
        foreach (var forged in new Func<string>[]
        {
            () => hub.Signing.Directory(8, by: stranger),
            () => hub.Signing.Directory(8, typ: JoseTypes.Root),
            () => hub.Signing.Directory(0),
            () => "no token",
            () => hub.Signing.Directory(8)[..^4] + "AAAA",
        })
        {
            hub.DirectoryAnswer = forged;
            await a.Member.RefreshRegistryAsync(Ct);
            a.Member.Directory.ShouldBeNull();
            a.Store.Notices.ShouldHaveSingleItem().Code.ShouldBe(NoticeCodes.DirectoryInvalid);
        }
        hub.DirectoryAnswer = () => hub.Signing.Directory(8);
        await a.Member.RefreshRegistryAsync(Ct);
        a.Member.Directory.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_county_that_starts_while_the_hub_is_away_sends_and_receives_on_its_own_copy()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        var (a, b) = (await hub.JoinAsync(A), await hub.JoinAsync(B));
        await b.AskAsync(A, Ct); // from here on each has the other's keys
        var first = await hub.TakeAsync(Ct);
        await hub.DeliverAsync(A, hub.Keep(first.Body.ToArray(), 1));
        await a.NextAsync(Ct);
        await a.AskAsync(B, Ct);
        await hub.TakeAsync(Ct);

        hub.HttpIsAway = true;
        await a.RestartAsync();
        var sent = await a.AskAsync(B, Ct);
        while ((await hub.TakeAsync(Ct)).MessageId != sent.Header.MessageId.ToString())
        {
            // The first question goes again: it has no receipt.
        }
        await hub.ReceiptAsync(A, hub.Signing.Accept(sent.Body, 1));
        (await a.Store.StatementOf(sent.Header.MessageId, Ct)).ShouldBeOfType<AcceptedStatement>();
        var second = await b.AskAsync(A, Ct);
        await hub.DeliverAsync(A, hub.Keep(second.Body, 1));
        (await a.NextAsync(Ct)).ShouldBeOfType<Incoming.Message>().Header.ShouldBe(second.Header);
    }

    [Fact]
    public async Task With_the_hub_away_a_county_warns_after_fourteen_days_and_seals_nothing_after_thirty()
    {
        var business = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
        await using var hub = await ScriptedHub.StartAsync(servers, new Clocks(business, TimeProvider.System));
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        await a.AskAsync(B, Ct);
        hub.HttpIsAway = true;
        business.Advance(TimeSpan.FromDays(14));
        await Should.ThrowAsync<HttpRequestException>(() => a.Member.RefreshRegistryAsync(Ct));
        a.Store.Notices.ShouldBeEmpty();
        business.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<HttpRequestException>(() => a.Member.RefreshRegistryAsync(Ct));
        a.Store.Notices.ShouldHaveSingleItem().Code.ShouldBe(NoticeCodes.RegistryOld);
        business.Advance(TimeSpan.FromDays(16) - TimeSpan.FromSeconds(1));
        await a.AskAsync(B, Ct);
        business.Advance(TimeSpan.FromSeconds(1));
        (await NotSealedAsync(a, B)).ShouldBe(SealException.RegistryTooOld);
        hub.HttpIsAway = false;
        hub.Signing.Publish(hub.Signing.Registrar.Reissue());
        await a.AskAsync(B, Ct);
    }

    [Fact]
    public async Task A_county_that_is_told_of_a_change_fetches_it_at_once_and_its_program_is_not_troubled()
    {
        await using var hub = await ScriptedHub.StartAsync(servers);
        hub.Signing.Enrol(B).Dispose();
        var a = await hub.JoinAsync(A);
        await a.AskAsync(B, Ct);
        var stolen = hub.Signing.Ring.SealingKey(B, hub.Signing.Clocks.Now)!.Kid;
        hub.Signing.Publish(hub.Signing.Registrar.Revoke(B, stolen));
        hub.DirectoryAnswer = () => hub.Signing.Directory(9);
        await TellAsync(snapshot: hub.Signing.Ring.Number, directory: 9);
        await a.Member.WhenAsync(s => s.RegistryNumber == hub.Signing.Ring.Number && a.Member.Directory?.Place == (1, 9), Ct);
        (await NotSealedAsync(a, B)).ShouldBe(RefusalCodes.ReceiverNotActive); // revoked a moment ago

        // The hub is away when it comes: what was told is not lost, and nothing else waits for it.
        hub.HttpIsAway = true;
        hub.DirectoryAnswer = () => hub.Signing.Directory(10);
        await TellAsync(snapshot: hub.Signing.Ring.Number, directory: 10);
        var overdue = new EventStatement(SigningHub.Id, A, Guid.NewGuid(), "bulletin-published", 1, hub.Signing.Clocks.Now);
        await SendAsync(overdue);
        (await a.NextAsync(Ct)).ShouldBeOfType<Incoming.Event>().Statement.ShouldBe(overdue); // the first its program sees
        hub.HttpIsAway = false;
        await a.Member.WhenAsync(_ => a.Member.Directory?.Place == (1, 10), Ct);

        Task TellAsync(int snapshot, int directory) => SendAsync(new(SigningHub.Id, A, Guid.NewGuid(), Kinds.RegistryChange, 1, hub.Signing.Clocks.Now) { Snapshot = snapshot, Directory = directory });

        Task SendAsync(EventStatement said) => hub.SendAsync(A, Kinds.TypeOf(said.Kind, said.Version),
            JsonSerializer.SerializeToUtf8Bytes(new Delivery(hub.Signing.Stamp(said)[0]), ContractsJson.Compact.Delivery));
    }
}
