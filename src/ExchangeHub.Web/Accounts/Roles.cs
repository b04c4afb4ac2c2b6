namespace ExchangeHub.Web.Accounts;

/// <summary>What a person, or an integrator's program, may do. One role per account; policies say which roles they admit.</summary>
public static class Roles
{
    /// <summary>Works on a county's exchanges.</summary>
    public const string Clerk = "clerk";
    /// <summary>Works on a county's exchanges and rules on disputes.</summary>
    public const string Reviewer = "reviewer";
    /// <summary>Reads a province's or a county's figures at the hub.</summary>
    public const string Monitor = "monitor";
    /// <summary>Keeps the hub or a node running: quarantine, replay, figures of everybody.</summary>
    public const string Operator = "operator";
    /// <summary>Reads the audit and every figure, changes nothing.</summary>
    public const string Auditor = "auditor";
    /// <summary>A county's own program at the node's interface.</summary>
    public const string Integrator = "integrator";

    public static IReadOnlyList<string> All { get; } = [Clerk, Reviewer, Monitor, Operator, Auditor, Integrator];

    /// <summary>Roles that see every county when the account names none.</summary>
    public static bool SeesAll(string role) => role is Operator or Auditor;
}

/// <summary>Names of the authorization policies, for endpoints and pages.</summary>
public static class Policies
{
    /// <summary>A county's work at its node: clerk, reviewer, integrator; the account names a county.</summary>
    public const string CountyWork = nameof(CountyWork);
    /// <summary>Figures and lists at the hub: monitor, reviewer, operator, auditor.</summary>
    public const string Figures = nameof(Figures);
    /// <summary>Rulings at the hub: reviewer.</summary>
    public const string Rule = nameof(Rule);
    /// <summary>Agreements between counties: a province's reviewer, the hub's operator.</summary>
    public const string Agree = nameof(Agree);
    /// <summary>Quarantine, replay: operator.</summary>
    public const string Operate = nameof(Operate);
}
