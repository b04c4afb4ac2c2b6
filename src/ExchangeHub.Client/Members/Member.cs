using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client.Members;

#pragma warning disable MA0025, CA1822
public sealed class Member : IAsyncDisposable
{
    public Member(CountyFolder folder, IMemberStore store, Clocks clocks, HttpClient http, ILoggerFactory? loggers = null) { _ = (folder, store, clocks, http, loggers); }
    public string Party => throw new NotImplementedException();
    public string Hub => throw new NotImplementedException();
    public HubApi Api => throw new NotImplementedException();
    public KeyRing Ring => throw new NotImplementedException();
    public void Start() => throw new NotImplementedException();
    public Header NewHeader(string kind, string to, Guid? exchangeId = null) => throw new NotImplementedException();
    /// <summary>Checks and seals; nothing is stored yet. The caller stores it, then calls OutgoingStored.</summary>
    /// <exception cref="SealException">x</exception>
    public Task<OutgoingMessage> SealAsync(Header header, ReadOnlyMemory<byte> content, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Seals, stores, sends.</summary>
    public Task<OutgoingMessage> SendAsync(Header header, ReadOnlyMemory<byte> content, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Call after own commit of outgoing rows: publishes at once.</summary>
    public void OutgoingStored() => throw new NotImplementedException();
    public Task<MemberState> StateAsync(CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Completes once the state fulfils the condition; looked at after each change.</summary>
    public Task<MemberState> WhenAsync(Func<MemberState, bool> condition, CancellationToken ct = default) => throw new NotImplementedException();
    public Task RefreshRegistryAsync(CancellationToken ct = default) => throw new NotImplementedException();
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

public sealed class DirectoryStore;
