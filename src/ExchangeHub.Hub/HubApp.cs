namespace ExchangeHub.Hub;

/// <summary>The hub's composition root, used by the hub's process, scenarios and tests alike.</summary>
public static class HubApp
{
    /// <summary>Builds the hub. Nothing runs until it is started.</summary>
    /// <param name="configure">Last word on configuration and services; a scenario puts its <c>Clocks</c> here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = typeof(HubApp).Assembly.GetName().Name });
        builder.Services.AddOptions<HubOptions>().BindConfiguration(HubOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        configure?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>Runs the hub until it is told to stop.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        await using var app = Build(args);
        await app.RunAsync();
        return 0;
    }
}
