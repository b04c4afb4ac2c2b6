using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Cli.Calls;

/// <summary>What the members of requests mean, in the words of a command's help, and the code lists they choose from.</summary>
static class Meanings
{
    static readonly Dictionary<string, string> Texts = new()
    {
        ["to"] = "The other county's code, six digits.",
        ["certificateType"] = "Type of the certificate.",
        ["certificateNumber"] = "Number on the certificate.",
        ["holderName"] = "Name on the certificate.",
        ["holderId"] = "Resident number, 18 characters.",
        ["issuedOn"] = "Day of issue, yyyy-MM-dd.",
        ["validUntil"] = "Last day of validity, yyyy-MM-dd.",
        ["purpose"] = "Why it is asked or told.",
        ["legalBasis"] = "On what ground.",
        ["note"] = "Plain text for the other side, sealed.",
        ["urgency"] = "Shorter terms; leave out for an ordinary question.",
        ["reasonCode"] = "Why.",
        ["follows"] = "An earlier exchange of this county that this one follows.",
        ["exchangeId"] = "The new exchange's id, made by you: the same command sent twice opens one exchange.",
        ["test"] = "A trial: counts in no figure.",
        ["automatic"] = "A program does it, no person; only an account of the role integrator may say so.",
        ["personName"] = "The person's name.",
        ["personId"] = "Resident number, 18 characters.",
        ["items"] = "What is asked, each once.",
        ["residenceAddress"] = "The address on file here, for the item residence.",
        ["householdAddress"] = "The address on file here, for the item householdRegistration.",
        ["phone"] = "Telephone on file here.",
        ["stateOn"] = "The day whose state is asked about, yyyy-MM-dd, not after today; left out: the day of the answer.",
        ["kind"] = "Which notice.",
        ["movedOn"] = "Day of the move, yyyy-MM-dd.",
        ["fromUnit"] = "Township left, code or name.",
        ["toUnit"] = "Township moved to, code or name.",
        ["address"] = "Address moved to.",
        ["movedTo"] = "A departure's next county, where it is known.",
        ["supersedes"] = "The exchange of an own notice whose place this one takes.",
        ["open"] = "Of a notice: open the county's own record of the movement where there is none.",
        ["outcome"] = "What came out.",
        ["fields"] = "By what was asked, NAME=MATCH, several by blanks; what is not named is not answered.",
        ["certificateStatus"] = "State of the certificate; left out: what the register says.",
        ["workingDays"] = $"How many more after the due day, 1 to {Limits.ExtensionDaysMax}.",
        ["decision"] = "Whether it gets the time.",
        ["suggestedTo"] = "The county that may be the right one; only with NotOurs.",
        ["mark"] = "What the answer was worth; may be left out.",
        ["effectiveFrom"] = "First day it holds, yyyy-MM-dd, tomorrow or later.",
        ["reminders"] = "Working days after (or before) the due day and local time, by blanks: \"-1@09:00 0@15:00 1@09:00\"; empty: none.",
        ["escalation"] = "When the province is told: 3@09:00; left out: never.",
        ["disputeWithin"] = "Working days to dispute an answer, 1 to 30.",
        ["closeAfter"] = "Working days until an answered exchange closes by itself, at most 60.",
    };

    static readonly Dictionary<string, IReadOnlyList<string>> Lists = new()
    {
        ["certificateType"] = Codes.CertificateTypes,
        ["purpose"] = Codes.Purposes,
        ["legalBasis"] = Codes.LegalBases,
        ["urgency"] = Codes.Urgencies,
        ["items"] = Codes.CheckItems,
        ["kind"] = [.. Kinds.Submitted.Keys.Where(Kinds.IsNotice)],
        ["outcome"] = Codes.Outcomes,
        ["certificateStatus"] = Codes.RegisterStatuses,
        ["decision"] = Codes.Decisions,
        ["mark"] = Codes.Marks,
    };

    /// <exception cref="KeyNotFoundException">Nobody has said what it means.</exception>
    public static string Of(string member) => Texts[member];

    public static IReadOnlyList<string>? CodesOf(string member) => Lists.GetValueOrDefault(member);
}
