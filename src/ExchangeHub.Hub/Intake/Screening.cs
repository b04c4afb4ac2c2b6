using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Reports;

namespace ExchangeHub.Hub.Intake;

/// <summary>The steps of a refusal that need no table: schema, sender, properties, parties, key. All found codes of the first step that fails are told.</summary>
public static class Screening
{
    /// <summary>Whether a refusal may only mean that this process has not yet read the newest registry.</summary>
    public static bool DependsOnRegistry(IReadOnlyList<Refusal> refusals) => refusals.Any(r => r.Code is RefusalCodes.SenderNotActive
        or RefusalCodes.ReceiverUnknown or RefusalCodes.ReceiverNotActive or RefusalCodes.ReceiverKeyNotValid or RefusalCodes.VersionNotTaken
        || r is { Code: RefusalCodes.SealedMalformed, Field: "/signed" }); // a key renewed a moment ago is unknown to who has not read of it

    /// <param name="message">Of an authenticated county.</param>
    /// <param name="at">The hub's business clock.</param>
    /// <returns>Empty when nothing speaks against the message so far.</returns>
    public static IReadOnlyList<Refusal> Screen(Incoming message, string hub, HubRegistry registry, DateTimeOffset at)
    {
        if (message.Submission is not { } submission)
            return message.BodyRefusals;
        var header = submission.Header;
        if (header.Hub != hub)
            return [new(RefusalCodes.WrongHub, "/header/hub")];
        return FirstOf(
            () => Sender(header, message.County!, registry, at),
            () => Properties(header, message.Properties),
            () => Kinds.Submitted[header.Kind].ToHub ? ToHub(header, hub) : Parties(header, registry, at),
            () => Kinds.Submitted[header.Kind].ToHub ? SignedReport.Check(submission, message.Body, registry, at) : Key(submission, registry, at));
    }

    /// <summary>Whether the message holds nothing but closed codes, ids and a sealed token, or a signed report of counts, in its properties too: only such a
    /// one is fit to be kept as it came.</summary>
    public static bool MayBeKept(Incoming message, HubRegistry registry, DateTimeOffset at) => message.Submission is { } submission
        && FirstOf(() => Properties(submission.Header, message.Properties)).Count == 0
        && (Kinds.Submitted[submission.Header.Kind].ToHub
            ? FirstOf(() => SignedReport.Check(submission, message.Body, registry, at)).Count == 0 && SignedReport.HoldsCountsAlone(submission)
            : SealedToken.TryReadKid(submission.Sealed, out _));

    static IEnumerable<Refusal> Sender(Header header, string county, HubRegistry registry, DateTimeOffset at)
    {
        if (header.From != county)
            yield return new(RefusalCodes.FromNotSender, "/header/from");
        if (!registry.MaySend(county, at))
            yield return new(RefusalCodes.SenderNotActive, "/header/from");
    }

    static IEnumerable<Refusal> Properties(Header header, IncomingProperties properties)
    {
        foreach (var name in properties.NotAllowed)
            yield return new(RefusalCodes.PropertyNotAllowed, $"/properties/{name}");
        if (properties.MessageId != header.MessageId.ToString())
            yield return Mismatch("message-id");
        if (properties.CorrelationId != (Kinds.Submitted[header.Kind].ToHub ? null : header.ExchangeId.ToString()))
            yield return Mismatch("correlation-id");
        if (properties.Type != Kinds.TypeOf(header.Kind, header.Version))
            yield return Mismatch("type");
        if (properties.ContentType != "application/json")
            yield return Mismatch("content-type");
        if (properties.DeliveryMode != 2)
            yield return Mismatch("delivery-mode");
        if (properties.RoutingKey != BrokerNames.RoutingKey(header.Kind, header.Version, header.From))
            yield return Mismatch("routing-key");
    }

    static IEnumerable<Refusal> Parties(Header header, HubRegistry registry, DateTimeOffset at)
    {
        if (header.To == header.From || !registry.Knows(header.To))
            yield return new(RefusalCodes.ReceiverUnknown, "/header/to");
        else if (!registry.MayReceive(header.To, at))
            yield return new(RefusalCodes.ReceiverNotActive, "/header/to");
        else if (!registry.Takes(header.To, header.Kind, header.Version))
            yield return new(RefusalCodes.VersionNotTaken, "/header/version");
    }

    static IEnumerable<Refusal> ToHub(Header header, string hub)
    {
        if (header.To != hub)
            yield return new(RefusalCodes.ReceiverUnknown, "/header/to");
    }

    static IEnumerable<Refusal> Key(Submission submission, HubRegistry registry, DateTimeOffset at)
    {
        if (!SealedToken.TryReadKid(submission.Sealed, out var kid))
            yield return new(RefusalCodes.SealedMalformed, "/sealed");
        else if (!registry.IsCurrentEncKey(submission.Header.To, kid, at))
            yield return new(RefusalCodes.ReceiverKeyNotValid, "/sealed");
    }

    static Refusal Mismatch(string property) => new(RefusalCodes.HeaderMismatch, $"/properties/{property}");

    static List<Refusal> FirstOf(params ReadOnlySpan<Func<IEnumerable<Refusal>>> steps)
    {
        foreach (var step in steps)
            if (step().ToList() is { Count: > 0 } found)
                return found;
        return [];
    }
}
