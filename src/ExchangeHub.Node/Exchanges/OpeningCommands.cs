using System.Security.Cryptography;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Asks the county that a return suggested, or the same county again where the hub refused the opening, in a new exchange that follows the
/// old one. The content is the same; its clock is fresh. Asked twice, the second leads to the first one's exchange.</summary>
public sealed record AskAgain;

/// <summary>Commands that open an exchange.</summary>
public sealed partial class ExchangeCommands
{
    /// <summary>Asks another county, or tells it of a movement. The result names the new exchange and its case number.</summary>
    public async Task<CommandResult> SendAsync(Author author, Opening opening, CancellationToken ct = default)
    {
        var form = new FormCheck();
        var draft = opening.Draft(author.County, WireTime.DayOf(clocks.Now), form);
        var exchangeId = opening.ExchangeId ?? NewId();
        if (form.Errors.Count > 0)
            return CommandResult.Refuse(exchangeId, form.Errors) with { Warnings = form.Warnings };
        var earlierId = (opening as SendNotice)?.Supersedes ?? opening.Follows;
        if (earlierId == exchangeId)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.MemberInvalid, "/header/follows")); // as the hub: an earlier one
        var earlier = earlierId is { } id ? await ExchangeTable.FindAsync(source, author.County, id, ct) : null;
        if (earlierId is not null && earlier is null)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ExchangeUnknown, "/header/follows"));
        Guid? supersedes = null;
        if (opening is SendNotice { Supersedes: not null })
        {
            if (Supersession(earlier!, draft.Kind, opening.Test) is { } refused)
                return CommandResult.Refuse(exchangeId, refused);
            supersedes = earlier!.OpeningId;
        }
        var stored = await OpenAsync(author, exchangeId, draft, opening.Test, h => draft.Fill(h) with { Follows = earlierId, Supersedes = supersedes }, ct);
        return stored with { Warnings = form.Warnings };
    }

    /// <summary>Asks the county that a return suggested, or sends again what the hub refused to open; where that was done already, the result names
    /// that exchange.</summary>
    public async Task<CommandResult> AskAgainAsync(Author author, Guid earlierId, CancellationToken ct = default)
    {
        if (await ExchangeTable.FindAsync(source, author.County, earlierId, ct) is not { } earlier)
            return CommandResult.Refuse(earlierId, new Refusal(RefusalCodes.ExchangeUnknown, "/header/exchangeId"));
        if (!AllowedActions.CanAskAgain(earlier))
            return CommandResult.Refuse(earlierId, new Refusal(RefusalCodes.PhaseNotAllowed, "/header/follows"));
        // The hub knows nothing of an exchange that it refused to open: only this county's own view says that the new one follows it.
        var refused = earlier.Phase is NodePhase.Refused;
        var draft = new OpeningDraft(earlier.Kind, refused ? earlier.Counterpart : earlier.SuggestedTo!, earlier.Matter, h => h with
        {
            Urgency = earlier.Urgency,
            ReasonCode = earlier.ReasonCode,
            Follows = refused ? earlier.Follows : earlierId,
            Supersedes = earlier.Supersedes,
        });
        var followers = await ExchangeTable.FollowersAsync(source, author.County, earlierId, ct);
        if (Asked(followers) is { } first)
            return first;
        // Two at once make the same id: the one that comes second finds the other's exchange.
        var opened = await OpenAsync(author, FollowerId(earlierId, followers.Count), draft, earlier.Test, draft.Fill, ct, follows: earlierId);
        return opened.Errors is [{ Code: RefusalCodes.ExchangeExists }] ? Asked(await ExchangeTable.FollowersAsync(source, author.County, earlierId, ct)) ?? opened : opened;

        // One that the hub refused, or that was taken back, asks nobody any more; a question of a person's own that follows is another one.
        CommandResult? Asked(IReadOnlyList<NodeExchange> followers) =>
            followers.FirstOrDefault(f => f.Phase is not (NodePhase.Refused or NodePhase.Withdrawn) && Enumerable.Range(0, followers.Count).Any(n => f.Id == FollowerId(earlierId, n)))
                is { } asked ? new(asked.Id, asked.OpeningId, asked.CaseNumber, [], []) : null;
    }

    /// <summary>The id of the exchange that follows an earlier one as the next: always the same.</summary>
    static Guid FollowerId(Guid earlier, int followers)
    {
        Span<byte> name = [.. earlier.ToByteArray(bigEndian: true), .. BitConverter.GetBytes(followers)];
        var hash = SHA256.HashData(name).AsSpan(0, 16);
        (hash[6], hash[8]) = ((byte)(hash[6] & 0x0f | 0x80), (byte)(hash[8] & 0x3f | 0x80)); // version 8 of RFC 9562: made by a rule of one's own
        return new Guid(hash, bigEndian: true);
    }

    /// <summary>Why this notice cannot take the place of that one.</summary>
    static Refusal? Supersession(NodeExchange earlier, string kind, bool test) => earlier switch
    {
        { Side: not Side.Asker } or { IsNotice: false } => new(RefusalCodes.ReferenceUnknown, "/header/supersedes"),
        _ when earlier.Kind != kind => new(RefusalCodes.ReferenceUnknown, "/header/supersedes"),
        { SupersededBy: not null } => new(RefusalCodes.LimitReached, "/header/supersedes"),
        _ when earlier.Test != test => new(RefusalCodes.TestMarkDiffers, "/header/test"),
        _ => null,
    };

    async Task<CommandResult> OpenAsync(Author author, Guid exchangeId, OpeningDraft draft, bool test, Func<Header, Header> fill, CancellationToken ct, Guid? follows = null)
    {
        if (counties.Find(author.County) is not { } county)
            return CommandResult.Refuse(exchangeId, new Refusal(NodeCodes.CountyNotHosted, "/header/from"));
        // The hub would say the same, later: who has ended is asked and told nothing new.
        if (county.Member.Directory?.EndedBy(draft.To, WireTime.DayOf(clocks.Now)) is not null)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ReceiverNotActive, "/header/to"));
        if (await ExchangeTable.FindAsync(source, author.County, exchangeId, ct) is not null)
            return CommandResult.Refuse(exchangeId, new Refusal(RefusalCodes.ExchangeExists, "/header/exchangeId"));
        var header = fill(county.Member.NewHeader(draft.Kind, draft.To, exchangeId) with
        {
            CaseNumber = await CaseNumber.NextAsync(source, author.County, clocks.Now, ct),
            Test = test,
        });
        return await StoreAsync(county, author, header, new OpenedContent(draft.Matter), exchange => exchange is not null ? null
            : ExchangeFolding.Asked(header, draft.Matter, author.DisplayName, follows), ct);
    }

    Guid NewId() => Guid.CreateVersion7(clocks.Business.GetUtcNow());
}
