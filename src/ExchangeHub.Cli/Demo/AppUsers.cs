using System.Diagnostics;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Demo;

/// <summary>
/// The operating-system users that hub and node host run as. Started as root, each gets one of its own, without a login or a name: neither can read
/// the other's keys, nor the registrar's. Otherwise, or where such a user cannot reach the program, all is the caller's.
/// </summary>
/// <param name="Hub">Numeric user and group; <c>null</c>: the caller's.</param>
public sealed record AppUsers(int? Hub, int? Node)
{
    const int HubId = 64_101, NodeId = 64_102;

    public static AppUsers Same { get; } = new(null, null);

    /// <summary>Gives each folder to its user, where there are such users.</summary>
    public static async Task<AppUsers> AssignAsync(Installation installation, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return Same;
        // Others may pass through to their own folder and see nothing on the way.
        File.SetUnixFileMode(installation.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await RunAsync("chmod", ["-R", "go=", installation.RegistrarFolder], cancel);
        var (hub, node) = (AppProcess.Executable("ExchangeHub.Hub"), AppProcess.Executable("ExchangeHub.Node"));
        if (!await ReachesAsync(HubId, hub, installation.Folder, cancel) || !await ReachesAsync(NodeId, node, installation.Folder, cancel))
            return Same;
        await RunAsync("chown", ["-R", $"{HubId}:{HubId}", installation.HubFolder], cancel);
        await RunAsync("chown", ["-R", $"{NodeId}:{NodeId}", installation.NodeFolder], cancel);
        await RunAsync("chmod", ["-R", "go=", installation.HubFolder, installation.NodeFolder], cancel);
        return new AppUsers(HubId, NodeId);
    }

    /// <summary>Gives what root has just made to the user whose folder it lies in.</summary>
    public static async Task HandOverAsync(string path, CancellationToken cancel)
    {
        if (OperatingSystem.IsLinux() && Environment.UserName == "root")
            await RunAsync("chown", ["-R", "--reference=" + Path.GetDirectoryName(path), path], cancel);
    }

    /// <summary>Gives the folders back to the caller, who steps in for hub and node while February is played.</summary>
    public static async Task ReclaimAsync(Installation installation, CancellationToken cancel)
    {
        if (OperatingSystem.IsLinux() && Environment.UserName == "root" && Directory.Exists(installation.HubFolder))
            await RunAsync("chown", ["-R", "root:root", installation.HubFolder, installation.NodeFolder], cancel);
    }

    // A clone in root's home, or a .NET there, is closed to others.
    static async Task<bool> ReachesAsync(int user, string executable, string folder, CancellationToken cancel)
    {
        var dotnet = Path.GetDirectoryName(Environment.ProcessPath!) is { } path && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? path : Environment.GetEnvironmentVariable("DOTNET_ROOT");
        var tests = new[] { ("-x", executable), ("-x", folder) }.Concat(dotnet is null ? [] : [("-x", dotnet)]);
        foreach (var (test, what) in tests)
            if (await RunAsync("setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", "test", test, what], cancel) != 0)
                return false;
        return true;
    }

    static async Task<int> RunAsync(string program, string[] arguments, CancellationToken cancel)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            await process.WaitForExitAsync(cancel);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
