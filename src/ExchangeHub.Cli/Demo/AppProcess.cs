using System.Diagnostics;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Demo;

/// <summary>
/// Hub or node host as a process of its own: started, watched, started again when it dies, stopped with its keeper. It holds its input's other end:
/// a keeper that is killed ends it, too.
/// </summary>
public sealed class AppProcess : IAsyncDisposable
{
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(15);
    static readonly TimeSpan StartAgainAfter = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    readonly string name;
    readonly ProcessStartInfo start;
    readonly string logFile;
    readonly Uri address;
    readonly Action<string> say;
    readonly CancellationTokenSource stopping = new();
    Process process;
    Task watch = Task.CompletedTask;

    AppProcess(string name, ProcessStartInfo start, string logFile, Uri address, Action<string> say)
    {
        (this.name, this.start, this.logFile, this.address, this.say) = (name, start, logFile, address, say);
        process = Run();
    }

    public int Id => process.Id;

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    /// <param name="settings">Configuration keys with <c>:</c>; they travel in the environment, never on the command line, where passwords could be seen.</param>
    /// <param name="user">Numeric user and group to run as; <c>null</c>: the caller's.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the last lines of its log are in the message.</exception>
    public static async Task<AppProcess> StartAsync(string name, IReadOnlyDictionary<string, string> settings, int? user, string folder, string logFile, Uri address,
        Action<string> say, CancellationToken cancel)
    {
        // Another's answer would be taken for its own.
        if (!Ports.IsFree(address.Port))
            throw new InvalidOperationException($"{address} is taken by another process: {name} cannot listen there.");
        var executable = Executable(name);
        var info = user is { } id
            ? new ProcessStartInfo("setpriv", ["--reuid=" + id, "--regid=" + id, "--clear-groups", executable])
            : new ProcessStartInfo(executable);
        (info.WorkingDirectory, info.RedirectStandardOutput, info.RedirectStandardError, info.RedirectStandardInput) = (folder, true, true, true);
        foreach (var (key, value) in settings)
            info.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        info.Environment["HOME"] = folder;
        info.Environment[Web.AppRoot.EndsWithInput] = "true";
        // A line per statement and request would drown what an operator looks for.
        foreach (var talkative in new[] { "Npgsql", "Microsoft.AspNetCore", "System.Net.Http.HttpClient" })
            info.Environment.TryAdd($"Logging__LogLevel__{talkative}", "Warning");
        // Servers' administrators are none of its business.
        foreach (var secret in new[] { ServerAddresses.PostgresVariable, ServerAddresses.RabbitMqVariable, ServerAddresses.RabbitMqManagementVariable })
            info.Environment.Remove(secret);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            info.Environment.TryAdd("DOTNET_ROOT", Path.GetDirectoryName(Environment.ProcessPath));
        var app = new AppProcess(name, info, logFile, address, say);
        try
        {
            await app.WaitReadyAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        app.watch = app.WatchAsync();
        return app;
    }

    /// <summary>The app's own executable, beside this one.</summary>
    public static string Executable(string name) => Path.Combine(AppContext.BaseDirectory, name + (OperatingSystem.IsWindows() ? ".exe" : ""));

    Process Run()
    {
        var made = new Process { StartInfo = start };
        var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var sync = new Lock();
        void Write(object _, DataReceivedEventArgs line)
        {
            lock (sync)
                if (line.Data is not null)
                    log.WriteLine(line.Data);
        }
        made.OutputDataReceived += Write;
        made.ErrorDataReceived += Write;
        made.Start();
        made.BeginOutputReadLine();
        made.BeginErrorReadLine();
        return made;
    }

    async Task WaitReadyAsync(CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(2) };
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (process.HasExited || TimeProvider.System.GetElapsedTime(started) > ReadyWithin)
                throw new InvalidOperationException($"{name} {(process.HasExited ? $"ended with {process.ExitCode}" : "is not ready")}:\n{await LastLinesAsync()}");
            try
            {
                using var answer = await http.GetAsync("healthz/ready", cancel);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                // Not listening yet: the next look comes.
            }
            await Task.Delay(LookEvery, cancel);
        }
    }

    async Task<string> LastLinesAsync() => string.Join('\n', (await File.ReadAllLinesAsync(logFile)).TakeLast(15));

    async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await process.WaitForExitAsync(CancellationToken.None);
            if (stopping.IsCancellationRequested)
                return;
            try
            {
                await Task.Delay(StartAgainAfter, stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return; // Ctrl-C reached both at once
            }
            say($"{name} ended with {process.ExitCode}; starting it again. Its log: {logFile}");
            process.Dispose();
            process = Run();
        }
    }

    /// <summary>Asks it to stop and waits; what does not stop in time is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        if (!process.HasExited)
        {
            Ask(process);
            using var limit = new CancellationTokenSource(StopWithin);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        await watch;
        process.Dispose();
        stopping.Dispose();
    }

    // .NET ends processes only by force; hub and node stop in order on SIGTERM.
    static void Ask(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill();
            return;
        }
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
