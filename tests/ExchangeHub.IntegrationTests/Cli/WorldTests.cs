using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Node;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>What tests and simulations stand on.</summary>
public sealed class WorldTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Real-time worlds are plain as well: what runs on the system's clock does not go red when the shipped calendars end.
    [Theory]
    [InlineData("2026-12-28", "2027-01-07")]
    [InlineData("2027-02-01", "2027-02-10")]
    [InlineData("2031-12-30", "2032-01-09")]
    public async Task A_world_of_plain_years_has_due_dates_and_a_doctor_without_complaint_where_no_calendar_ships(string began, string due)
    {
        await using var world = await World.CreateAsync(servers.Addresses,
            new WorldOptions { Name = "plain", Counties = [Asker, Receiver], StartAt = WireTime.At(DateOnly.Parse(began, System.Globalization.CultureInfo.InvariantCulture), new TimeOnly(9, 0)), PlainYears = true }, Stop);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await world.QuietAsync(cancel: Stop);
        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("dueOn").GetString().ShouldBe(due);

        await world.Installation.SaveAsync(Stop);
        var doctor = JsonDocument.Parse((await Typed.RunAsync(world, "doctor", "--json")).Output).RootElement.EnumerateArray();
        doctor.Single(f => f.GetProperty("what").GetString() == "calendar").GetProperty("health").GetString().ShouldBe("Well");
    }
}
