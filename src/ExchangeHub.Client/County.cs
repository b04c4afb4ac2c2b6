using System.Runtime.CompilerServices;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client;

/// <summary>
/// A county's own program in a few lines: ask, receive, answer. Everything is stored before it is sent and given out until it was
/// handled, so the program may end at any line and start again.
/// </summary>
public sealed class County : IAsyncDisposable
{
    readonly CountyFolder folder;
    readonly DirectoryStore store;
    readonly HttpClient http;

    County(CountyFolder folder, DirectoryStore store, HttpClient http, Member member) =>
        (this.folder, this.store, this.http, Member) = (folder, store, http, member);

    /// <summary>The engine underneath, for all that has no shorter form here.</summary>
    public Member Member { get; }

    /// <summary>What the operator should know.</summary>
    public IReadOnlyList<OperatorNotice> Notices => store.Notices;

    /// <summary>Makes the county's keys and posts its enrolment; the registrar answers by the registry.</summary>
    /// <param name="path">The folder to make; keys lie in it.</param>
    /// <exception cref="HubApiException">The hub refused the form of the enrolment.</exception>
    public static async Task EnrolAsync(string path, EnrolmentInvitation invitation, string brokerPassword, Clocks? clocks = null, CancellationToken ct = default)
    {
        clocks ??= Clocks.Real;
        using var made = CountyFolder.Create(path, invitation, brokerPassword);
        using var client = new HttpClient { BaseAddress = BaseOf(made.Settings) };
        var api = new HubApi(client, invitation.Hub, invitation.Party, () => null, clocks);
        await api.PostEnrolmentAsync(made.Enrol(invitation.Code, clocks.Now), ct);
    }

    /// <summary>Opens the county's folder and connects; completes once the county is enrolled and receives.</summary>
    /// <exception cref="InvalidDataException">Not a county's folder.</exception>
    public static async Task<County> OpenAsync(string path, Clocks? clocks = null, ILoggerFactory? loggers = null, CancellationToken ct = default)
    {
        clocks ??= Clocks.Real;
        var keys = CountyFolder.Open(path);
        var memory = DirectoryStore.Open(Path.Combine(path, "store"), clocks.Business);
        var client = new HttpClient { BaseAddress = BaseOf(keys.Settings) };
        var county = new County(keys, memory, client, new Member(keys, memory, clocks, client, loggers));
        county.Member.Start();
        try
        {
            await county.Member.WhenReadyAsync(ct);
            return county;
        }
        catch
        {
            await county.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks another county whether a certificate is valid. Stored when it returns; sent in the background.</summary>
    /// <param name="reasonCode">One of <see cref="Codes.RequestReasons"/>.</param>
    /// <returns>The header as it was sent, with the exchange's id.</returns>
    /// <exception cref="SealException">The question breaks a rule, or the county has no valid key.</exception>
    public Task<Header> AskAsync(string to, CertificateVerificationRequest question, string? reasonCode = null, CancellationToken ct = default) =>
        SendAsync(Member.NewHeader(Kinds.CertificateVerificationRequest, to) with { ReasonCode = reasonCode }, Contents.Write(question), ct);

    /// <summary>Asks another county to compare items of a person with its records, in the newest version that it takes.</summary>
    /// <inheritdoc cref="AskAsync(string, CertificateVerificationRequest, string?, CancellationToken)"/>
    public Task<Header> AskAsync(string to, AssistanceCheckRequest check, string? reasonCode = null, CancellationToken ct = default)
    {
        var header = Member.NewHeader(Kinds.AssistanceCheckRequest, to) with { ReasonCode = reasonCode };
        return SendAsync(header, Contents.Write(check, header.Version), ct);
    }

    /// <summary>Says that a person has seen the question.</summary>
    public Task<Header> AcknowledgeAsync(Incoming.Message question, CancellationToken ct = default) =>
        SendAsync(Answering(question, Kinds.Acknowledgement), Contents.Write(new NoteContent()), ct);

    /// <summary>Answers a question.</summary>
    /// <param name="outcome">One of <see cref="Codes.Outcomes"/>.</param>
    /// <param name="reasonCode">One of <see cref="Codes.ReplyReasons"/>; needed unless the outcome is <c>Match</c>.</param>
    public Task<Header> ReplyAsync(Incoming.Message question, string outcome, FeedbackReply reply, string? reasonCode = null, CancellationToken ct = default) =>
        SendAsync(Answering(question, Kinds.FeedbackReply) with { Outcome = outcome, ReasonCode = reasonCode }, Contents.Write(reply), ct);

    /// <summary>Sends a question back.</summary>
    /// <param name="reasonCode">One of <see cref="Codes.ReturnReasons"/>.</param>
    /// <param name="suggestedTo">The county that may be the right one; only with <c>NotOurs</c>.</param>
    public Task<Header> ReturnAsync(Incoming.Message question, string reasonCode, string? suggestedTo = null, string? note = null, CancellationToken ct = default) =>
        SendAsync(Answering(question, Kinds.Return) with { ReasonCode = reasonCode, SuggestedTo = suggestedTo }, Contents.Write(new NoteContent(note)), ct);

    /// <summary>Takes an own question back.</summary>
    public Task<Header> WithdrawAsync(Header asked, string? reasonCode = null, CancellationToken ct = default) =>
        SendAsync(Member.NewHeader(Kinds.Withdrawal, asked.To, asked.ExchangeId) with { ReasonCode = reasonCode, Test = asked.Test }, Contents.Write(new NoteContent()), ct);

    /// <summary>The hub's verified statement on an own message; accepted or refused; waits for it.</summary>
    public async Task<Statement> ReceiptAsync(Header sent, CancellationToken ct = default) => await store.StatementOf(sent.MessageId, ct);

    /// <summary>
    /// What came, in order: messages, events, and what was put aside. An item counts as handled once the loop asks for the next one; a
    /// program that ends or leaves the loop before that gets it again.
    /// </summary>
    public async IAsyncEnumerable<Incoming> ReceiveAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        while (true)
        {
            var (id, item) = await store.NextAsync(ct);
            yield return item;
            await store.HandledAsync(id, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Member.DisposeAsync();
        store.Dispose();
        http.Dispose();
        folder.Dispose();
    }

    Header Answering(Incoming.Message question, string kind) =>
        Member.NewHeader(kind, question.Header.From, question.Header.ExchangeId) with { InReplyTo = question.Header.MessageId, Test = question.Header.Test };

    async Task<Header> SendAsync(Header header, byte[] content, CancellationToken ct) => (await Member.SendAsync(header, content, ct)).Header;

    static Uri BaseOf(CountySettings settings) => new(settings.Http.EndsWith('/') ? settings.Http : settings.Http + "/");
}
