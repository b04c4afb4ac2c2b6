using ExchangeHub.Web;

namespace ExchangeHub.Hub.Monitor;

/// <summary>The hub's pages: rates, the lists behind them, one exchange. No page knows a person: the hub does not.</summary>
static class MonitorSite
{
    public static Site Site { get; } = new("hub", typeof(MonitorSite).Assembly, "/rates", [new("/rates", "Rates.Title")]);
}
