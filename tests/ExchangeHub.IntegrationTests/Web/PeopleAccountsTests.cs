using ExchangeHub.Cli.Worlds;
using ExchangeHub.Web.Accounts;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Web;

/// <summary>Accounts, tokens and audit on a real database.</summary>
public sealed class PeopleAccountsTests(TestServers servers) : IAsyncLifetime
{
    readonly string database = $"people_{Guid.NewGuid():n}";
    readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
    NpgsqlDataSource source = null!;

    PeopleAccounts Accounts => new(source, clock);

    public async ValueTask InitializeAsync()
    {
        await Databases.CreateAsync(servers.Addresses, database);
        source = NpgsqlDataSource.Create(servers.Addresses.Database(database));
        await AccountSchema.ApplyAsync(source);
        await AccountSchema.ApplyAsync(source);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await Databases.DropAsync(servers.Addresses, database);
    }

    [Fact]
    public async Task The_generated_password_signs_in_with_the_accounts_scope()
    {
        var password = await CreateAsync("chenjing");
        var welcome = (await Accounts.SignInAsync("chenjing", password, Ct)).ShouldBeOfType<SignInResult.Welcome>();
        welcome.Caller.ShouldBe(new CallerScope("chenjing", "陈静", Roles.Clerk, "420581", null));
        password.Length.ShouldBe(16);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_for_fifteen_minutes_and_the_right_one_starts_anew()
    {
        var password = await CreateAsync("forgetful");
        for (var left = 4; left >= 1; left--)
            (await Accounts.SignInAsync("forgetful", "wrong", Ct)).ShouldBe(new SignInResult.Wrong(left));
        (await Accounts.SignInAsync("forgetful", password, Ct)).ShouldBeOfType<SignInResult.Welcome>();
        for (var wrong = 0; wrong < 4; wrong++)
            await Accounts.SignInAsync("forgetful", "wrong", Ct);
        var until = clock.GetUtcNow() + TimeSpan.FromMinutes(15);
        (await Accounts.SignInAsync("forgetful", "wrong", Ct)).ShouldBe(new SignInResult.Locked(until));
        (await Accounts.SignInAsync("forgetful", password, Ct)).ShouldBe(new SignInResult.Locked(until));
        clock.Advance(TimeSpan.FromMinutes(15));
        (await Accounts.SignInAsync("forgetful", password, Ct)).ShouldBeOfType<SignInResult.Welcome>();
    }

    [Fact]
    public async Task A_name_the_database_cannot_hold_is_nobodys() =>
        (await Accounts.SignInAsync("a\0b", "wrong", Ct)).ShouldBe(new SignInResult.Wrong(4));

    [Fact]
    public async Task Guesses_at_the_same_time_are_counted_one_by_one()
    {
        await CreateAsync("guessed");
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Accounts.SignInAsync("guessed", "wrong", Ct)));
        results.OfType<SignInResult.Wrong>().Select(w => w.TriesLeft).Order().ShouldBe([1, 2, 3, 4]);
        results.OfType<SignInResult.Locked>().Count().ShouldBe(8);
    }

    [Fact]
    public async Task Names_that_nobody_has_are_counted_and_forgotten_like_others()
    {
        for (var n = 0; n < 20; n++)
            (await Accounts.SignInAsync($"nobody-{n}", "wrong", Ct)).ShouldBe(new SignInResult.Wrong(4));
        (await RowsAsync()).ShouldBe(20);
        clock.Advance(PeopleAccounts.LockFor);
        (await Accounts.SignInAsync("nobody-0", "wrong", Ct)).ShouldBe(new SignInResult.Wrong(4));
        (await RowsAsync()).ShouldBe(1);

        async Task<long> RowsAsync()
        {
            await using var command = source.CreateCommand("select count(*) from people.failures");
            return (long)(await command.ExecuteScalarAsync(Ct))!;
        }
    }

    [Fact]
    public async Task A_token_carries_the_accounts_scope_and_ends_after_twelve_hours()
    {
        var password = await CreateAsync("program");
        var token = await Accounts.IssueTokenAsync((SignInResult.Welcome)await Accounts.SignInAsync("program", password, Ct), Ct);
        token.ExpiresAt.ShouldBe(clock.GetUtcNow() + TimeSpan.FromHours(12));
        (await Accounts.FindByTokenAsync(token.Token, Ct)).ShouldBe(new CallerScope("program", "陈静", Roles.Clerk, "420581", null));
        (await Accounts.FindByTokenAsync(token.Token + "0", Ct)).ShouldBeNull();
        clock.Advance(TimeSpan.FromHours(12));
        (await Accounts.FindByTokenAsync(token.Token, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Neither_passwords_nor_tokens_are_stored_as_text()
    {
        var password = await CreateAsync("careful");
        var token = await Accounts.IssueTokenAsync((SignInResult.Welcome)await Accounts.SignInAsync("careful", password, Ct), Ct);
        await using var command = source.CreateCommand("select coalesce((select string_agg(a::text, ' ') from people.accounts a), '') || coalesce((select string_agg(t::text, ' ') from people.tokens t), '')");
        var stored = (string)(await command.ExecuteScalarAsync(Ct))!;
        stored.ShouldContain("careful");
        stored.ShouldNotContain(password);
        stored.ShouldNotContain(token.Token);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Task<string> CreateAsync(string account) => Accounts.CreateAsync(account, "陈静", Roles.Clerk, "420581", ct: Ct);
}
