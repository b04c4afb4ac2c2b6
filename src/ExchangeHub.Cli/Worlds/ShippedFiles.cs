namespace ExchangeHub.Cli.Worlds;

/// <summary>Data that ships with the program: divisions, holidays, scenarios.</summary>
public static class ShippedFiles
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "shipped", name);

    public static StreamReader Open(string name) => new(PathOf(name));
}
