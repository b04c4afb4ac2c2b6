using ExchangeHub.Contracts.Wire;
using Microsoft.AspNetCore.Builder;

namespace ExchangeHub.Cli.Worlds;

/// <summary>What a world shall hold; the defaults suit a test that is not about them.</summary>
public sealed record WorldOptions
{
    /// <summary>Begins the names of databases and virtual host; a random part follows, so that worlds stand beside each other.</summary>
    public string Name { get; init; } = "world";

    /// <summary>Counties enrolled at once, all at one node process.</summary>
    public IReadOnlyList<string> Counties { get; init; } = ["330106", "510104", "420581"];

    /// <summary>Where the business clock begins, UTC. Default: Monday 2 February 2026, 09:00 in Shanghai.</summary>
    public DateTimeOffset StartAt { get; init; } = WireTime.At(new DateOnly(2026, 2, 2), new TimeOnly(9, 0));

    /// <summary>Business time is the system's: for load, and for hubs in processes of their own. Such a world has <see cref="PlainYears"/>.</summary>
    public bool RealClock { get; init; }

    /// <summary>Where no table ships for the year the world begins in or for the next, it has a plain one: Monday to Friday, New Year's Day
    /// alone is free. Else due dates in such a year are pending, as they are for an installation.</summary>
    public bool PlainYears { get; init; }

    /// <summary>Whether the node host starts; without it the counties are enrolled all the same, their folders stand ready.</summary>
    public bool StartNode { get; init; } = true;

    /// <summary>Last word on the hub's configuration and services.</summary>
    public Action<WebApplicationBuilder>? ConfigureHub { get; init; }

    /// <summary>Last word on the node's configuration and services.</summary>
    public Action<WebApplicationBuilder>? ConfigureNode { get; init; }
}
