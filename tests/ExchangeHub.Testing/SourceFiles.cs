namespace ExchangeHub.Testing;

/// <summary>One text file of the repository.</summary>
/// <param name="Path">From the repository's root, forward slashes.</param>
public sealed record SourceFile(string Path)
{
    string? text;

    public string Text => text ??= File.ReadAllText(Repository.PathOf(Path));

    /// <summary>Lines with their numbers from 1.</summary>
    public IEnumerable<(int Number, string Text)> Lines => Text.Split('\n').Select((line, index) => (index + 1, line));

    public override string ToString() => Path;
}

/// <summary>The repository's own text files: no build output, nothing that a run leaves behind, no lock files.</summary>
public static class SourceFiles
{
    static readonly string[] FoldersLeftOut = ["bin", "obj", ".git", ".run", ".vs", ".idea", "TestResults", "node_modules", "__pycache__"];
    static readonly string[] TextFiles = [".cs", ".razor", ".css", ".js", ".sh", ".py", ".sql", ".md", ".json", ".yml", ".yaml", ".csproj", ".props", ".targets", ".resx", ".csv", ".sln", ".env", ""];

    public static IReadOnlyList<SourceFile> All { get; } = [.. Below(new DirectoryInfo(Repository.Root), "")];

    /// <summary>The files below a folder (<c>src/</c>) with one of these endings (<c>.cs</c>).</summary>
    public static IEnumerable<SourceFile> In(string folder, params string[] endings) =>
        All.Where(f => f.Path.StartsWith(folder, StringComparison.Ordinal) && Array.Exists(endings, e => f.Path.EndsWith(e, StringComparison.Ordinal)));

    static IEnumerable<SourceFile> Below(DirectoryInfo folder, string prefix)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            if (entry is DirectoryInfo below)
            {
                if (!FoldersLeftOut.Contains(entry.Name) && entry.LinkTarget is null)
                {
                    foreach (var file in Below(below, prefix + entry.Name + "/"))
                        yield return file;
                }
            }
            else if (TextFiles.Contains(entry.Extension) && entry.Name != "packages.lock.json")
            {
                yield return new(prefix + entry.Name);
            }
        }
    }
}
