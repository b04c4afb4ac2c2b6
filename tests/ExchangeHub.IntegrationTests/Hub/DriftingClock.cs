using ExchangeHub.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>A clock that is wrong for a while.</summary>
sealed class DriftingClock(TimeProvider? of = null) : TimeProvider
{
    readonly TimeProvider of = of ?? System;

    public TimeSpan Ahead { get; set; }

    /// <summary>Time that passes and puts no clock wrong.</summary>
    public TimeSpan Passed { get; set; }

    public override long GetTimestamp() => of.GetTimestamp() + (long)(Passed.TotalSeconds * TimestampFrequency);

    public override DateTimeOffset GetUtcNow() => of.GetUtcNow() + Ahead;

    /// <summary>Puts it into a hub, beside the world's business clock.</summary>
    public void Into(WebApplicationBuilder hub) =>
        hub.Services.AddSingleton((Clocks)hub.Services.Last(s => s.ServiceType == typeof(Clocks)).ImplementationInstance! with { System = this });
}
