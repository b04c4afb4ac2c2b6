using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Versions of a kind at the broker's door: the hub looks at what the receiver takes, and into neither content.</summary>
public sealed class VersionTests(TestServers servers)
{
    const string First = "assistance-check-request.v1", Second = "assistance-check-request.v2";

    [Fact]
    public async Task A_version_goes_through_while_the_receiver_takes_it_and_no_other_does()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        foreach (var takes in new string[]?[] { null, [First], [First, Second], [Second] })
        {
            if (takes is not null) // until then it has not said what it takes: version 1 of all
                await hub.Receiver.Hub(http).PutTakesAsync(takes, HubWorld.Stop);
            foreach (var version in new[] { 1, 2 })
            {
                var check = hub.Asker.Ask(hub.Receiver.Code) with { Kind = Kinds.AssistanceCheckRequest, Version = version };
                var body = await hub.Asker.SendAsync(check);
                if ((takes ?? [First]).Contains(Kinds.TypeOf(check.Kind, version)))
                {
                    (await hub.Asker.AcceptedAsync(check)).ShouldSatisfyAllConditions(a => a.Version.ShouldBe(version), a => a.Digest.ShouldBe(B64u.Hash(body)), a => a.DueOn.ShouldNotBeNull());
                    (await hub.Receiver.DeliveryAsync(check.MessageId)).Type.ShouldBe(Kinds.TypeOf(check.Kind, version));
                    (await hub.ScalarAsync<int>("select (data ->> 'Version')::int from events.mt_events where stream_id = $1 and version = 1", check.ExchangeId)).ShouldBe(version);
                }
                else
                    Refused(await hub.Asker.RefusedAsync(check.MessageId)).ShouldBe((RefusalCodes.VersionNotTaken, "/header/version"));
            }
        }
    }

    [Fact]
    public async Task A_version_to_come_is_unknown_here_also_where_the_receiver_says_that_it_takes_it()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        await hub.Receiver.Hub(http).PutTakesAsync([First, Second, "assistance-check-request.v3"], HubWorld.Stop);
        var check = hub.Asker.Ask(hub.Receiver.Code) with { Kind = Kinds.AssistanceCheckRequest, Version = 3 };
        await hub.Asker.SendAsync(check);
        Refused(await hub.Asker.RefusedAsync(check.MessageId)).ShouldBe((RefusalCodes.KindUnknown, "/header/version"));
    }

    static (string, string) Refused(RefusedStatement statement) => (statement.Reasons.ShouldHaveSingleItem(), statement.Fields.ShouldHaveSingleItem());
}
