namespace ExchangeHub.Node.Members;

static partial class MemberLog
{
    [LoggerMessage(3001, LogLevel.Information, "County {County} joined this node")]
    public static partial void Joined(ILogger log, string county);

    [LoggerMessage(3002, LogLevel.Error, "The folder {Folder} is not a county's: {Reason}")]
    public static partial void FolderNotReadable(ILogger log, string folder, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "The hub's clock cannot be read: {Reason}")]
    public static partial void ClockNotRead(ILogger log, string reason);
}
