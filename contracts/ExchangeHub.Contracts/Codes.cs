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
    public static IReadOnlyList<string> Outcomes { get; } =
        [Contracts.Outcomes.Match, "MatchWithDifferences", "PersonNotFound", "NotResident", "MovedOn", "CannotVerify", "NotDisclosable"];
    public static IReadOnlyList<string> Urgencies { get; } = ["urgent"];
    public static IReadOnlyList<string> CertificateTypes { get; } = ["ResidencePermit", "ServiceRegistration", "MarriageBirthLegacy"];
    public static IReadOnlyList<string> Purposes { get; } = ["ResidenceRegistration", "ServiceRegistration", "RecordCheck"];
    public static IReadOnlyList<string> LegalBases { get; } = ["NationalRegulation", "ProvincialRegulation", "Agreement"];
    public static IReadOnlyList<string> RegisterStatuses { get; } = [RegisterValid, "Suspended", "Cancelled"];
    public static IReadOnlyList<string> FieldMatches { get; } = [FieldMatch.Same, FieldMatch.Different, FieldMatch.NotAnswered];
    public static IReadOnlyList<string> DueChangeCauses { get; } =
        ["CalendarCame", "HubOutage", "CountyOutage", "DeliveredLate", "Extended", "Reopened"];

    public static IReadOnlyList<string> CountyStatuses { get; } =
        [Contracts.CountyStatuses.Active, Contracts.CountyStatuses.Renamed, Contracts.CountyStatuses.Merged, Contracts.CountyStatuses.Abolished];

    /// <summary>The only register status that answers by itself.</summary>
    public const string RegisterValid = "Valid";
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
