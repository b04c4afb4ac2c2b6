using System.Text;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Content of an own or a received message, opened. One member is set, by kind.</summary>
/// <param name="Matter">Of an opening message.</param>
public sealed record OpenedContent(Matter? Matter = null, FeedbackReply? Reply = null, string? Note = null)
{
    static readonly byte[] nul = "\\u0000"u8.ToArray();

    /// <summary>The note that travelled with it, whatever its kind.</summary>
    public string? AnyNote => Note ?? Reply?.Note ?? Matter?.Note;

    /// <summary>As it is sealed.</summary>
    /// <param name="version">Of the header it goes with.</param>
    /// <exception cref="SealException">That version cannot say it.</exception>
    public byte[] Write(int version) => this switch
    {
        { Matter.Question: { } question } => Contents.Write(question),
        { Matter.Check: { } check } => Contents.Write(check, version),
        { Matter.Notice: { } notice } => Contents.Write(notice),
        { Reply: { } reply } => Contents.Write(reply),
        _ => Contents.Write(new NoteContent(Note)),
    };

    /// <summary>Reads a content by kind and version, lifted to the newest version; members that are not known are left alone.</summary>
    /// <returns><c>null</c> where it is not what its kind demands, or longer than <see cref="TextBounds"/>.</returns>
    public static OpenedContent? Read(Header of, byte[] content)
    {
        // The database takes no U+0000; JSON can only carry it escaped. A sender's trick must not hold up an exchange.
        if (content.AsSpan().IndexOf(nul) >= 0)
            content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace("\\u0000", "\\ufffd", StringComparison.Ordinal));
        return of.Kind switch
        {
            Kinds.CertificateVerificationRequest => Contents.ReadRequest(content) is { } question && TextBounds.Hold(question) ? new(new Matter(Question: question)) : null,
            Kinds.AssistanceCheckRequest => Contents.ReadCheck(content, of.Version) is { Items.Count: > 0 } check && TextBounds.Hold(check) ? new(new Matter(Check: check)) : null,
            Kinds.OutflowNotice or Kinds.InflowNotice or Kinds.DepartureNotice => Contents.ReadNotice(content) is { } notice && TextBounds.Hold(notice) ? new(new Matter(Notice: notice)) : null,
            Kinds.FeedbackReply => Contents.ReadReply(content) is { } reply && TextBounds.Hold(reply) ? new(Reply: reply) : null,
            _ => Contents.ReadNote(content) is { } note && TextBounds.IsNote(note.Note) ? new(Note: note.Note) : null,
        };
    }
}
