using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace ExchangeHub.Web.Accounts;

/// <summary>What became of a try to sign in.</summary>
public abstract record SignInResult
{
    public sealed record Welcome(CallerScope Caller) : SignInResult;
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
    /// <summary>Wrong passwords in a row before an account is locked.</summary>
    public const int FailuresMax = 5;
    public static readonly TimeSpan LockFor = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan TokenFor = TimeSpan.FromHours(12);

    // No 0 O 1 I l: a generated password is read aloud and typed from paper.
    const string PasswordAlphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    const int PasswordLength = 16;
    static readonly PasswordHasher<string> Hasher = new();
    // Verified when the account is unknown, so that the time taken does not tell which accounts exist.
    static readonly string NobodysHash = Hasher.HashPassword("", "nobody");

    /// <summary>Makes the account, or gives an existing one this role and scope and a new password.</summary>
    /// <returns>The generated password: the only time it is seen.</returns>
    public async Task<string> CreateAsync(string account, string displayName, string role, string? county = null, string? province = null, CancellationToken ct = default)
    {
        if (!Roles.All.Contains(role))
            throw new ArgumentException($"No such role: {role}", nameof(role));
        var password = RandomNumberGenerator.GetString(PasswordAlphabet, PasswordLength);
        await using var command = source.CreateCommand("""
            insert into people.accounts (account, display_name, role, county, province, password_hash) values ($1, $2, $3, $4, $5, $6)
            on conflict (account) do update set display_name = $2, role = $3, county = $4, province = $5, password_hash = $6, failures = 0, locked_until = null
            """);
        command.Add(account).Add(displayName).Add(role).AddText(county).AddText(province).Add(Hasher.HashPassword(account, password));
        await command.ExecuteNonQueryAsync(ct);
        return password;
    }

    /// <summary>Checks a password. The fifth wrong one in a row locks the account for 15 minutes; the right one starts the count anew.</summary>
    public async Task<SignInResult> SignInAsync(string account, string password, CancellationToken ct = default)
    {
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // The row is locked: parallel guesses are counted one by one.
        await using var read = new NpgsqlCommand(
            "select display_name, role, county, province, password_hash, failures, locked_until from people.accounts where account = $1 for update", connection, transaction);
        read.Add(account);
        CallerScope? caller = null;
        string hash = NobodysHash;
        int failures = 0;
        DateTimeOffset? lockedUntil = null;
        await using (var row = await read.ExecuteReaderAsync(ct))
        {
            if (await row.ReadAsync(ct))
            {
                caller = new CallerScope(account, row.GetString(0), row.GetString(1), row.TextOrNull(2), row.TextOrNull(3));
                (hash, failures, lockedUntil) = (row.GetString(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6));
            }
        }
        if (lockedUntil > now)
            return new SignInResult.Locked(lockedUntil.Value);
        if (lockedUntil is not null)
            failures = 0;
        var right = Hasher.VerifyHashedPassword(account, hash, password) != PasswordVerificationResult.Failed;
        if (caller is null)
            return new SignInResult.Wrong(FailuresMax - 1);
        failures = right ? 0 : failures + 1;
        DateTimeOffset? until = failures >= FailuresMax ? now + LockFor : null;
        await using var write = new NpgsqlCommand("update people.accounts set failures = $2, locked_until = $3 where account = $1", connection, transaction);
        write.Add(account).Add(failures).AddTime(until);
        await write.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return right ? new SignInResult.Welcome(caller)
            : until is { } locked ? new SignInResult.Locked(locked)
            : new SignInResult.Wrong(FailuresMax - failures);
    }

    /// <summary>Gives a signed-in caller a bearer token for 12 hours. Tokens that ended are cleared on the way.</summary>
    public async Task<IssuedToken> IssueTokenAsync(CallerScope caller, CancellationToken ct = default)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var expiresAt = clock.GetUtcNow() + TokenFor;
        await using var command = source.CreateCommand("""
            with ended as (delete from people.tokens where expires_at < $4)
            insert into people.tokens (token_hash, account, expires_at) values ($1, $2, $3)
            """);
        command.Add(HashOf(token)).Add(caller.Account).AddTime(expiresAt).AddTime(clock.GetUtcNow());
        await command.ExecuteNonQueryAsync(ct);
        return new IssuedToken(token, expiresAt);
    }

    /// <summary>Who carries this token, with the account's role and scope of this moment.</summary>
    public async Task<CallerScope?> FindByTokenAsync(string token, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("""
            select a.account, a.display_name, a.role, a.county, a.province
            from people.tokens t join people.accounts a using (account) where t.token_hash = $1 and t.expires_at > $2
            """);
        command.Add(HashOf(token)).AddTime(clock.GetUtcNow());
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new CallerScope(row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.TextOrNull(4)) : null;
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

    static byte[] HashOf(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));
}
