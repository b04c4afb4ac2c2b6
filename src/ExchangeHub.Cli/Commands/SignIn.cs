using System.CommandLine;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.Cli.Commands;

/// <summary>Who acts, and the password: from the environment or standard input, where no list of processes and no shell's history shows it.</summary>
static class SignIn
{
    const string AccountVariable = "EXCHANGEHUB_ACCOUNT", PasswordVariable = "EXCHANGEHUB_PASSWORD";

    public static string NoAccount => Text.Of("Cli.NoAccount", AccountVariable);
    public static string NoPassword => Text.Of("Cli.NoPassword", PasswordVariable);
    public static string Cure => Text.Of("Cli.AccountCure");

    public static Option<string?> Account { get; } = new("--account") { Description = $"Who acts; default: {AccountVariable}." };
    public static Option<bool> PasswordFromInput { get; } = new("--password-stdin") { Description = $"The account's password is the first line of standard input; else it is {PasswordVariable}." };

    public static string? AccountOf(ParseResult parse) => parse.GetValue(Account) ?? Surroundings.VariableOf(parse, AccountVariable);

    public static async Task<string?> PasswordAsync(ParseResult parse, CancellationToken cancel) =>
        (parse.GetValue(PasswordFromInput) ? await Surroundings.InputOf(parse).ReadLineAsync(cancel) : Surroundings.VariableOf(parse, PasswordVariable)) is { Length: > 0 } password
            ? password : null;
}
