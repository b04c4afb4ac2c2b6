using ExchangeHub.Client;
using ExchangeHub.Node.Incoming;
using ExchangeHub.Node.Register;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExchangeHub.Node.Members;

/// <summary>The counties of this node and the clocks they live by.</summary>
static class MembersSetUp
{
    public static void AddMembers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // A scenario brings its own clocks; a demonstration follows the hub's; production takes the system's.
        if (!services.Any(s => s.ServiceType == typeof(Clocks)) && builder.Configuration.GetValue<bool>($"{NodeOptions.Section}:{nameof(NodeOptions.FollowHubClock)}"))
        {
            var clock = new HubClock(Clocks.Real.System);
            services.AddSingleton(clock);
            services.AddSingleton(new Clocks(clock, Clocks.Real.System));
            services.AddHostedService<HubClockFollower>();
        }
        services.TryAddSingleton(Clocks.Real);
        services.AddHttpClient(HostedCounties.HubClient);
        services.AddSingleton<HostedCounties>();
        services.AddSingleton(p => new Lazy<HostedCounties>(p.GetRequiredService<HostedCounties>));
        services.AddSingleton<RegisterAnswers>();
        services.AddSingleton<OpenQuestions>();
        services.AddSingleton<IncomingWork>();
        services.TryAddSingleton<DurableWrite>();
        services.AddHostedService(p => p.GetRequiredService<HostedCounties>());
        services.AddHostedService<Forgetting>();
    }
}
