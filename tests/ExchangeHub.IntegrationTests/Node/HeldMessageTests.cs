using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>What the hub holds by its own fault: the clerk sees it and is kept from nothing.</summary>
public sealed class HeldMessageTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clerk_goes_on_while_the_hub_holds_a_message_and_the_final_receipt_is_taken_whenever_it_comes()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await world.QuietAsync(cancel: Cancel);

        // The hub cannot read its own row of the exchange: it holds what comes for it.
        await using var database = NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.HubDatabase));
        var state = await ScalarAsync(database, "select state::text from hub.exchanges where id = $1", id);
        await ScalarAsync(database, "update hub.exchanges set state = '\"no state\"' where id = $1", id);
        (await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);

        var seen = await receiver.ExchangeAsync(id);
        seen.GetProperty("exchange").GetProperty("waiting")[0].GetProperty("held").GetBoolean().ShouldBeTrue();
        var row = (await receiver.GetAsync("worklist")).Body.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        (row.GetProperty("waitingKind").GetString(), row.GetProperty("held").GetBoolean()).ShouldBe(("feedback-reply", true));

        // Mended; the clerk answers again, and only then the held answer is judged.
        await ScalarAsync(database, "update hub.exchanges set state = $2::jsonb where id = $1", id, state!);
        var again = await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "NotResident", reasonCode = "RegisteredElsewhere" });
        again.Status.ShouldBe(HttpStatusCode.Accepted, again.Text);
        await world.QuietAsync(cancel: Cancel);
        await ReplayAsync(world);
        await world.QuietAsync(cancel: Cancel);

        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("outcome").GetString().ShouldBe("NotResident");
        var exchange = (await receiver.ExchangeAsync(id)).GetProperty("exchange");
        (exchange.GetProperty("phase").GetString(), exchange.GetProperty("outcome").GetString(), exchange.GetProperty("waiting").GetArrayLength())
            .ShouldBe(("Answered", "NotResident", 0));
        exchange.GetProperty("refused").GetProperty("codes")[0].GetString().ShouldBe("PhaseNotAllowed");
    }

    static async Task ReplayAsync(World world)
    {
        using var hub = new HttpClient { BaseAddress = world.Installation.HubUrl };
        hub.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await world.OperatorTokenAsync(Cancel));
        var held = await hub.GetFromJsonAsync<JsonElement>("api/v1/quarantine", Cancel);
        using var replayed = await hub.PostAsync($"api/v1/quarantine/{held[0].GetProperty("id").GetString()}/replay", null, Cancel);
        replayed.EnsureSuccessStatusCode();
    }

    static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(Cancel);
    }
}
