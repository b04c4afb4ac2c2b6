using System.Security.Cryptography;
using ExchangeHub.Contracts.Wire;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace ExchangeHub.Web.Accounts;

/// <summary>What became of a try to sign in.</summary>
public abstract record SignInResult
{
    /// <param name="Stamp">The account's of this moment; sessions end when it changes.</param>
    public sealed record Welcome(CallerScope Caller, Guid Stamp) : SignInResult;
    /// <param name="TriesLeft">How many wrong passwords more before the account is locked.</param>
    public sealed record Wrong(int TriesLeft) : SignInResult;
    public sealed record Locked(DateTimeOffset Until) : SignInResult;
}

/// <summary>A bearer token as it is given out: once, and never stored as text.</summary>
public sealed record IssuedToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>Local accounts of one application, their tokens and the audit. Passwords are generated, never chosen.</summary>
/// <param name="clock">The business clock: lock-outs, token ends and audit times.</param>
public sealed class PeopleAccounts(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>Wrong passwords in a row before nobody can sign in by a name, whether there is such an account or not.</summary>
    public const int FailuresMax = 5;
    /// <summary>How long a lock holds, and how long wrong passwords are remembered.</summary>
    public static readonly TimeSpan LockFor = TimeSpan.FromMinutes(15);
    // Each name costs a guesser a password hash, some 50 ms of a core: far above what 15 minutes allow on one machine, far below what fills a disk.
    const int FailuresKept = 100_000;
    public static readonly TimeSpan TokenFor = TimeSpan.FromHours(12);

    // No 0 O 1 I l: a generated password is read aloud and typed from paper.
    const string PasswordAlphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    const int PasswordLength = 16;
    static readonly PasswordHasher<string> Hasher = new();
    // Verified when the account is unknown: answers, counts, locks and the time taken do not tell which accounts exist.
    static readonly string NobodysHash = Hasher.HashPassword("", "nobody");

    /// <summary>Makes the account, or gives an existing one this role and scope and a new password; its cookies and tokens end.</summary>
    /// <returns>The generated password: the only time it is seen.</returns>
    public async Task<string> CreateAsync(string account, string displayName, string role, string? county = null, string? province = null, CancellationToken ct = default)
    {
        if (!Roles.All.Contains(role))
            throw new ArgumentException($"No such role: {role}", nameof(role));
        var password = RandomNumberGenerator.GetString(PasswordAlphabet, PasswordLength);
        await using var command = source.CreateCommand("""
            with unlocked as (delete from people.failures where name_hash = $7)
            insert into people.accounts (account, display_name, role, county, province, password_hash) values ($1, $2, $3, $4, $5, $6)
            on conflict (account) do update set display_name = $2, role = $3, county = $4, province = $5, password_hash = $6, stamp = gen_random_uuid()
            """);
        command.Add(account).Add(displayName).Add(role).AddText(county).AddText(province).Add(Hasher.HashPassword(account, password)).Add(HashOf(account));
        await command.ExecuteNonQueryAsync(ct);
        return password;
    }

    /// <summary>Takes an account away; its cookies and tokens end. What it did stays in the audit.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string account, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("delete from people.accounts where account = $1");
        command.Add(account);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>
    /// Checks a password. The fifth wrong one in a row lets nobody sign in by that name for 15 minutes; the right one starts the count anew. Who is
    /// signed in stays so: anybody can type wrong passwords. A name without an account goes the same way.
    /// </summary>
    public async Task<SignInResult> SignInAsync(string account, string password, CancellationToken ct = default)
    {
        var now = clock.GetUtcNow();
        var name = HashOf(account);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var (failures, lastAt) = await FailuresAsync(connection, name, now, ct);
        if (failures >= FailuresMax)
            return new SignInResult.Locked(lastAt + LockFor);
        var (found, hash) = await FindAsync(connection, account, ct);
        if (Hasher.VerifyHashedPassword(account, hash, password) != PasswordVerificationResult.Failed && found is not null)
        {
            await ExecuteAsync("delete from people.failures where name_hash = $1", c => c.Add(name));
            if (found.Caller.County is { } county)
                await ExecuteAsync("insert into people.sign_ins values ($1, $2, $3, $4) on conflict do nothing",
                    c => c.Add(county).Add(WireTime.DayOf(now)).Add(account).Add(found.Caller.Role));
            await transaction.CommitAsync(ct);
            return found;
        }
        failures++;
        await ExecuteAsync("update people.failures set failures = $2, last_at = $3 where name_hash = $1", c => c.Add(name).Add(failures).AddTime(now));
        await ExecuteAsync("""
            delete from people.failures where name_hash in (
                select name_hash from people.failures
                where last_at <= greatest($1, (select last_at from people.failures order by last_at desc offset $2 limit 1))
                for update skip locked)
            """, c => c.AddTime(now - LockFor).Add(FailuresKept));
        await transaction.CommitAsync(ct);
        return failures >= FailuresMax ? new SignInResult.Locked(now + LockFor) : new SignInResult.Wrong(FailuresMax - failures);

        async Task ExecuteAsync(string sql, Action<NpgsqlCommand> add)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            add(command);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    // The row is locked until the transaction ends: parallel guesses are counted one by one.
    static async Task<(int Failures, DateTimeOffset LastAt)> FailuresAsync(NpgsqlConnection connection, byte[] name, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            insert into people.failures as f (name_hash, failures, last_at) values ($1, 0, $2)
            on conflict (name_hash) do update set failures = case when f.last_at <= $3 then 0 else f.failures end
            returning failures, last_at
            """, connection);
        command.Add(name).AddTime(now).AddTime(now - LockFor);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1));
    }

    static async Task<(SignInResult.Welcome? Found, string Hash)> FindAsync(NpgsqlConnection connection, string account, CancellationToken ct)
    {
        if (account.Contains('\0'))
            return (null, NobodysHash); // a text the database cannot hold: nobody's name
        await using var command = new NpgsqlCommand("select account, display_name, role, county, province, stamp, password_hash from people.accounts where account = $1", connection);
        command.Add(account);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (new(CallerOf(row), row.GetGuid(5)), row.GetString(6)) : (null, NobodysHash);
    }

    /// <summary>Whether a person who works on the county's exchanges signed in on a day (Asia/Shanghai). A program is no person.</summary>
    public async Task<bool> SignedInAsync(string county, DateOnly day, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("select exists(select 1 from people.sign_ins where county = $1 and day = $2 and role in ($3, $4))");
        command.Add(county).Add(day).Add(Roles.Clerk).Add(Roles.Reviewer);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Whether a cookie that carries this stamp still holds: the account is there, its password the same since.</summary>
    public async Task<bool> HoldsAsync(string account, Guid stamp, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("select exists(select 1 from people.accounts where account = $1 and stamp = $2)");
        command.Add(account).Add(stamp);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Gives a signed-in caller a bearer token for 12 hours. Tokens that ended are cleared on the way.</summary>
    public async Task<IssuedToken> IssueTokenAsync(SignInResult.Welcome welcome, CancellationToken ct = default)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var expiresAt = clock.GetUtcNow() + TokenFor;
        await using var command = source.CreateCommand("""
            with ended as (delete from people.tokens where expires_at < $4)
            insert into people.tokens (token_hash, account, stamp, expires_at) values ($1, $2, $5, $3)
            """);
        command.Add(HashOf(token)).Add(welcome.Caller.Account).AddTime(expiresAt).AddTime(clock.GetUtcNow()).Add(welcome.Stamp);
        await command.ExecuteNonQueryAsync(ct);
        return new IssuedToken(token, expiresAt);
    }

    /// <summary>Who carries this token, if the account's stamp is still the token's.</summary>
    public async Task<CallerScope?> FindByTokenAsync(string token, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("""
            select a.account, a.display_name, a.role, a.county, a.province
            from people.tokens t join people.accounts a using (account, stamp) where t.token_hash = $1 and t.expires_at > $2
            """);
        command.Add(HashOf(token)).AddTime(clock.GetUtcNow());
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? CallerOf(row) : null;
    }

    /// <summary>Writes who looked at what, and why. Shown before the data is: no row, no reveal.</summary>
    /// <param name="action">What was done, a short word such as <c>reveal</c>.</param>
    /// <param name="subject">What it was done to: an id, never a person's data.</param>
    public async Task AuditAsync(CallerScope caller, string action, string subject, string reason, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(
            "insert into people.audit (at, account, county, action, subject, reason) values ($1, $2, $3, $4, $5, $6)");
        command.AddTime(clock.GetUtcNow()).Add(caller.Account).AddText(caller.County).Add(action).Add(subject).Add(reason);
        await command.ExecuteNonQueryAsync(ct);
    }

    static CallerScope CallerOf(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.TextOrNull(4));

    static byte[] HashOf(string text) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
}
