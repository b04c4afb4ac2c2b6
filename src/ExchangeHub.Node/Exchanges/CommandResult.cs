using ExchangeHub.Contracts;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Who gives a command.</summary>
/// <param name="County">The caller's own county: every row is found through it.</param>
/// <param name="IsProgram">A county's own program: it alone may say that no person did it.</param>
public sealed record Author(string County, string Account, string DisplayName, bool IsProgram = false)
{
    /// <summary>A signed-in caller whose account names a county; pages and endpoints admit no other to a county's work.</summary>
    public static Author Of(CallerScope caller) =>
        new(caller.County ?? throw new InvalidOperationException("The caller works for no county."), caller.Account, caller.DisplayName, caller.Role == Roles.Integrator);
}

/// <summary>What came of a command: stored and on its way, or nothing changed and every fault found is named.</summary>
/// <param name="ExchangeId">The exchange concerned.</param>
/// <param name="MessageId">The message stored.</param>
/// <param name="CaseNumber">The number given to a new request.</param>
/// <param name="Errors">Code and JSON Pointer of each fault: <c>/header/…</c>, <c>/content/…</c>. Never a value.</param>
/// <param name="Warnings">What is worth a look and blocked nothing.</param>
public sealed record CommandResult(Guid ExchangeId, Guid MessageId, string? CaseNumber, IReadOnlyList<Refusal> Errors, IReadOnlyList<Refusal> Warnings)
{
    public bool Succeeded => Errors.Count == 0;

    internal static CommandResult Refuse(Guid exchangeId, params IReadOnlyList<Refusal> errors) => new(exchangeId, default, null, errors, []);
}

/// <summary>Codes of the node's own, beside <see cref="RefusalCodes"/>.</summary>
public static class NodeCodes
{
    /// <summary>An own message of this exchange has no receipt yet: wait for it.</summary>
    public const string AwaitingReceipt = nameof(AwaitingReceipt);
    /// <summary>The receiver's key is not known here yet, and the hub cannot be asked now.</summary>
    public const string ReceiverKeyNotAtHand = nameof(ReceiverKeyNotAtHand);
    /// <summary>This node holds no keys of the county.</summary>
    public const string CountyNotHosted = nameof(CountyNotHosted);
    /// <summary>The hub has not given this county a directory yet.</summary>
    public const string DirectoryNotHere = nameof(DirectoryNotHere);
    /// <summary>Warning: the resident number's last character does not fit the others.</summary>
    public const string CheckDigitWrong = nameof(CheckDigitWrong);
    /// <summary>Only a county's own program, an account of the role integrator, marks a message as automatic.</summary>
    public const string OnlyPrograms = nameof(OnlyPrograms);
    /// <summary>A reveal needs a reason.</summary>
    public const string ReasonMissing = nameof(ReasonMissing);
    /// <summary>The file is missing or too large.</summary>
    public const string FileNotReadable = nameof(FileNotReadable);

    public static IReadOnlyList<string> All { get; } =
        [AwaitingReceipt, ReceiverKeyNotAtHand, CountyNotHosted, DirectoryNotHere, CheckDigitWrong, OnlyPrograms, ReasonMissing, FileNotReadable, Register.RowNote.DuplicateRow];
}
