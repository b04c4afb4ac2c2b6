using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Load;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Hub;
using ExchangeHub.Testing;
using Npgsql;
using Shouldly;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>An operator's and a registrar's commands on a running hub, as they are typed.</summary>
public sealed class CommandTests(TestServers servers)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_doctor_finds_a_sound_installation_well_and_tells_the_cure_for_a_wrong_policy()
    {
        await using var world = await WorldAsync();
        var sound = await Typed.RunAsync(world, "doctor", "--json");
        Ill(sound).ShouldBeEmpty();
        sound.Exit.ShouldBe(ExitCodes.Done);

        await world.Broker.SetPolicyAsync(world.Installation.VirtualHost, "stronger", priority: 9, new() { ["overflow"] = "drop-head" }, Stop);
        var ill = await Typed.RunAsync(world, "doctor", "--json");
        ill.Exit.ShouldBe(ExitCodes.Differs);
        var finding = Ill(ill).ShouldHaveSingleItem();
        finding.ShouldStartWith("broker policy: ");
        finding.ShouldContain("drop-head");
        finding.ShouldContain("rabbitmqctl list_policies");
    }

    [Fact]
    public async Task The_doctor_tells_which_keys_were_revoked_or_lost_or_end_soon_and_the_cure_for_each()
    {
        await using var world = await WorldAsync();
        async Task<string> FindAsync(string what)
        {
            var finding = JsonDocument.Parse((await Typed.RunAsync(world, "doctor", "--json")).Output).RootElement.EnumerateArray().Single(f => f.GetProperty("what").GetString() == what);
            return $"{finding.GetProperty("health").GetString()}: {finding.GetProperty("found").GetString()} ({(finding.TryGetProperty("cure", out var cure) ? cure.GetString() : "")})";
        }
        async Task RevokeAsync(string party, string use) =>
            (await Typed.RunAsync(world, "keys", "revoke", party, (await world.Steps.RingAsync(party, Stop)).KeysOf(party).Single(k => k.Use == use).Kid)).Exit.ShouldBe(ExitCodes.Done);
        (await FindAsync("county keys")).ShouldBe("Well: 2 counties ()");

        await RevokeAsync("330106", RegisteredKey.Encryption);
        var found = await FindAsync("county keys");
        found.ShouldStartWith("Ill: 330106 has no valid key (enc): its last was revoked");
        found.ShouldContain("keys renew 330106");
        await RevokeAsync("330106", RegisteredKey.Signing);
        (await FindAsync("county keys")).ShouldContain("enrol invite 330106");

        foreach (var file in Directory.GetFiles(Path.Combine(world.Installation.CountiesFolder, "420581", "keys"), "*.sig.pem"))
            File.Delete(file);
        (await FindAsync("county keys")).ShouldContain("and 1 more of 2 counties");

        (await FindAsync("hub key")).ShouldStartWith("Well: ");
        await RevokeAsync(world.Installation.HubId, RegisteredKey.Signing);
        found = await FindAsync("hub key");
        found.ShouldStartWith("Ill: ");
        found.ShouldContain("was revoked");
    }

    [Fact]
    public async Task The_doctor_warns_two_months_before_keys_end()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "ending", Counties = ["330106"], StartNode = false, RealClock = false }, Stop);
        await world.Installation.SaveAsync(Stop);
        world.Clock!.Advance(TimeSpan.FromDays((2 * 365) - 59));
        var keys = JsonDocument.Parse((await Typed.RunAsync(world, "doctor", "--json")).Output).RootElement.EnumerateArray().Where(f => f.GetProperty("what").GetString()!.EndsWith("key", StringComparison.Ordinal)
            || f.GetProperty("what").GetString() == "county keys").ToList();
        keys.Count.ShouldBe(2);
        keys.ShouldAllBe(f => f.GetProperty("health").GetString() == "Watch" && f.GetProperty("found").GetString()!.Contains("2028-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_county_is_enrolled_by_four_commands_and_its_password_and_code_never_pass_the_hub()
    {
        await using var world = await WorldAsync();
        var account = await Typed.AccountAsync(world, "registrar-desk", "hub", "operator");

        var broker = Typed.Json(await Typed.RunAsync(world, "enrol", "broker-user", "340221", "--json")).GetProperty("password").GetString()!;
        var invitation = Path.Combine(world.Installation.Folder, "invitation.json");
        await File.WriteAllTextAsync(invitation, (await Typed.RunAsync(world, "enrol", "invite", "340221")).Output, Stop);
        (await Typed.RunAsync(world, "enrol", "request", invitation, "--broker-password", broker)).Exit.ShouldBe(ExitCodes.Done);
        var signed = await Typed.RunAsAsync(world, account, ["enrol", "sign", "--json"]);
        signed.Exit.ShouldBe(ExitCodes.Done);

        Typed.Json(await Typed.RunAsync(world, "enrol", "list", "--json")).GetProperty("parties").EnumerateArray().Select(p => p.GetString()).ShouldContain("340221");
        using var folder = CountyFolder.Open(Path.Combine(world.Installation.CountiesFolder, "340221"));
        folder.Settings.BrokerPassword.ShouldBe(broker);
        var code = JsonSerializer.Deserialize(await File.ReadAllTextAsync(invitation, Stop), ContractsJson.Default.EnrolmentInvitation)!.Code;
        (await HubHoldsAsync(world, code)).ShouldBeFalse();
        (await HubHoldsAsync(world, broker)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_calendar_or_division_table_with_a_bad_line_is_refused_by_its_line_and_nothing_of_it_is_loaded()
    {
        await using var world = await WorldAsync();
        var file = Path.Combine(world.Installation.Folder, "2031.csv");
        await File.WriteAllTextAsync(file, "date,kind,occasion\n2031-01-01,holiday,元旦\n2031-01-02,feast,元旦\n", Stop);
        var bad = await Typed.RunAsync(world, "calendar", "import", file);
        bad.Exit.ShouldBe(ExitCodes.NotDone);
        bad.Error.ShouldContain("3");
        (await YearsAsync(world)).ShouldNotContain(2031);

        await File.WriteAllTextAsync(file, "date,kind,occasion\n2031-01-01,holiday,元旦\n", Stop);
        (await Typed.RunAsync(world, "calendar", "import", file)).Exit.ShouldBe(ExitCodes.Done);
        (await YearsAsync(world)).ShouldContain(2031);

        var before = Typed.Json(await Typed.RunAsync(world, "divisions", "import", Repository.PathOf("data/divisions.csv"), "--json")).GetProperty("divisions").GetInt32();
        await File.WriteAllTextAsync(file, "code,name,level,parent\n110000,北京市,province,\n12,天津市,province,\n", Stop);
        bad = await Typed.RunAsync(world, "divisions", "import", file);
        bad.Exit.ShouldBe(ExitCodes.NotDone);
        bad.Error.ShouldContain("3");
        (await CountAsync(world, "hub.divisions")).ShouldBe(before);
        (await Typed.RunAsync(world, "divisions", "import", file + ".none")).Exit.ShouldNotBe(ExitCodes.Done);
    }

    [Fact]
    public async Task A_province_s_own_holiday_moves_the_due_dates_of_its_counties_and_of_no_others()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "province", Counties = ["110105"], StartNode = false }, Stop);
        await world.Installation.SaveAsync(Stop);
        await using var asker = await WireCounty.OpenAsync(world, "110105");
        var (before, elsewhere) = (await DueOnAsync(world, asker, "650102"), await DueOnAsync(world, asker, "330106"));
        var file = Path.Combine(world.Installation.Folder, "xinjiang.csv");
        await File.WriteAllTextAsync(file, $"date,kind,occasion\n{before:yyyy-MM-dd},holiday,肉孜节\n", Stop);
        foreach (var code in new[] { "65", "650100", "990000" })
        {
            var refused = await Typed.RunAsync(world, "calendar", "import", file, "--province", code);
            (refused.Exit, refused.Error.Contains(code, StringComparison.Ordinal)).ShouldBe((ExitCodes.NotDone, true));
        }
        (await Typed.RunAsync(world, "calendar", "import", file, "--province", "650000")).Exit.ShouldBe(ExitCodes.Done);
        await HubWorld.Eventually(async () => await DueOnAsync(world, asker, "650102") > before);
        (await DueOnAsync(world, asker, "330106")).ShouldBe(elsewhere);
    }

    [Fact]
    public async Task After_a_copy_came_back_under_the_same_server_an_operator_raises_the_epoch()
    {
        await using var world = await WorldAsync();
        Typed.Json(await Typed.RunAsync(world, "epoch", "raise", "--json")).GetProperty("epoch").GetInt32().ShouldBe(2);
        Typed.Json(await Typed.RunAsync(world, "epoch", "raise", "--json")).GetProperty("epoch").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task An_account_made_at_the_node_signs_in_there_with_the_password_that_was_shown()
    {
        await using var world = await WorldAsync();
        var made = Typed.Json(await Typed.RunAsync(world, "accounts", "create", "clerk-330106", "--at", "node", "--role", "clerk", "--county", "330106", "--json"));
        using var http = new HttpClient { BaseAddress = world.Installation.NodeUrl };
        using var answer = await http.PostAsJsonAsync("api/v1/tokens", new { account = "clerk-330106", password = made.GetProperty("password").GetString() }, Stop);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        (await Typed.RunAsync(world, "accounts", "create", "nobody", "--at", "node", "--role", "clerk")).Exit.ShouldBe(ExitCodes.NotDone);
    }

    [Fact]
    public async Task A_faulty_scenario_file_is_named_with_the_place_of_its_fault()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"name":"x","about":"x","startAt":"2026-02-02T08:00","counties":["330106","420581"],"steps":[{"do":"ask","at":"2026-02-02T09:00","from":"330106","to":"999999"}],"expect":[]}""", Stop);
        var run = await Typed.RunAsync(servers.Addresses, "scenario", file);
        File.Delete(file);
        run.Exit.ShouldBe(ExitCodes.NotDone);
        run.Error.ShouldContain("/steps/0/to:");
    }

    [Fact]
    public async Task A_simulation_asks_for_as_long_as_it_is_told_also_beside_a_county_that_is_behind_and_tells_what_became_of_every_question_and_what_it_measured()
    {
        (await Typed.RunAsync(servers.Addresses, "simulate", "--duration", "0")).Exit.ShouldNotBe(ExitCodes.Done);
        var run = await Typed.RunAsync(servers.Addresses, "simulate", "--counties", "4", "--rate", "40", "--duration", "1", "--share-late", "0.2", "--share-returned", "0.2", "--hubs", "2", "--waiting", "40", "--json");
        var result = Typed.Json(run);
        int Number(string name) => result.GetProperty(name).GetInt32();
        var asked = Number("asked");
        asked.ShouldBeInRange(30, 120); // 40 a second, three times, the first at once
        var stretches = result.GetProperty("stretches").EnumerateArray().ToList();
        stretches.Select(s => s.GetProperty("beside").GetString()).ShouldBe(["Nothing", "QuestionsWait", "CountyCatchesUp"]);
        (Number("answered") + Number("returned")).ShouldBe(stretches.Sum(s => s.GetProperty("full").GetInt32()));
        (Number("answered") + Number("returned") + Number("late")).ShouldBe(asked);
        // The same questions each time, with the same fates.
        int Fated(Fate fate) => 3 * new SimulationPlan(4, asked / 3, 0, 1, Seed: 1, ShareLate: 0.2, ShareReturned: 0.2).Questions(["1", "2", "3", "4"]).Count(q => q.Fate == fate);
        Number("returned").ShouldBeInRange(Fated(Fate.Returned) - 6, Fated(Fate.Returned) + 6); // how many fit into a second differs a little
        Number("late").ShouldBeInRange(Fated(Fate.AnsweredLate) - 6, Fated(Fate.AnsweredLate) + 6);
        (Number("failed"), Number("lost"), Number("lateAtHub")).ShouldBe((0, 0, Number("late")));
        foreach (var latencies in stretches.SelectMany(s => new[] { s.GetProperty("fullExchange"), s.GetProperty("officeToOffice") }))
        {
            latencies.GetProperty("p50").GetDouble().ShouldBeGreaterThan(0);
            latencies.GetProperty("p99").GetDouble().ShouldBeInRange(latencies.GetProperty("p50").GetDouble(), latencies.GetProperty("max").GetDouble());
        }
        // A page looks every 2 s, and the target is 3 s.
        result.GetProperty("withinTarget").GetBoolean().ShouldBe(stretches.TrueForAll(s => s.GetProperty("officeToOffice").GetProperty("max").GetDouble() <= 1_000));
        result.GetProperty("catchingUp").GetProperty("waited").GetInt32().ShouldBe(40);
        result.GetProperty("cpu").EnumerateArray().Select(c => c.GetProperty("process").GetString()).Take(2).ShouldBe(["hub", "node host with its clerks"]);
        result.GetProperty("footprint").GetProperty("hubMemory").GetArrayLength().ShouldBe(2);
        run.Error.ShouldContain("Enrolling 4 counties");
    }

    static IReadOnlyList<string> Ill(Typed.Run doctor) => [.. JsonDocument.Parse(doctor.Output).RootElement.EnumerateArray()
        .Where(f => f.GetProperty("health").GetString() == "Ill")
        .Select(f => $"{f.GetProperty("what")}: {f.GetProperty("found")} ({f.GetProperty("cure")})")];

    static async Task<DateOnly> DueOnAsync(World world, WireCounty asker, string owes)
    {
        using var http = new HttpClient { BaseAddress = world.Installation.HubUrl };
        return (await asker.Hub(http).GetDueDatesAsync(owes, Kinds.CertificateVerificationRequest, urgent: false, Stop)).DueOn is { } day
            ? DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture) : throw new InvalidOperationException("pending");
    }

    async Task<World> WorldAsync()
    {
        var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "commands", Counties = ["330106", "420581"], RealClock = true }, Stop);
        await world.Installation.SaveAsync(Stop);
        return world;
    }

    async Task<IReadOnlyList<int>> YearsAsync(World world)
    {
        await using var source = NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.HubDatabase));
        await using var command = source.CreateCommand("select distinct year from hub.calendar_years");
        await using var rows = await command.ExecuteReaderAsync(Stop);
        var years = new List<int>();
        while (await rows.ReadAsync(Stop))
            years.Add(rows.GetInt32(0));
        return years;
    }

    async Task<long> CountAsync(World world, string table)
    {
        await using var source = NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.HubDatabase));
        await using var command = source.CreateCommand("select count(*) from " + table);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    async Task<bool> HubHoldsAsync(World world, string value)
    {
        await using var source = NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.HubDatabase));
        await using var tables = source.CreateCommand("select format('%I.%I', table_schema, table_name) from information_schema.tables where table_schema in ('hub', 'events', 'people') and table_type = 'BASE TABLE'");
        var names = new List<string>();
        await using (var rows = await tables.ExecuteReaderAsync(Stop))
            while (await rows.ReadAsync(Stop))
                names.Add(rows.GetString(0));
        names.ShouldContain("hub.registry_entries");
        foreach (var name in names)
        {
            await using var search = source.CreateCommand($"select exists(select 1 from {name} t where t::text like $1)");
            search.Parameters.Add(new() { Value = $"%{value}%" });
            if ((bool)(await search.ExecuteScalarAsync(Stop))!)
                return true;
        }
        return false;
    }
}
