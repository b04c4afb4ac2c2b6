using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client.Members;

static partial class MemberLog
{
    [LoggerMessage(1101, LogLevel.Warning, "{Party}: sending waits; again in {Seconds} s")]
    public static partial void SendingWaits(this ILogger log, Exception fault, string party, double seconds);

    [LoggerMessage(1102, LogLevel.Warning, "{Party}: receiving waits; again in {Seconds} s")]
    public static partial void ReceivingWaits(this ILogger log, Exception fault, string party, double seconds);

    [LoggerMessage(1103, LogLevel.Warning, "Operator of {Party}: {Code} {Detail}, exchange {ExchangeId}, message {MessageId}")]
    public static partial void Notice(this ILogger log, string party, string code, string detail, Guid? exchangeId, Guid? messageId);

    [LoggerMessage(1104, LogLevel.Debug, "{Party} applied {Count} items")]
    public static partial void Applied(this ILogger log, string party, int count);

    [LoggerMessage(1105, LogLevel.Error, "{Party} could not apply an item of exchange {ExchangeId}; it is fetched again")]
    public static partial void NotApplied(this ILogger log, Exception fault, string party, Guid? exchangeId);

    [LoggerMessage(1106, LogLevel.Information, "{Party} is ready with registry snapshot {Number}")]
    public static partial void Ready(this ILogger log, string party, int number);

    [LoggerMessage(1108, LogLevel.Warning, "{Party} could not ask the hub: {Fault}")]
    public static partial void ReceivingFault(this ILogger log, string party, string fault);

    [LoggerMessage(1110, LogLevel.Warning, "{Party}: registry and directory were not looked at: {Fault}; again in {Seconds} s")]
    public static partial void RegistryWaits(this ILogger log, string party, string fault, double seconds);

    [LoggerMessage(1109, LogLevel.Warning, "{Party}: {Unconfirmed} of {Count} messages were not confirmed; again in {Seconds} s")]
    public static partial void NotConfirmed(this ILogger log, string party, int unconfirmed, int count, double seconds);
}
