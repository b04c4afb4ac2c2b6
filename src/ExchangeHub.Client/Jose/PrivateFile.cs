using System.Runtime.InteropServices;
using System.Text;

namespace ExchangeHub.Client.Jose;

/// <summary>Files that only their owner may read, replaced whole or not at all.</summary>
public static class PrivateFile
{
    /// <summary>Writes beside the file, makes it durable, then takes its place: a crash leaves the old content or the new.</summary>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Write(string,string)"/>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, Options(FileMode.Create)))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Takes a lock between processes. The system gives it back when its holder disposes it or ends, however that happens.</summary>
    /// <returns>The lock, or none where another holds it.</returns>
    public static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, Options(FileMode.OpenOrCreate));
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>A folder that only its owner may enter.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    // A rename is durable once its folder is; the framework opens no folder, and Windows needs none of it.
    static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = open(Encoding.UTF8.GetBytes(folder + "\0"), flags: 0);
        if (handle < 0)
            throw new IOException($"{folder} cannot be opened ({Marshal.GetLastPInvokeError()}).");
        var failed = fsync(handle) != 0;
        _ = close(handle);
        if (failed)
            throw new IOException($"{folder} cannot be made durable.");
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int fsync(int handle);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int close(int handle);
}
