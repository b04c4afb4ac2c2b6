namespace ExchangeHub.Contracts;

/// <summary>The closed code lists. A list grows by a new release of the contracts, never by a message.</summary>
public static class Codes
{
    public static IReadOnlyList<string> RequestReasons { get; } = ["NoCertificateOnFile", "CertificateDoubtful", "RoutineCheck", "Other"];
    public static IReadOnlyList<string> ReplyReasons { get; } =
        ["FieldsDiffer", "NoRecord", "RegisteredElsewhere", "LeftCounty", "RecordIncomplete", "PersonUnreachable", "ForbiddenByRule"];
    public static IReadOnlyList<string> ReturnReasons { get; } =
        [Contracts.ReturnReasons.NotOurs, Contracts.ReturnReasons.Insufficient, Contracts.ReturnReasons.OutsideAgreement, Contracts.ReturnReasons.Unreadable];
    public static IReadOnlyList<string> WithdrawalReasons { get; } = ["SentInError", "AnsweredElsewhere"];
    public static IReadOnlyList<string> ContestReasons { get; } = ["OnYourRegister", "QuestionSufficient", "AgreementInForce", "Other"];
    public static IReadOnlyList<string> DisputeReasons { get; } = ["ContradictsDocument", "Incomplete", Contracts.ReturnReasons.Unreadable, "Other"];
    public static IReadOnlyList<string> ExtensionReasons { get; } = ["PersonUnreachable", "VisitNeeded", "AwaitingOtherOffice", "Other"];
    public static IReadOnlyList<string> DecisionReasons { get; } = ["CannotWait", "ReasonNotSufficient", "Other"];
    public static IReadOnlyList<string> Outcomes { get; } =
        [Contracts.Outcomes.Match, "MatchWithDifferences", "PersonNotFound", "NotResident", "MovedOn", "CannotVerify", "NotDisclosable"];
    public static IReadOnlyList<string> Urgencies { get; } = ["urgent"];
    public static IReadOnlyList<string> Marks { get; } = ["sufficient", "insufficient"];
    public static IReadOnlyList<string> Decisions { get; } = [Contracts.Decisions.Granted, Contracts.Decisions.Denied];
    public static IReadOnlyList<string> RulingOutcomes { get; } = [Contracts.RulingOutcomes.Upheld, Contracts.RulingOutcomes.Maintained];
    public static IReadOnlyList<string> ClosureCauses { get; } = [Contracts.ClosureCauses.Automatic, Contracts.ClosureCauses.Superseded];
    public static IReadOnlyList<string> CertificateTypes { get; } = ["ResidencePermit", "ServiceRegistration", "MarriageBirthLegacy"];
    public static IReadOnlyList<string> Purposes { get; } = ["ResidenceRegistration", "ServiceRegistration", "RecordCheck"];
    public static IReadOnlyList<string> LegalBases { get; } = ["NationalRegulation", "ProvincialRegulation", "Agreement"];
    /// <summary>The states of a certificate; a restored one was suspended and is valid again.</summary>
    public static IReadOnlyList<string> RegisterStatuses { get; } = [RegisterValid, "Suspended", "Cancelled", RegisterRestored];
    /// <summary>What an assistance check may ask, item by item.</summary>
    public static IReadOnlyList<string> CheckItems { get; } = [CheckItem.Identity, CheckItem.Residence, CheckItem.HouseholdRegistration, CheckItem.Contact];
    public static IReadOnlyList<string> FieldMatches { get; } = [FieldMatch.Same, FieldMatch.Different, FieldMatch.NotAnswered];
    public static IReadOnlyList<string> DueChangeCauses { get; } =
    [
        Contracts.DueChangeCauses.CalendarCame, Contracts.DueChangeCauses.HubOutage, Contracts.DueChangeCauses.CountyOutage,
        Contracts.DueChangeCauses.DeliveredLate, Contracts.DueChangeCauses.Extended, Contracts.DueChangeCauses.Reopened,
    ];

    public static IReadOnlyList<string> CountyStatuses { get; } =
        [Contracts.CountyStatuses.Active, Contracts.CountyStatuses.Renamed, Contracts.CountyStatuses.Merged, Contracts.CountyStatuses.Abolished];

    public const string RegisterValid = "Valid";
    public const string RegisterRestored = "Restored";

    /// <summary>Whether a certificate of this status holds: the only ones that answer by themselves.</summary>
    public static bool Holds(string? registerStatus) => registerStatus is RegisterValid or RegisterRestored;
}

/// <summary>Outcomes the code speaks of; the whole list is <see cref="Codes.Outcomes"/>.</summary>
public static class Outcomes
{
    /// <summary>The one outcome that needs no reason.</summary>
    public const string Match = "Match";
    public const string MatchWithDifferences = "MatchWithDifferences";
    public const string PersonNotFound = "PersonNotFound";
}

/// <summary>Why a county sends a question back.</summary>
public static class ReturnReasons
{
    public const string NotOurs = "NotOurs";
    public const string Insufficient = "Insufficient";
    public const string OutsideAgreement = "OutsideAgreement";
    public const string Unreadable = "Unreadable";
}

/// <summary>What an asker says to an extension request.</summary>
public static class Decisions
{
    public const string Granted = "granted";
    public const string Denied = "denied";
}

/// <summary>What a reviewer rules on a maintained reply.</summary>
public static class RulingOutcomes
{
    /// <summary>The asker was right.</summary>
    public const string Upheld = nameof(Upheld);
    /// <summary>The reply stands.</summary>
    public const string Maintained = nameof(Maintained);
}

/// <summary>Why the hub closed an exchange.</summary>
public static class ClosureCauses
{
    /// <summary>Nobody confirmed or disputed the answer in time.</summary>
    public const string Automatic = nameof(Automatic);
    /// <summary>A newer notice took its place.</summary>
    public const string Superseded = nameof(Superseded);
}

/// <summary>Why a due date was set or moved.</summary>
public static class DueChangeCauses
{
    public const string CalendarCame = nameof(CalendarCame);
    public const string HubOutage = nameof(HubOutage);
    public const string CountyOutage = nameof(CountyOutage);
    public const string DeliveredLate = nameof(DeliveredLate);
    public const string Extended = nameof(Extended);
    public const string Reopened = nameof(Reopened);
}

/// <summary>What an assistance check may ask.</summary>
public static class CheckItem
{
    public const string Identity = "identity";
    public const string Residence = "residence";
    public const string HouseholdRegistration = "householdRegistration";
    public const string Contact = "contact";
}

/// <summary>How one asked member compares with the register.</summary>
public static class FieldMatch
{
    public const string Same = "same";
    public const string Different = "different";
    public const string NotAnswered = "notAnswered";
}

/// <summary>What a county owes: one row of <c>obligations</c> each.</summary>
public static class Duties
{
    public const string Acknowledgement = "acknowledgement";
    public const string Feedback = "feedback";
}

/// <summary>What became of a county in the directory.</summary>
public static class CountyStatuses
{
    public const string Active = "Active";
    /// <summary>Its code ended, its office goes on under the successor's.</summary>
    public const string Renamed = "Renamed";
    public const string Merged = "Merged";
    public const string Abolished = "Abolished";
}
