using System.Text;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>
/// An append-only file of transactions: one line each, its hash before it, durable before <see cref="Append"/> returns. A crash in
/// the middle of a write leaves a torn last line, which is cut off when the file is opened again.
/// </summary>
sealed class Journal : IDisposable
{
    readonly FileStream file;
    long length;

    Journal(FileStream file, long length) => (this.file, this.length) = (file, length);

    public long Length => length;

    /// <summary>Opens or makes the file and reads what is whole. Nobody else may have it open.</summary>
    /// <exception cref="InvalidDataException">A line before the last does not match its hash: the disk, not a crash.</exception>
    public static Journal Open(string path, Action<byte[]> replay)
    {
        if (!File.Exists(path))
            PrivateFile.Write(path, "");
        var opened = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var whole = Replay(opened, replay);
            opened.SetLength(whole);
            opened.Position = whole;
            return new Journal(opened, whole);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>One transaction. When it throws, nothing was added.</summary>
    public void Append(ReadOnlySpan<byte> json)
    {
        try
        {
            file.Position = length;
            file.Write(Line(json));
            file.Flush(flushToDisk: true);
            length = file.Position;
        }
        catch
        {
            file.SetLength(length);
            throw;
        }
    }

    /// <summary>Replaces the file by one with these transactions alone: the old or the new is there, never less.</summary>
    public static void Rewrite(string path, IEnumerable<byte[]> transactions)
    {
        using var lines = new MemoryStream();
        foreach (var json in transactions)
            lines.Write(Line(json));
        PrivateFile.Write(path, lines.ToArray());
    }

    public void Dispose() => file.Dispose();

    static byte[] Line(ReadOnlySpan<byte> json) => [.. Encoding.ASCII.GetBytes(B64u.Hash(json)), (byte)' ', .. json, (byte)'\n'];

    static long Replay(FileStream file, Action<byte[]> replay)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var start = 0;
        while (start < bytes.Length)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            var line = bytes.AsSpan(start, (end < 0 ? bytes.Length : end) - start);
            if (end < 0 || !IsWhole(line))
                return end < 0 || end == bytes.Length - 1 ? start
                    : throw new InvalidDataException($"{file.Name} is damaged at byte {start}.");
            replay(line[(B64u.HashLength + 1)..].ToArray());
            start = end + 1;
        }
        return start;
    }

    static bool IsWhole(ReadOnlySpan<byte> line) =>
        line.Length > B64u.HashLength + 1 && line[B64u.HashLength] == ' '
        && line[..B64u.HashLength].SequenceEqual(Encoding.ASCII.GetBytes(B64u.Hash(line[(B64u.HashLength + 1)..])));
}
