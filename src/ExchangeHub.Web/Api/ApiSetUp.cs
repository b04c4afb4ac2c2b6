using Microsoft.OpenApi;

namespace ExchangeHub.Web.Api;

/// <summary>The description of an application's HTTP interface, with Swagger UI at <c>/swagger</c>.</summary>
public static class ApiSetUp
{
    const string Bearer = "bearer";

    public static IServiceCollection AddApi(this IServiceCollection services, string title)
    {
        services.AddProblemDetails();
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(o =>
        {
            o.SwaggerDoc("v1", new OpenApiInfo { Title = title, Version = "v1" });
            o.AddSecurityDefinition(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer });
            o.AddSecurityRequirement(document => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] });
            o.SupportNonNullableReferenceTypes();
            foreach (var comments in Directory.EnumerateFiles(AppContext.BaseDirectory, "ExchangeHub.*.xml"))
                o.IncludeXmlComments(comments);
        });
        return services;
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseSwagger();
        app.UseSwaggerUI(o => o.SwaggerEndpoint("v1/swagger.json", "v1"));
    }
}
