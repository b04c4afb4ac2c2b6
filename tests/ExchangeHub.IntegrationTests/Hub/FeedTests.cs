using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Feed;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>The same again over HTTP: gaps, lost disks, and nobody else's.</summary>
public sealed class FeedTests(SharedHub shared, TestServers servers) : IClassFixture<SharedHub>
{
    readonly HubWorld hub = shared.World;

    [Fact]
    public async Task The_feed_leads_past_every_delivery_and_closes_a_gap()
    {
        var questions = new List<Header>();
        for (var i = 0; i < 5; i++)
            questions.Add(await hub.AskAsync());
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        var api = hub.Receiver.Hub(http);

        var expected = new List<string>();
        foreach (var question in questions)
            expected.Add((await hub.Receiver.DeliveryAsync(question.MessageId)).Stamp.Leaf);
        var seen = new HashSet<string>();
        string? cursor = null;
        // A cursor passes no row while an older transaction runs somewhere on the server: the page comes again until it does.
        await HubWorld.Eventually(async () =>
        {
            var page = await api.GetDeliveriesAsync(cursor, limit: 2, HubWorld.Stop);
            page.Items.Count.ShouldBeLessThanOrEqualTo(2);
            seen.UnionWith(page.Items.Select(i => i.Stamp.Leaf));
            cursor = page.Next;
            return expected.TrueForAll(seen.Contains);
        });

        var one = await api.GetDeliveriesAsync(questions[2].ExchangeId, fromSeq: 1, HubWorld.Stop);
        one.Items.ShouldHaveSingleItem().Body.ShouldBe((await hub.Receiver.DeliveryAsync(questions[2].MessageId)).Body);
        (await api.GetDeliveriesAsync(questions[2].ExchangeId, fromSeq: 2, HubWorld.Stop)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cursor_from_before_a_restore_on_another_server_skips_nothing_that_the_restored_hub_says()
    {
        await using var restored = await HubWorld.CreateAsync(servers);
        var before = await restored.AskAsync();
        using var http = new HttpClient { BaseAddress = restored.World.Installation.HubUrl };
        var api = restored.Receiver.Hub(http);
        var cursor = "";
        await HubWorld.Eventually(async () => (cursor = (await api.GetDeliveriesAsync(null, ct: HubWorld.Stop)).Next).Length > 0);

        // The copy comes to a server that has counted far fewer transactions than the one whose cursor the county holds.
        await restored.World.StopHubAsync(HubWorld.Stop);
        await restored.ExecuteAsync("update hub.epochs set origin = 'the lost server'");
        FeedCursor.TryParse(cursor, out var held).ShouldBeTrue();
        var far = (held with { Place = held.Place + 1_000_000 }).ToString();
        await restored.World.StartHubAsync(HubWorld.Stop);

        var after = await restored.AskAsync();
        await HubWorld.Eventually(async () => (await api.GetDeliveriesAsync(far, ct: HubWorld.Stop)).Items.Count > 0);
        var item = (await api.GetDeliveriesAsync(far, ct: HubWorld.Stop)).Items.ShouldHaveSingleItem();
        item.Stamp.Leaf.ShouldBe((await restored.Receiver.DeliveryAsync(after.MessageId)).Stamp.Leaf);
        EpochOf(item.Stamp).ShouldBe(2);
        EpochOf((await restored.Receiver.DeliveryAsync(before.MessageId)).Stamp).ShouldBe(1);
        // A cursor that was made after the copy belongs to what was lost: the feed repeats.
        (await api.GetDeliveriesAsync((held with { Epoch = "00000000", Place = long.MaxValue }).ToString(), ct: HubWorld.Stop)).Items.Count(i => i.Body is not null).ShouldBe(2);
        await restored.World.StopHubAsync(HubWorld.Stop);
        await restored.World.StartHubAsync(HubWorld.Stop);
        (await restored.ScalarAsync<int>("select max(epoch) from hub.epochs")).ShouldBe(2); // a restart is no restore

        static int EpochOf(Stamp stamp) =>
            JsonSerializer.Deserialize(B64u.TryDecode(stamp.Root.Split('.')[1], out var json) ? json : [], ContractsJson.Default.BatchRoot)!.Epoch;
    }

    [Fact]
    public async Task A_county_reads_its_own_receipts_and_no_other()
    {
        var question = await hub.AskAsync();
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        (await hub.Asker.Hub(http).GetReceiptAsync(question.MessageId, HubWorld.Stop)).ShouldNotBeNull();
        (await hub.Third.Hub(http).GetReceiptAsync(question.MessageId, HubWorld.Stop)).ShouldBeNull();
        (await hub.Third.Hub(http).GetDeliveriesAsync(question.ExchangeId, 1, HubWorld.Stop)).Items.ShouldBeEmpty();
        (await hub.Third.Hub(http).GetReceiptsAsync(null, ct: HubWorld.Stop)).Items.ShouldBeEmpty();
        (await hub.Asker.Hub(http).GetReceiptsAsync(null, ct: HubWorld.Stop)).Items.ShouldNotBeEmpty();
        (await http.GetAsync("api/v1/deliveries", HubWorld.Stop)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_version_that_the_receiver_does_not_take_is_refused()
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        await hub.Third.Hub(http).PutTakesAsync(["acknowledgement.v1"], HubWorld.Stop);
        var question = hub.Asker.Ask("420581");
        await hub.Asker.SendAsync(question);
        (await hub.Asker.RefusedAsync(question.MessageId)).Reasons.ShouldBe([RefusalCodes.VersionNotTaken]);
    }

    [Fact]
    public async Task A_registry_that_the_registrar_did_not_sign_or_that_is_older_is_refused()
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        var api = hub.Asker.Hub(http);
        var before = await api.GetRegistryAsync(HubWorld.Stop);
        using var forger = SigningKey.Create();
        var forged = CompactJws.Sign(forger, JoseTypes.Registry, "{}"u8);
        (await Should.ThrowAsync<HubApiException>(() => api.PutRegistryAsync(new RegistryUpdate([], forged), HubWorld.Stop))).Code.ShouldBe(RefusalCodes.MemberInvalid);
        await hub.World.ReissueSnapshotAsync(HubWorld.Stop);
        (await Should.ThrowAsync<HubApiException>(() => api.PutRegistryAsync(new RegistryUpdate([], before.Snapshot), HubWorld.Stop))).Code.ShouldBe("SmallerNumber");
    }

    [Fact]
    public async Task A_registry_that_cannot_hold_is_turned_away_before_it_waits_for_a_publisher_at_work()
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        var api = hub.Asker.Hub(http);
        var known = await api.GetRegistryAsync(HubWorld.Stop);
        using var forger = SigningKey.Create();
        await using var database = NpgsqlDataSource.Create(hub.World.Servers.Database(hub.World.Installation.HubDatabase));
        await using var connection = await database.OpenConnectionAsync(HubWorld.Stop);
        await using var publisher = await connection.BeginTransactionAsync(HubWorld.Stop);
        await using (var locked = new NpgsqlCommand("select 1 from hub.versions where what = 'registry' for update", connection, publisher))
            await locked.ExecuteScalarAsync(HubWorld.Stop);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        (await Should.ThrowAsync<HubApiException>(() => api.PutRegistryAsync(new RegistryUpdate([], CompactJws.Sign(forger, JoseTypes.Registry, "{}"u8)), limit.Token)))
            .Code.ShouldBe(RefusalCodes.MemberInvalid);
        await api.PutRegistryAsync(new RegistryUpdate([], known.Snapshot), limit.Token); // said before, by whomever
    }
}
