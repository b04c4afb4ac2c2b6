using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace ExchangeHub.BrowserTests;

/// <summary>Eight county offices at one node host, a hub, and Debian's Chromium: Wednesday 4 March 2026, a quarter past two, with a week of questions behind.
/// Everybody is invented.</summary>
public sealed class Offices(TestServers servers) : IAsyncLifetime
{
    /// <summary>The office the pages are seen from.</summary>
    public const string Yidu = "420581";
    public const string Yuhang = "330110";
    public const string Badong = "422823";
    const string Yiling = "420506";
    const string Songzi = "421087";
    static readonly string[] Counties = [Yidu, Yuhang, Badong, "440306", "310115", Yiling, Songzi, "330782"];
    static readonly string[] Chromium =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    readonly Dictionary<string, string> passwords = [];
    World? world;
    IPlaywright? playwright;
    IBrowser? browser;
    int people;

    public World World => world!;
    public Uri Node => World.Installation.NodeUrl;
    public Uri Hub => World.Installation.HubUrl;

    public async ValueTask InitializeAsync()
    {
        world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "browser", Counties = Counties, StartAt = Shanghai(2, 25, 9, 0) });
        foreach (var county in new[] { Yidu, Badong, Yiling, Songzi })
            await world.ImportRegisterAsync(county, InventedPerson.RegisterFile(county, 0, 200));
        await PlayAWeekAsync();
        await AddAsync(World.Node, "chenjing", "陈静", Roles.Clerk, Yidu);
        await AddAsync(World.Node, "yuhang", "沈一帆", Roles.Clerk, Yuhang);
        await AddAsync(World.Node, "badong", "谭晓", Roles.Clerk, Badong);
        await AddAsync(World.Hub, "hubei", "周敏", Roles.Monitor, province: "420000");
        await AddAsync(World.Hub, "zhejiang", "郑予", Roles.Monitor, province: "330000");
        Assertions.SetDefaultExpectTimeout(20_000); // a busy machine is slow, not wrong
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser(), Args = Chromium });
    }

    /// <summary>The one that <c>deploy/prerequisites.sh</c> looks for.</summary>
    static string Browser() =>
        (from name in new[] { "chromium", "chromium-browser", "google-chrome" }
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("No Chromium in the PATH.");

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (world is not null)
            await world.DisposeAsync();
    }

    /// <summary>A fresh browser window; nobody is signed in.</summary>
    public async Task<IPage> WindowAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light, bool script = true, string? locale = null)
    {
        var context = await browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            Locale = locale,
        });
        context.SetDefaultTimeout(20_000);
        return await context.NewPageAsync();
    }

    /// <summary>A window of somebody who has signed in at the node.</summary>
    public async Task<IPage> AtNodeAsync(string account, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        var page = await WindowAsync(width, scheme, script);
        await SignInAsync(page, Node, account, passwords[account]);
        return page;
    }

    /// <summary>A window of somebody who has signed in at the hub.</summary>
    public async Task<IPage> AtHubAsync(string account, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await WindowAsync(width, scheme);
        await SignInAsync(page, Hub, account, passwords[account]);
        return page;
    }

    public static async Task SignInAsync(IPage page, Uri at, string account, string password)
    {
        await page.GotoAsync(new Uri(at, "sign-in").ToString());
        await page.FillAsync("#account", account);
        await page.FillAsync("#password", password);
        await page.ClickAsync("main button[type=submit]");
    }

    /// <summary>Makes an account at the node.</summary>
    /// <returns>Its password.</returns>
    public async Task<string> AddClerkAsync(string account, string county)
    {
        await AddAsync(World.Node, account, account, Roles.Clerk, county);
        return passwords[account];
    }

    /// <summary>A person nobody has asked about yet.</summary>
    public InventedPerson SomebodyOf(string county) => InventedPerson.Of(county, 40 + Interlocked.Increment(ref people));

    /// <summary>One county asks another, and the question arrives.</summary>
    /// <param name="change">What the asker holds differently from the register: a question that answers itself needs no clerk.</param>
    public async Task<Guid> AskAsync(string from, string to, InventedPerson person, Func<SendRequest, SendRequest>? change = null)
    {
        var id = await SendAsync(from, to, person, change);
        await World.QuietAsync();
        return id;
    }

    async Task<Guid> SendAsync(string from, string to, InventedPerson person, Func<SendRequest, SendRequest>? change = null)
    {
        var asked = person.Ask();
        var request = new SendRequest(to, asked.CertificateType, asked.CertificateNumber, asked.HolderName, asked.HolderId, WireTime.Format(asked.IssuedOn!.Value),
            WireTime.Format(asked.ValidUntil!.Value), asked.Purpose, asked.LegalBasis, ReasonCode: "RoutineCheck");
        var sent = await World.Node.Services.GetRequiredService<ExchangeCommands>().SendAsync(new Author(from, "office", "办公室"), change?.Invoke(request) ?? request);
        sent.Errors.ShouldBeEmpty();
        return sent.ExchangeId;
    }

    /// <summary>The asker's paper has another number than the register: a clerk must look.</summary>
    public static SendRequest WithAnotherNumber(SendRequest request) => request with { CertificateNumber = request.CertificateNumber + "-2", Note = "申请人在我处办理居住登记，请核对证件编号。" };

    async Task PlayAWeekAsync()
    {
        // Between provinces: seven working days, so 25 February is due on 5 March, after the make-up Saturday.
        await SendAsync(Yuhang, Yidu, Person(0), WithAnotherNumber);
        await SendAsync("440306", Yidu, Person(1), r => r with { CertificateNumber = "SZ-2024-0081" });
        await SendAsync("310115", Yidu, Person(2)); // the register answers this one
        await World.QuietAsync();
        await World.AdvanceToAsync(Shanghai(2, 27, 10, 30));
        await SendAsync(Yuhang, Yidu, Person(3), r => r with { HolderName = "无此人" });
        await SendAsync("330782", Yidu, Person(4), r => WithAnotherNumber(r) with { ReasonCode = "CertificateDoubtful" });
        await World.QuietAsync();
        await World.AdvanceToAsync(Shanghai(3, 2, 9, 12));
        await SendAsync(Badong, Yidu, Person(5), WithAnotherNumber); // within the province: due the same day, and nobody answered
        // Routine checks of one county's papers at another: the registers answer them at once.
        foreach (var (from, to, first, count) in new[] { (Badong, Yidu, 20, 2), (Songzi, Yidu, 22, 1), (Yidu, Badong, 20, 4), (Yidu, Yiling, 20, 3), (Badong, Songzi, 20, 2) })
            foreach (var number in Enumerable.Range(first, count))
                await SendAsync(from, to, InventedPerson.Of(to, number));
        // Nobody has answered this one either.
        await SendAsync(Songzi, Yiling, InventedPerson.Of(Yiling, 30), WithAnotherNumber);
        var returned = await AskAsync(Yidu, Badong, InventedPerson.Of(Badong, 3), r => WithAnotherNumber(r) with { ReasonCode = "NoCertificateOnFile" });
        await World.QuietAsync();
        await World.AdvanceToAsync(Shanghai(3, 3, 8, 47));
        await SendAsync(Songzi, Yidu, Person(6), r => r with { HolderName = r.HolderName + "儿" });
        await DoAsync(c => c.DoAsync(new Author(Badong, "badong", "谭晓"), returned, new Return("NotOurs", Yiling)));
        await World.QuietAsync();
        await World.AdvanceToAsync(Shanghai(3, 4, 8, 31));
        var answered = await AskAsync(Yidu, Yuhang, InventedPerson.Of(Yuhang, 7));
        await DoAsync(c => c.DoAsync(new Author(Yuhang, "yuhang", "沈一帆"), answered, new Acknowledge()));
        await DoAsync(c => c.DoAsync(new Author(Yuhang, "yuhang", "沈一帆"), answered, new Reply("MatchWithDifferences", "FieldsDiffer",
            AskedFields.All.ToDictionary(f => f, f => f == "validUntil" ? FieldMatch.Different : FieldMatch.Same), "证件今年续期，有效期已变。")));
        await SendAsync(Yidu, "440306", InventedPerson.Of("440306", 9));
        foreach (var (from, number) in new[] { (Yiling, 7), (Badong, 8), (Songzi, 9), (Yiling, 10) })
            await SendAsync(from, Yidu, Person(number), number == 9 ? r => WithAnotherNumber(r) with { Urgency = "urgent" } : WithAnotherNumber);
        await SendAsync(Yiling, Yidu, Person(11)); // exact: answered by the register
        await World.QuietAsync();
        await World.AdvanceToAsync(Shanghai(3, 4, 14, 18));
        await World.QuietAsync();
    }

    async Task DoAsync(Func<ExchangeCommands, Task<CommandResult>> command)
    {
        (await command(World.Node.Services.GetRequiredService<ExchangeCommands>())).Errors.ShouldBeEmpty();
        await World.QuietAsync();
    }

    static InventedPerson Person(int number) => InventedPerson.Of(Yidu, number);

    static DateTimeOffset Shanghai(int month, int day, int hour, int minute) => WireTime.At(new DateOnly(2026, month, day), new TimeOnly(hour, minute));

    async Task AddAsync(WebApplication at, string account, string name, string role, string? county = null, string? province = null) =>
        passwords[account] = await at.Services.GetRequiredService<PeopleAccounts>().CreateAsync(account, name, role, county, province);
}

/// <summary>Tests that share the offices; each asks its own questions.</summary>
[CollectionDefinition(Name)]
public sealed class InTheOffices : ICollectionFixture<Offices>
{
    public const string Name = "offices";
}
