using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Members;

namespace ExchangeHub.Node.Workbench;

/// <summary>Asks the hub when an answer, or a notice's acknowledgement, would be due if it were sent now: policies and calendars live there.</summary>
public sealed class DuePreview(HostedCounties counties)
{
    /// <param name="Scope">How far apart the two counties are.</param>
    /// <param name="DueAt">The first instant too late; <c>null</c>: pending, the year's calendar is not there yet.</param>
    public sealed record Due(string Scope, DateTimeOffset? DueAt);

    // A form must not wait for a hub that is away: it then says so and sends all the same.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns><c>null</c> where the hub cannot be asked now, or does not know a county.</returns>
    public async Task<Due?> AskAsync(string from, string to, string kind, bool urgent, CancellationToken ct = default)
    {
        if (counties.Find(from) is not { } county)
            return null;
        try
        {
            var due = await county.Member.Api.GetDueDatesAsync(to, kind, urgent, ct).WaitAsync(Patience, ct);
            return new Due(due.Scope, (Kinds.IsNotice(kind) ? due.AckDueAt : due.DueAt) is { } text && WireTime.TryParse(text, out var at) ? at : null);
        }
        catch (Exception e) when (e is HubApiException or HttpRequestException or TimeoutException or InvalidOperationException)
        {
            return null;
        }
    }
}
