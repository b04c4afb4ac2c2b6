using System.CommandLine;

namespace ExchangeHub.Cli.Commands;

/// <summary>Who acts, and the password: from the environment or standard input, where no list of processes and no shell's history shows it.</summary>
static class SignIn
{
    const string AccountVariable = "EXCHANGEHUB_ACCOUNT", PasswordVariable = "EXCHANGEHUB_PASSWORD";

    public const string NoAccount = $"No account: --account or {AccountVariable}.";
    public const string NoPassword = $"No password: {PasswordVariable}, or the first line of standard input with --password-stdin.";
    public const string Cure = "exchangehub accounts create makes an account.";

    public static Option<string?> Account { get; } = new("--account") { Description = $"Who acts; default: {AccountVariable}." };
    public static Option<bool> PasswordFromInput { get; } = new("--password-stdin") { Description = $"The account's password is the first line of standard input; else it is {PasswordVariable}." };

    public static string? AccountOf(ParseResult parse) => parse.GetValue(Account) ?? Surroundings.VariableOf(parse, AccountVariable);

    public static async Task<string?> PasswordAsync(ParseResult parse, CancellationToken cancel) =>
        (parse.GetValue(PasswordFromInput) ? await Surroundings.InputOf(parse).ReadLineAsync(cancel) : Surroundings.VariableOf(parse, PasswordVariable)) is { Length: > 0 } password
            ? password : null;
}
