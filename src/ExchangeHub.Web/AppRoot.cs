using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ExchangeHub.Web;

/// <summary>Why an application may not start; the message is for the operator.</summary>
public abstract class MayNotStartException(string message) : Exception(message);

/// <summary>How the composition roots of hub and node begin, and how their processes run and end.</summary>
public static class AppRoot
{
    /// <summary>Configuration key of a process that another one keeps: <c>true</c> ends it with its standard input.</summary>
    public const string EndsWithInput = "EndsWithInput";

    /// <summary>A builder with the application's own options, checked when it starts.</summary>
    /// <param name="section">The options' section of the configuration.</param>
    /// <param name="configure">Last word on configuration and services.</param>
    public static WebApplicationBuilder Begin<TOptions>(Assembly application, string section, string[] args, Action<WebApplicationBuilder>? configure) where TOptions : class
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = application.GetName().Name });
        configure?.Invoke(builder);
        builder.Services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        if (builder.Configuration.GetValue<bool>(EndsWithInput))
            builder.Services.AddHostedService<KeeperWatch>();
        return builder;
    }

    /// <summary>Runs the application until it is told to stop.</summary>
    /// <returns>The process's exit code: 0, or 1 where it may not start; the reason is on standard error.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        try
        {
            await using var app = build();
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (e is MayNotStartException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>The keeper holds the other end of standard input: the system closes it when the keeper ends, however that happens.</summary>
    sealed class KeeperWatch(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            // A thread of its own: the read lasts as long as the process.
            new Thread(Watch) { IsBackground = true, Name = "keeper" }.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        void Watch()
        {
            using var input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
            }
            lifetime.StopApplication();
        }
    }
}
