using System.Diagnostics;

namespace ExchangeHub.Testing;

/// <summary>Runs the repository's scripts as a person would.</summary>
public static class Script
{
    // Erlang and initdb on two busy cores; the slowest thing a script does in a test.
    static readonly TimeSpan RunMax = TimeSpan.FromMinutes(5);

    /// <summary>Runs a script of the repository without input and gives what it printed. What it says on stderr goes to the test run's.</summary>
    /// <param name="path">From the repository's root.</param>
    /// <param name="withoutVariables">Environment variables that the script does not inherit.</param>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static async Task<string> RunAsync(string path, IEnumerable<string> words, params string[] withoutVariables)
    {
        var start = new ProcessStartInfo("bash", [Repository.PathOf(path), .. words])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        foreach (var variable in withoutVariables)
            start.Environment.Remove(variable);
        using var script = Process.Start(start)!;
        script.StandardInput.Close();
        using var limit = new CancellationTokenSource(RunMax);
        var printed = await script.StandardOutput.ReadToEndAsync(limit.Token);
        await script.WaitForExitAsync(limit.Token);
        return script.ExitCode == 0
            ? printed
            : throw new InvalidOperationException($"{path} {string.Join(' ', words)} ended with {script.ExitCode}; it said why on the standard error stream.");
    }
}
