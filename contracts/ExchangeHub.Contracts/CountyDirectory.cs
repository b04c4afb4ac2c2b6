namespace ExchangeHub.Contracts;

/// <summary>
/// Payload of the directory, JWS by the hub, <c>typ</c> <c>eh-directory+jwt</c>: who takes part, since when not any more, how to reach them, and what
/// they agreed. Keys are not in it: the hub cannot speak for them. They lie in the registry, of which <paramref name="Snapshot"/> was the newest.
/// </summary>
/// <param name="Epoch">As in the batch's root: one more after each restore from a copy.</param>
/// <param name="Version">Rises with every change within an epoch. A smaller (epoch, version) than one seen is refused.</param>
/// <param name="At">When it was signed, the hub's clock.</param>
/// <param name="Counties">Sorted by code: the enrolled ones and, for history, those that ended.</param>
/// <param name="Agreements">Also those that have not begun and those that have ended: their days say it.</param>
/// <param name="DemandedBy">Provinces, six digits, whose counties answer only under an agreement.</param>
public sealed record CountyDirectory(string Hub, int Epoch, int Version, string At, int Snapshot, IReadOnlyList<DirectoryCounty> Counties,
    IReadOnlyList<CountyAgreement> Agreements, IReadOnlyList<string> DemandedBy);

/// <summary>One county of the directory. Its history stays under its code, whatever becomes of it.</summary>
/// <param name="Status">One of <see cref="Codes.CountyStatuses"/>.</param>
/// <param name="Takes">Kinds and versions that its node reads, <c>kind.vN</c>.</param>
/// <param name="Suites">Of its keys that hold; see <see cref="Wire.Suites"/>.</param>
/// <param name="EndedOn">The first day in Asia/Shanghai on which nothing new is asked of it or by it; may lie ahead. Absent while it goes on, and where the division table alone says that it ended.</param>
/// <param name="Successors">Who answers for its area from that day on.</param>
public sealed record DirectoryCounty(string Code, string Name, string Status, IReadOnlyList<string> Takes, IReadOnlyList<string> Suites,
    string? EndedOn = null, IReadOnlyList<string>? Successors = null, CountyDetails? Details = null);

/// <summary>What a county says of itself: for people of other counties. Offices, never persons.</summary>
/// <param name="OfficeHours">Text, at most 200 characters, as the others.</param>
/// <param name="DutyPhone">Where somebody answers now.</param>
/// <param name="Contact">The office, its address or mailbox.</param>
/// <param name="Outages">When its node will be away; no deadline moves for it.</param>
public sealed record CountyDetails(string? OfficeHours = null, string? DutyPhone = null, string? Contact = null, IReadOnlyList<PlannedOutage>? Outages = null);

/// <summary>A planned outage of a county's node.</summary>
/// <param name="From">Wire time.</param>
/// <param name="To">Wire time, after <paramref name="From"/>.</param>
public sealed record PlannedOutage(string From, string To, string? Note = null);

/// <summary>An exchange agreement of two counties (双向协议): it holds in both directions.</summary>
/// <param name="Counties">The two codes.</param>
/// <param name="StartsOn">First day in Asia/Shanghai.</param>
/// <param name="EndsOn">Last day; absent: open.</param>
/// <param name="Kinds">Opening kinds it covers; absent: all.</param>
/// <param name="Acknowledgement">A term instead of the policy's, such as <c>1-working-days</c>, <c>15-calendar-days</c> or <c>same-day</c>.</param>
/// <param name="Feedback">The same for the answer.</param>
/// <param name="Contacts">By code: whom to ask there about this agreement.</param>
public sealed record CountyAgreement(Guid Id, IReadOnlyList<string> Counties, string StartsOn, string? EndsOn = null, IReadOnlyList<string>? Kinds = null,
    string? Acknowledgement = null, string? Feedback = null, IReadOnlyDictionary<string, string>? Contacts = null);

/// <summary>Body of <c>PUT /directory/{code}/closure</c>: a county ends.</summary>
/// <param name="Status"><c>Renamed</c> (one successor), <c>Merged</c> (at least one) or <c>Abolished</c>.</param>
/// <param name="EndedOn">The first day on which it takes no part.</param>
public sealed record CountyClosure(string Status, string EndedOn, IReadOnlyList<string> Successors);

/// <summary>Answer of <c>GET /directory</c>.</summary>
/// <param name="Directory">A JWS whose payload is a <see cref="CountyDirectory"/>.</param>
public sealed record DirectoryView(string Directory);
