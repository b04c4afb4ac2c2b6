using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.Hub.Rulings;

/// <summary>The province's reviewer rules on a reply that was maintained against a dispute. The exchange goes on as it stands; both sides are told.</summary>
public sealed class RulingDesk(ExchangeQueries exchanges, BatchLedger ledger, DeliveryRelay relay)
{
    /// <param name="outcome">One of <see cref="RulingOutcomes"/>.</param>
    /// <returns>What was wrong with it; <c>null</c>: it was taken. Unknown is an exchange whose owing county is not of the
    /// reviewer's province, and every one to a reviewer of a county.</returns>
    public async Task<Refusal?> RuleAsync(Guid exchange, string? outcome, CallerScope reviewer, CancellationToken ct)
    {
        // A county's own reviewer would rule on its own dispute.
        if (reviewer.County is not null || await exchanges.FindAsync(exchange, reviewer, ct) is not { } found || !reviewer.Covers(found.Receiver))
            return new(RefusalCodes.ExchangeUnknown, "");
        if (outcome is null || !Codes.RulingOutcomes.Contains(outcome))
            return new(outcome is null ? RefusalCodes.MemberMissing : RefusalCodes.MemberInvalid, "/outcome");
        var committed = await ledger.CommitAsync([new Work.Duty(exchange, new HubCommand.Rule(outcome, reviewer.Account))], ct);
        await relay.HandOverAsync(committed, ct);
        return committed.Facts > 0 ? null : new(RefusalCodes.PhaseNotAllowed, ""); // nothing to rule on, or ruled already
    }
}
