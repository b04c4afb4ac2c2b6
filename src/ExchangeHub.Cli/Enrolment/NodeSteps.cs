using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Enrolment;

/// <summary>What a county's node does with its own keys. It needs its folder and the hub's address, which the invitation names: no server's password, no installation.</summary>
public static class NodeSteps
{
    /// <summary>Step 3: the county's folder, two new keys, the request posted to the hub of the invitation.</summary>
    /// <param name="clocks">Default: by the hub's business time.</param>
    public static async Task RequestAsync(string countiesFolder, EnrolmentInvitation invitation, string brokerPassword, Clocks? clocks = null, CancellationToken cancel = default) =>
        await County.EnrolAsync(Path.Combine(countiesFolder, invitation.Party), invitation, brokerPassword,
            clocks ?? await BusinessClock.OfAsync(new Uri(invitation.Http), invitation.Hub, cancel), cancel);

    /// <summary>Later: two more keys in the folder, endorsed by the present one, posted to the hub. A running node takes them up by itself.</summary>
    /// <param name="clocks">Default: by the hub's business time.</param>
    /// <exception cref="InvalidOperationException">The county has no valid key to endorse them with: it needs a new invitation.</exception>
    public static Task RenewAsync(string countiesFolder, string county, Clocks? clocks = null, CancellationToken cancel = default) =>
        WithKeyAsync(countiesFolder, county, clocks, (folder, current, ring, hub, now) => hub.PostEnrolmentAsync(folder.Rotate(current, ring, now), cancel), cancel);

    /// <summary>At any time: what the county says of itself in the directory, signed by its present key.</summary>
    /// <param name="clocks">Default: by the hub's business time.</param>
    /// <exception cref="InvalidOperationException">The county has no valid key.</exception>
    public static Task DescribeAsync(string countiesFolder, string county, CountyDetails details, Clocks? clocks = null, CancellationToken cancel = default) =>
        WithKeyAsync(countiesFolder, county, clocks, (_, _, _, hub, _) => hub.PutDetailsAsync(details, cancel), cancel);

    static async Task WithKeyAsync(string countiesFolder, string county, Clocks? clocks, Func<CountyFolder, SigningKey, KeyRing, HubApi, DateTimeOffset, Task> act, CancellationToken cancel)
    {
        using var folder = CountyFolder.Open(Path.Combine(countiesFolder, county));
        var settings = folder.Settings;
        clocks ??= await BusinessClock.OfAsync(new Uri(settings.Http), settings.Hub, cancel);
        using var http = new HttpClient { BaseAddress = new Uri(settings.Http) };
        SigningKey? current = null;
        var hub = new HubApi(http, settings.Hub, county, () => current, clocks);
        var ring = await hub.GetRingAsync(settings.Registrar, [county], cancel);
        current = folder.SigningKeyAt(ring, clocks.Now) ?? throw new InvalidOperationException($"{county} has no valid key here to sign with: it needs an invitation.");
        await act(folder, current, ring, hub, clocks.Now);
    }
}
