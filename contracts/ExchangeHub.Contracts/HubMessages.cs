using System.Text.Json.Serialization;

namespace ExchangeHub.Contracts;

/// <summary>One leaf with its proof: what the hub said, where in the batch's tree it stands, and the signed root.</summary>
/// <param name="Leaf">The statement's exact bytes, b64u.</param>
/// <param name="Path">Hashes from the leaf up, b64u.</param>
/// <param name="Root">The batch's root, a JWS of <c>typ</c> <c>eh-root+jwt</c>.</param>
public sealed record Stamp(string Leaf, int Index, IReadOnlyList<string> Path, string Root);

/// <summary>Hub to node: an accepted message of another county, or (without body) an event.</summary>
/// <param name="Body">The submitted text, unchanged; its bytes hash to the statement's digest. Absent in an event, and in the feed when no longer kept.</param>
public sealed record Delivery(Stamp Stamp, string? Body = null);

/// <summary>One receipt of a batch; its root stands once beside all of them.</summary>
public sealed record Receipt(string Leaf, int Index, IReadOnlyList<string> Path);

/// <summary>Hub to node: the receipts of one county in one batch, <c>receipts.v1</c>, split so that each body stays under the limit.</summary>
public sealed record ReceiptsMessage(IReadOnlyList<Receipt> Receipts, string Root);

/// <summary>One item of the deliveries feed: the body of a delivery or event, with its cursor. Kind and version stand in the stamp's leaf.</summary>
/// <param name="Gone"><c>true</c> where the body is no longer kept, otherwise absent.</param>
public sealed record FeedItem(string Cursor, Stamp Stamp, string? Body = null, bool? Gone = null);

/// <summary>A page of the deliveries feed. Cursors are opaque; the feed may repeat, never skip.</summary>
/// <param name="Next">Where to go on, also after an empty page.</param>
/// <param name="More"><c>true</c> when another page waits, otherwise absent.</param>
public sealed record FeedPage(IReadOnlyList<FeedItem> Items, string Next, bool? More = null);

/// <summary>A page of own receipts, each a stamp with its own root.</summary>
public sealed record ReceiptsPage(IReadOnlyList<Stamp> Items, string Next, bool? More = null);

/// <summary>Payload of the batch's signed root.</summary>
/// <param name="Epoch">1, one more after each restore from a copy.</param>
/// <param name="Batch">The batch, a UUID.</param>
/// <param name="Root">Root hash, b64u.</param>
/// <param name="At">When it was signed, the hub's clock.</param>
public sealed record BatchRoot(string Hub, int Epoch, Guid Batch, int Size, string Root, string At);

/// <summary>A public key: exactly these members, P-256. Another member, above all a private <c>d</c>, is refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Jwk(string Kty, string Crv, string X, string Y);

/// <summary>Payload of a key record, JWS by the registrar, <c>typ</c> <c>eh-key+jwt</c>. One key, one party, one use.</summary>
/// <param name="Role"><c>county</c>, <c>hub</c> or <c>registrar</c>.</param>
/// <param name="Use"><c>sig</c> or <c>enc</c>.</param>
/// <param name="From">First instant of validity.</param>
/// <param name="Until">First instant after it.</param>
public sealed record KeyRecord(string Hub, string Party, string Role, string Use, string Suite, Jwk Jwk, string From, string Until, string? RevokedAt = null);

/// <summary>All records of a party.</summary>
public sealed record RegistryEntry(string Party, IReadOnlyList<string> Records);

/// <summary>Payload of the numbered snapshot over all entries, JWS by the registrar, <c>typ</c> <c>eh-registry+jwt</c>.</summary>
public sealed record RegistrySnapshot(string Hub, int Number, int Size, string Root, string IssuedAt);

/// <summary>Answer of <c>GET /registry</c>.</summary>
public sealed record RegistryView(string Snapshot, IReadOnlyList<string> Parties, IReadOnlyList<string> Leaves);

/// <summary>Answer of <c>GET /registry/{party}/keys</c>: the entry's bytes and their place in the snapshot.</summary>
public sealed record EntryView(string Leaf, int Index, IReadOnlyList<string> Path, string Root, IReadOnlyList<string> Takes);

/// <summary>What the registrar hands to a county, outside the hub: the one-time code and whom to trust.</summary>
public sealed record EnrolmentInvitation(string Hub, string Party, Jwk Registrar, string Code, string ExpiresAt, string Http, string Amqp);

/// <summary>Payload of an enrolment request, JWS by the new signing key, <c>typ</c> <c>eh-enrol+jwt</c>.</summary>
public sealed record EnrolmentRequest(string Hub, string Party, string Suite, Jwk Sig, Jwk Enc, string At);

/// <summary>What a node posts: the request and the code's MAC over it, or a current key's endorsement.</summary>
public sealed record Enrolment(string Request, string? Mac = null, string? Endorsement = null);

/// <summary>What the registrar publishes: the changed entries and the next snapshot.</summary>
/// <param name="Entries">Each a <see cref="RegistryEntry"/>'s exact bytes, b64u: the snapshot's tree covers these bytes, nobody writes them again.</param>
public sealed record RegistryUpdate(IReadOnlyList<string> Entries, string Snapshot);

/// <summary>Answer of <c>GET /time</c>: the hub's business clock.</summary>
public sealed record HubTime(string Now);

/// <summary>Answer of <c>GET /due-dates</c>: when an opening message accepted now would be due. A forecast; the statement of the message decides.</summary>
/// <param name="Scope">How far apart the two counties are.</param>
/// <param name="DueAt">The first instant too late to answer; absent while a year's calendar is missing.</param>
public sealed record DueDatesView(string Scope, string? AckDueOn = null, string? AckDueAt = null, string? DueOn = null, string? DueAt = null);

/// <summary>Answer of <c>GET /working-days</c>: the calendar of the province whose county owes, for the weeks to come.</summary>
/// <param name="After">The hub's business day, <c>yyyy-MM-dd</c>; it does not count itself.</param>
/// <param name="Days">The working days that follow; fewer where the calendar ends.</param>
public sealed record WorkingDaysView(string After, IReadOnlyList<string> Days);

/// <summary>Which kinds and versions a county takes.</summary>
public sealed record Takes([property: JsonPropertyName("takes")] IReadOnlyList<string> Types);
