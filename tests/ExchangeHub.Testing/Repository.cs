namespace ExchangeHub.Testing;

/// <summary>The repository's files, found from wherever the tests run.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>ExchangeHub.sln</c>.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The full path of a file or folder, from its path in the repository with forward slashes.</summary>
    public static string PathOf(string relative) => Path.Combine([Root, .. relative.Split('/')]);

    static string Find(DirectoryInfo? folder) => folder switch
    {
        null => throw new InvalidOperationException("The tests do not run inside the repository: no ExchangeHub.sln above " + AppContext.BaseDirectory),
        _ when File.Exists(Path.Combine(folder.FullName, "ExchangeHub.sln")) => folder.FullName,
        _ => Find(folder.Parent),
    };
}
