using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ExchangeHub.Web.Telemetry;

/// <summary>Traces, metrics and logs of one application. Leaves the machine only when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
public static class TelemetrySetUp
{
    /// <summary>Name of every activity source and meter of the product.</summary>
    public const string SourceName = "ExchangeHub";

    /// <param name="serviceName">Such as <c>exchangehub-hub</c>.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var exports = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(serviceName, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}"))
            .WithTracing(t =>
            {
                t.AddSource(SourceName)
                    .AddAspNetCoreInstrumentation(o => o.Filter = c => !c.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal) && !c.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal))
                    .AddHttpClientInstrumentation()
                    .AddNpgsql();
                if (exports)
                    t.AddOtlpExporter();
            })
            .WithMetrics(m =>
            {
                m.AddMeter(SourceName, "Npgsql").AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter();
                if (exports)
                    m.AddOtlpExporter();
            });
        if (exports)
            builder.Logging.AddOpenTelemetry(l => l.AddOtlpExporter());
    }

    /// <summary>Maps <c>/metrics</c> for Prometheus.</summary>
    public static void MapTelemetry(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics");
}
