using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Rates;

public sealed class RateQueriesTests(TestServers servers)
{
    const string Unit = "330109", Province = "330000", NearBy = "330205", Elsewhere = "340221";
    const string Reply = Kinds.FeedbackReply, Acknowledge = Kinds.Acknowledgement;
    static readonly Period February = Month("2026-02");
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_figure_as_of_any_time_is_what_the_facts_say_and_its_list_is_as_long()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var random = new Random(20260301);
        var lives = Enumerable.Range(0, 600).Select(_ => Lives.AtRandom(random)).ToList();
        await database.WriteAsync(lives.Select(l => Exchange.Fold(l)!));
        // Times at which something happens, the last instant before, and some between.
        var times = Enumerable.Range(0, 12).Select(_ => lives[random.Next(lives.Count)] is var life ? life[random.Next(life.Count)].At : default)
            .SelectMany(t => new[] { t, t.AddMicroseconds(-1) }).Append(Lives.Shanghai("2026-03-01T00:00")).Append(database.Business.At).ToList();

        foreach (var t in times)
            foreach (var period in new[] { February, Month("2026-03") })
            {
                var expected = lives.SelectMany(l => new BruteForce(l, t).Figures(period.First, period.Last, t)).ToList();
                foreach (var cut in new[] { RateCut.County, RateCut.Reason, RateCut.Scope, RateCut.Kind })
                {
                    var table = await database.Rates.TableAsync(new RateFilter(period, t), cut, RatesDatabase.Everybody, Cancel);
                    table.AsOf.ShouldBe(t);
                    Flat(table.Rows).ShouldBe(expected.GroupBy(e => (Key: KeyOf(e, cut), e.Indicator))
                        .Select(g => (g.Key.Key, g.Key.Indicator, g.LongCount(e => e.Met), g.LongCount())).Order());
                    Flat([table.Total]).ShouldBe(expected.GroupBy(e => e.Indicator).Select(g => ("", g.Key, g.LongCount(e => e.Met), g.LongCount())).Order());
                }
            }

        var filter = new RateFilter(February, Lives.Shanghai("2026-03-05T12:00"), [Scope.BetweenProvinces]);
        var figures = (await database.Rates.TableAsync(filter, RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures;
        foreach (var indicator in Indicators.All)
        {
            var all = await ListAsync(database, indicator, ListPart.Denominator, filter);
            var met = await ListAsync(database, indicator, ListPart.Numerator, filter);
            var missing = await ListAsync(database, indicator, ListPart.Missing, filter);
            all.Count.ShouldBe((int)(figures[indicator.Id].Denominator ?? figures[indicator.Id].Numerator));
            met.Count.ShouldBe((int)figures[indicator.Id].Numerator);
            met.Concat(missing).OrderBy(i => i.ExchangeId).ShouldBe(all.OrderBy(i => i.ExchangeId));
            all.ShouldAllBe(i => i.Scope == "BetweenProvinces" && !(i.FulfilledAt > filter.AsOf));
        }
    }

    [Fact]
    public async Task By_month_a_row_says_what_that_month_s_own_table_says_and_every_number_is_as_long_as_its_list()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var random = new Random(20260302);
        await database.WriteAsync(Enumerable.Range(0, 300).Select(_ => Exchange.Fold(Lives.AtRandom(random))!));
        RateFilter Months(string last, int count) => RateFilter.Read(last, "2026-03-20T12:00:00+08:00", null, null, null, null, database.Business.At, out _,
            count.ToString(System.Globalization.CultureInfo.InvariantCulture)).ShouldNotBeNull();

        var year = await database.Rates.TableAsync(Months("2026-04", 12), RateCut.Month, RatesDatabase.Everybody, Cancel);
        (year.Month, year.Rows.Count, year.Rows[0].Key, year.Rows[^1].Key).ShouldBe(("2025-05/2026-04", 12, "2025-05", "2026-04"));
        foreach (var row in year.Rows)
        {
            var alone = (await database.Rates.TableAsync(new RateFilter(Month(row.Key), year.AsOf), RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures;
            foreach (var indicator in Indicators.All)
            {
                var figure = row.Figures[indicator.Id];
                if (indicator != Indicators.OverdueOpen)
                    figure.ShouldBe(alone[indicator.Id]);
                (await ListAsync(database, indicator, ListPart.Numerator, Months(row.Key, 1))).Count.ShouldBe((int)figure.Numerator, $"{indicator.Id} {row.Key}");
            }
        }
        // Nothing is due before the year or after it: all that is overdue and open lies in one of its months.
        var overdue = (await database.Rates.TableAsync(new RateFilter(Month("2026-04"), year.AsOf), RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures["overdue_open"];
        overdue.Numerator.ShouldBeGreaterThan(0);
        year.Rows.Sum(r => r.Figures["overdue_open"].Numerator).ShouldBe(overdue.Numerator);
        year.Rows.Count(r => r.Figures["received"].Numerator > 0).ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_countys_month_gives_the_known_figures()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var lives = ACountysMonth();
        await database.WriteAsync(lives.Select(l => Exchange.Fold(l)!));

        var between = await FiguresAsync(database, Scope.BetweenProvinces);
        Say(between, Indicators.FeedbackRate).ShouldBe("352/352 100.00");
        Say(between, Indicators.TimelinessRate).ShouldBe("352/352 100.00");
        Say(between, Indicators.ReceiptRate).ShouldBe("352/352 100.00");
        (between["received"].Text, between["sent"].Text, between["overdue_open"].Text).ShouldBe(("352", "5", "0"));
        Say(await FiguresAsync(database, Scope.BetweenProvinces, "NoCertificateOnFile"), Indicators.TimelinessRate).ShouldBe("151/151 100.00");
        Say(await FiguresAsync(database, Scope.BetweenProvinces, "CertificateDoubtful"), Indicators.TimelinessRate).ShouldBe("43/43 100.00");
        Say(await FiguresAsync(database, Scope.BetweenProvinces, RateFilter.NoReason), Indicators.TimelinessRate).ShouldBe("158/158 100.00");

        var within = await FiguresAsync(database, Scope.WithinProvince);
        Say(within, Indicators.TimelinessRate).ShouldBe("207/207 100.00");
        within["sent"].Text.ShouldBe("183");
        Say(await FiguresAsync(database, Scope.WithinProvince, "NoCertificateOnFile"), Indicators.TimelinessRate).ShouldBe("75/75 100.00");
        Say(await FiguresAsync(database, Scope.WithinProvince, "CertificateDoubtful"), Indicators.TimelinessRate).ShouldBe("0/0 —");
        Say(await FiguresAsync(database, null), Indicators.TimelinessRate).ShouldBe("559/559 100.00");
    }

    [Fact]
    public async Task The_same_month_with_one_request_overdue_and_unanswered()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var lives = ACountysMonth();
        var late = lives.FindIndex(l => l[0] is Opened { Scope: Scope.BetweenProvinces, Receiver: Unit });
        lives[late] = [lives[late][0]];
        await database.WriteAsync(lives.Select(l => Exchange.Fold(l)!));

        var between = await FiguresAsync(database, Scope.BetweenProvinces);
        Say(between, Indicators.FeedbackRate).ShouldBe("351/352 99.72");
        Say(between, Indicators.TimelinessRate).ShouldBe("351/352 99.72");
        between["overdue_open"].Text.ShouldBe("1");
        (await ListAsync(database, Indicators.TimelinessRate, ListPart.Missing, Filter(Scope.BetweenProvinces))).ShouldHaveSingleItem().ExchangeId
            .ShouldBe(((Opened)lives[late][0]).ExchangeId);
    }

    [Fact]
    public async Task A_reply_in_the_months_last_instant_is_in_time_and_one_at_midnight_is_late_in_that_months_cohort()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var inTime = Lives.Asked(Elsewhere, Unit, Lives.Shanghai("2026-02-12T10:00")).Then(Reply, Lives.Shanghai("2026-02-28T23:59:59.999999"));
        var late = Lives.Asked(Elsewhere, Unit, Lives.Shanghai("2026-02-12T10:00")).Then(Reply, Lives.Shanghai("2026-03-01T00:00"));
        await database.WriteAsync(new[] { inTime, late }.Select(l => Exchange.Fold(l)!));

        var february = (await database.Rates.TableAsync(new RateFilter(February), RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures;
        Say(february, Indicators.TimelinessRate).ShouldBe("1/2 50.00");
        Say(february, Indicators.DueFeedbackRate).ShouldBe("2/2 100.00");
        var march = (await database.Rates.TableAsync(new RateFilter(Month("2026-03")), RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures;
        Say(march, Indicators.TimelinessRate).ShouldBe("0/0 —");
        // In the month's last instant neither is due; at midnight both are, and the late one is there, too.
        Say(await AtAsync("2026-02-28T23:59:59.999999"), Indicators.TimelinessRate).ShouldBe("0/0 —");
        Say(await AtAsync("2026-03-01T00:00"), Indicators.TimelinessRate).ShouldBe("1/2 50.00");

        async Task<IReadOnlyDictionary<string, Figure>> AtAsync(string t) =>
            (await database.Rates.TableAsync(new RateFilter(February, Lives.Shanghai(t)), RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures;
    }

    [Fact]
    public async Task A_caller_sees_the_figures_of_the_own_county_or_province_and_nothing_else()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var at = Lives.Shanghai("2026-02-03T10:00");
        await database.WriteAsync(new[] { Lives.Asked(Unit, Elsewhere, at), Lives.Asked(Elsewhere, NearBy, at), Lives.Asked(NearBy, Unit, at) }.Select(l => Exchange.Fold(l)!));

        (await KeysAsync(new("m", "", Roles.Monitor, Unit, null))).ShouldBe([Unit]);
        (await KeysAsync(new("m", "", Roles.Monitor, null, Province))).ShouldBe([Unit, NearBy]);
        (await KeysAsync(new("m", "", Roles.Monitor, null, null))).ShouldBeEmpty();
        (await KeysAsync(RatesDatabase.Everybody)).ShouldBe([Unit, NearBy, Elsewhere]);
        var own = new CallerScope("m", "", Roles.Monitor, Unit, null);
        (await database.Rates.ListAsync(Indicators.Received, ListPart.Denominator, new RateFilter(February), own, ct: Cancel))!.Items.ShouldAllBe(i => i.Unit == Unit);
        (await database.Rates.ListAsync(Indicators.Sent, ListPart.Denominator, new RateFilter(February), own, ct: Cancel))!.Items.ShouldAllBe(i => i.Counterpart == Unit);
        (await database.Rates.TableAsync(new RateFilter(February, County: Elsewhere), RateCut.County, own, Cancel)).Rows.ShouldBeEmpty();

        async Task<IEnumerable<string>> KeysAsync(CallerScope caller) =>
            (await database.Rates.TableAsync(new RateFilter(February), RateCut.County, caller, Cancel)).Rows.Select(r => r.Key);
    }

    [Fact]
    public async Task Now_waits_for_the_oldest_batch_under_way()
    {
        await using var database = await RatesDatabase.CreateAsync(servers);
        var began = database.Business.At.AddSeconds(-30).AddMilliseconds(400);
        await using (var connection = await database.Source.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var mark = new Npgsql.NpgsqlCommand("select pg_advisory_xact_lock_shared($1, $2)", connection, transaction)
            { Parameters = { new() { Value = AnswerableTime.BatchMark }, new() { Value = AnswerableTime.MarkOf(began) } } };
            await mark.ExecuteNonQueryAsync(Cancel);

            var before = database.Business.At.AddSeconds(-30).AddMicroseconds(-1);
            (await TableAsync(null)).AsOf.ShouldBe(before);
            (await TableAsync(database.Business.At)).AsOf.ShouldBe(before);
            (await TableAsync(before.AddDays(-1))).AsOf.ShouldBe(before.AddDays(-1));
        }
        (await TableAsync(null)).AsOf.ShouldBe(database.Business.At);

        Task<RateTable> TableAsync(DateTimeOffset? asOf) => database.Rates.TableAsync(new RateFilter(February, asOf), RateCut.County, RatesDatabase.Everybody, Cancel);
    }

    /// <summary>352 received between provinces, 207 within, all answered in time; 5 and 183 sent.</summary>
    static List<List<ExchangeEvent>> ACountysMonth()
    {
        var lives = new List<List<ExchangeEvent>>();
        // Delivered on the first working days, so that all is due in February.
        void Add(int count, string from, string to, string? reason) =>
            lives.AddRange(Enumerable.Range(0, count).Select(n => Lives.Shanghai("2026-02-02T08:30").AddDays(n % 5).AddMinutes(n % 300))
                .Select(at => Lives.Asked(from, to, at, reason).Then(Acknowledge, at.AddMinutes(20)).Then(Reply, at.AddMinutes(90))));
        Add(151, Elsewhere, Unit, "NoCertificateOnFile");
        Add(43, Elsewhere, Unit, "CertificateDoubtful");
        Add(158, Elsewhere, Unit, null);
        Add(75, NearBy, Unit, "NoCertificateOnFile");
        Add(132, NearBy, Unit, null);
        Add(5, Unit, Elsewhere, null);
        Add(183, Unit, NearBy, null);
        return lives;
    }

    static RateFilter Filter(Scope? scope, string? reason = null) => new(February, Lives.Shanghai("2026-03-02T00:00"), scope is { } s ? [s] : [], Reason: reason, County: Unit);

    static async Task<IReadOnlyDictionary<string, Figure>> FiguresAsync(RatesDatabase database, Scope? scope, string? reason = null) =>
        (await database.Rates.TableAsync(Filter(scope, reason), RateCut.County, RatesDatabase.Everybody, Cancel)).Total.Figures;

    static string Say(IReadOnlyDictionary<string, Figure> figures, Indicator indicator) =>
        figures[indicator.Id] is var f ? $"{f.Numerator}/{f.Denominator} {f.Text}" : "";

    static async Task<List<ListItem>> ListAsync(RatesDatabase database, Indicator indicator, ListPart part, RateFilter filter)
    {
        var items = new List<ListItem>();
        string? next = null;
        do
        {
            var page = (await database.Rates.ListAsync(indicator, part, filter, RatesDatabase.Everybody, next, limit: 7, Cancel)).ShouldNotBeNull();
            items.AddRange(page.Items);
            if ((next = page.Next) is null)
                page.Count.ShouldBe(items.Count);
        }
        while (next is not null);
        items.Select(i => (i.ExchangeId, i.Ordinal)).ShouldBeUnique();
        return items;
    }

    static Period Month(string month) => Period.TryParseMonth(month, out var period) ? period : throw new ArgumentException(month, nameof(month));

    static string KeyOf((string Indicator, string County, string Reason, Scope Scope, bool Met) figure, RateCut cut) => cut switch
    {
        RateCut.County => figure.County,
        RateCut.Reason => figure.Reason,
        RateCut.Scope => figure.Scope.ToString(),
        _ => Kinds.CertificateVerificationRequest,
    };

    // A figure that nothing belongs to is not in the brute force's list.
    static IEnumerable<(string, string, long, long)> Flat(IEnumerable<RateRow> rows) =>
        rows.SelectMany(r => r.Figures.Values.Select(f => (r.Key, f.Indicator, f.Numerator, f.Denominator ?? f.Numerator))).Where(f => f.Item4 > 0).Order();
}
